"""The last resort: what a phone could not send goes to another one in an encrypted file."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.handset import Handset
from tests.browser.photo_bench import announced, lay_out, stored_bytes
from tests.infrastructure.photos import photo

PASSPHRASE = "冷藏车 42 号"


def open_the_card(handset: Handset) -> Page:
    page = handset.open("#/safety")
    page.click(".export summary")
    return page


def test_a_phone_without_signal_hands_its_work_to_another_phone(
    hand_out: Callable[..., Handset], tmp_path
) -> None:
    old = hand_out()
    page = old.sign_in("inspector1")
    old.lose_signal()
    lay_out(old)
    picture = photo(81)
    file = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": picture.content}
    page.locator(".photo-field input[type=file]").last.set_input_files([file])  # type: ignore[list-item]
    expect(page.locator(".photo-tile img")).to_have_count(1)
    [document] = announced(old)
    open_the_card(old)
    page.locator(".export [name=passphrase]").first.fill(PASSPHRASE)
    with page.expect_download() as saved:
        page.click("text=导出加密文件")
    path = tmp_path / saved.value.suggested_filename
    saved.value.save_as(path)
    assert "晨会".encode() not in path.read_bytes()

    stranger = hand_out()
    stranger.sign_in("inspector2")
    page = open_the_card(stranger)
    page.set_input_files(".export [name=file]", path)
    page.locator(".export [name=passphrase]").last.fill(PASSPHRASE)
    page.locator(".export [type=submit]").last.click()
    expect(page.locator(".export-reason")).to_contain_text("别人的内容")

    new = hand_out()
    new.sign_in("inspector1")
    page = open_the_card(new)
    for passphrase, said in (("not this one", ".export-reason"), (PASSPHRASE, ".message")):
        page.set_input_files(".export [name=file]", path)
        page.locator(".export [name=passphrase]").last.fill(passphrase)
        page.locator(".export [type=submit]").last.click()
        expect(page.locator(said)).to_be_visible()
    expect(page.locator(".message")).to_contain_text("2 项改动、1 张照片")
    new.wait_until_safe()
    assert new.outbox() == []
    assert stored_bytes(page, document["id"]) == picture.content

    # The old phone finds a network after all: the same changes, answered and not done twice.
    old.find_signal()
    old.wait_until_safe()
    assert old.stored("outbox") + old.stored("conflicts") == []
