"""What the terminal shows at the start: the address, a QR code that leads there, and warnings."""

from __future__ import annotations

import json
import subprocess
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path

import pytest

from server.certificates.greeting import greeting, service_address, terminal_qr
from server.certificates.keeping import keep_certificates
from server.certificates.machine import (
    address_for_phones,
    host_name,
    is_loopback,
    names_to_serve,
    own_addresses,
)
from server.certificates.renewal import keep_own_certificates
from server.config import Settings
from server.jobs.renew_certificate import run_renew_certificate
from tests.infrastructure.node import installed_packages, node_program

NOW = datetime.now(UTC)
READER = Path(__file__).parents[1] / "javascript"


def settings(tmp_path, **changes: str) -> Settings:
    return Settings.from_env({"YANSHOU_DATA_DIR": str(tmp_path), **changes})


def decoded(shown: str) -> str | None:
    """What a phone reads: a full block is light above and below, a space is dark."""
    light = {"█": (True, True), "▀": (True, False), "▄": (False, True), " ": (False, False)}
    rows: list[list[bool]] = []
    for line in shown.splitlines():
        halves = [light[sign] for sign in line]
        rows += [[not upper for upper, _ in halves], [not lower for _, lower in halves]]
    installed_packages(READER)
    ran = subprocess.run(
        [node_program(), str(READER / "reading.mjs")],
        input=json.dumps(rows),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    text: str | None = json.loads(ran.stdout)
    return text


def test_the_qr_code_in_the_terminal_leads_to_the_address(tmp_path):
    chosen = settings(tmp_path, YANSHOU_HOST="192.168.1.20", YANSHOU_HTTPS="1")
    lines = list(greeting(chosen, keep_own_certificates(chosen, NOW), colours=False))
    assert lines[0] == "Yanshou 验收   https://192.168.1.20:8000"
    blocks = [line for line in lines if set(line) <= set("█▀▄ ")]
    assert decoded("\n".join(blocks)) == "https://192.168.1.20:8000"
    for text in ("https://[2001:db8::1]:8443", "https://canteen.local:8000"):
        assert decoded(terminal_qr(text)) == text


def test_in_a_terminal_the_code_has_its_own_colours(tmp_path):
    chosen = settings(tmp_path, YANSHOU_HOST="192.168.1.20")
    coloured = [line for line in greeting(chosen, None, colours=True) if "█" in line]
    assert coloured
    assert all(line.startswith("\x1b[97;40m") and line.endswith("\x1b[0m") for line in coloured)


def test_https_tells_where_to_install_and_which_fingerprint_to_expect(tmp_path):
    chosen = settings(tmp_path, YANSHOU_HOST="192.168.1.20", YANSHOU_HTTPS="1")
    kept = keep_own_certificates(chosen, NOW)
    told = "\n".join(greeting(chosen, kept, colours=False))
    assert "https://192.168.1.20:8000/install" in told
    assert kept.fingerprint in told
    assert "Warning" not in told


def test_plain_http_for_phones_comes_with_a_warning_in_both_languages(tmp_path):
    told = "\n".join(greeting(settings(tmp_path, YANSHOU_HOST="192.168.1.20"), None, colours=False))
    assert "http://192.168.1.20:8000" in told
    assert "camera" in told
    assert "拍照" in told
    assert "HTTPS=1" in told


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_on_this_machine_alone_there_is_neither_code_nor_warning(tmp_path, host):
    lines = list(greeting(settings(tmp_path, YANSHOU_HOST=host), None, colours=False))
    assert len(lines) == 1
    assert is_loopback(host)


def test_names_that_cannot_be_covered_are_told_with_the_way_out(tmp_path):
    chosen = settings(tmp_path, YANSHOU_HOST="192.168.1.20", YANSHOU_HTTPS="1")
    keep_certificates(tmp_path, "canteen", ["192.168.1.20"], NOW)
    kept = keep_certificates(tmp_path, "canteen", ["192.168.1.20", "211.64.9.7"], NOW)
    told = "\n".join(greeting(chosen, kept, colours=False))
    assert "211.64.9.7" in told
    assert str(tmp_path / "https") in told


def test_a_public_address_that_was_set_is_the_one_that_is_printed(tmp_path):
    chosen = settings(tmp_path, YANSHOU_PUBLIC_URL="https://yanshou.example/", YANSHOU_HTTPS="1")
    assert service_address(chosen) == "https://yanshou.example"


def test_the_machines_names_are_ones_that_others_can_use():
    names = names_to_serve("0.0.0.0")
    assert {"localhost", "127.0.0.1", "::1", host_name()} <= set(names)
    assert own_addresses() <= set(names)
    assert not any(ip_address(text).is_loopback for text in own_addresses())
    assert address_for_phones("192.168.1.20") == "192.168.1.20"
    assert address_for_phones("0.0.0.0") not in ("0.0.0.0", "")
    assert "192.168.1.20" in names_to_serve("192.168.1.20")


def test_the_job_renews_only_what_is_due_and_only_where_https_is_served(tmp_path):
    plain = settings(tmp_path / "plain")
    assert run_renew_certificate(None, plain, NOW) == 0  # type: ignore[arg-type]
    assert not (tmp_path / "plain" / "https").exists()
    chosen = settings(tmp_path / "tls", YANSHOU_HTTPS="1")
    assert run_renew_certificate(None, chosen, NOW) == 1  # type: ignore[arg-type]
    assert run_renew_certificate(None, chosen, NOW) == 0  # type: ignore[arg-type]
