"""Where the browser of these tests comes from, and what is said if there is none."""

from __future__ import annotations

import pytest

from tests.infrastructure import browser


@pytest.fixture
def nowhere(monkeypatch):
    monkeypatch.setenv(browser.NAMED, "/nowhere/chromium")


def test_a_named_browser_is_the_only_one_looked_at(nowhere):
    assert browser.find_browser() is None


def test_a_command_that_does_not_start_is_no_browser(monkeypatch, tmp_path):
    stub = tmp_path / "chromium"
    stub.write_text("#!/bin/sh\necho 'requires the chromium snap' >&2\nexit 1\n")
    stub.chmod(0o755)
    monkeypatch.setenv(browser.NAMED, str(stub))
    assert browser.find_browser() is None


def test_where_nothing_can_be_fetched_the_sentence_says_what_to_do(nowhere, monkeypatch, capsys):
    fetched = []
    monkeypatch.setattr(browser, "_quietly", fetched.append)
    assert browser.main() == 0
    said = capsys.readouterr().out
    assert browser.MISSING in said
    assert any("playwright" in command for command in fetched)


def test_where_there_is_a_browser_nothing_is_fetched(monkeypatch, capsys, tmp_path):
    working = tmp_path / "chromium"
    working.write_text("#!/bin/sh\necho 'Chromium 150.0'\n")
    working.chmod(0o755)
    monkeypatch.setenv(browser.NAMED, str(working))
    monkeypatch.setattr(browser, "_has_chinese_font", lambda: True)
    monkeypatch.setattr(browser, "_quietly", pytest.fail)
    assert browser.main() == 0
    assert capsys.readouterr().out == ""
