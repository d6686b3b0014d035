"""Photos and signatures on the phone: by the camera in the page, the system's, and the gallery."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from PIL import Image
from playwright.sync_api import Page, expect

from server.attachments.exif import CameraFacts, read_camera_facts
from tests.browser.handset import Handset
from tests.browser.photo_bench import (
    announced,
    answer_for,
    fill_up_the_phone,
    lay_out,
    sign,
    stored_bytes,
)
from tests.infrastructure.photos import photo, text_called_jpeg

HERE = {"latitude": 31.2304, "longitude": 121.4737, "accuracy": 12}


def facts_of(content: bytes) -> tuple[Image.Image, CameraFacts]:
    image = Image.open(io.BytesIO(content))
    return image, read_camera_facts(image, image.getexif())


def give(page: Page, place: int, name: str, content: bytes) -> None:
    """Choose a file, as the system's camera or gallery hands it over."""
    file = {"name": name, "mimeType": "image/jpeg", "buffer": content}
    page.locator(".photo-field input[type=file]").nth(place).set_input_files([file])  # type: ignore[list-item]


def shoot(page: Page) -> None:
    page.click(".camera-shutter:not([disabled])")
    expect(page.locator(".camera-still")).to_be_visible()


def test_photos_of_the_apps_own_camera_arrive_with_time_and_place(
    hand_out: Callable[..., Handset],
) -> None:
    handset = hand_out(permissions=["camera", "geolocation"], geolocation=HERE)
    page = handset.sign_in("inspector1")
    handset.lose_signal()
    lay_out(handset)
    page.click("text=拍照")
    shoot(page)
    page.click("text=重拍")
    shoot(page)
    page.click("text=使用这张")
    shoot(page)
    page.click("text=使用这张")
    # Two were wanted: the camera closes by itself.
    expect(page.locator(".camera")).to_have_count(0)
    expect(page.locator(".photo-count")).to_have_text("照片 2/2")
    expect(page.locator(".photo-tile img")).to_have_count(2)
    first, second = announced(handset)
    assert (second["source"], second["role"]) == ("camera", "document")
    assert (second["latitude"], second["longitude"], second["accuracy_m"]) == (
        "31.2304",
        "121.4737",
        "12",
    )
    handset.find_signal()
    handset.wait_until_safe()
    expect(page.locator(".photo-tile [data-state=sent]")).to_have_count(2)
    for document in (first, second):
        content = stored_bytes(page, document["id"])
        assert hashlib.sha256(content).hexdigest() == document["sha256"]
        _, facts = facts_of(content)
        assert facts.captured_at is not None
        assert facts.captured_offset == "+08:00"
        assert document["captured_at"].startswith(facts.captured_at.isoformat()[:19])
        assert abs(datetime.now(UTC) - facts.captured_at) < timedelta(minutes=5)


def test_a_photo_before_lies_over_the_live_picture(hand_out: Callable[..., Handset]) -> None:
    handset = hand_out(permissions=["camera"])
    page = handset.sign_in("inspector1")
    handset.lose_signal()
    lay_out(handset)
    give(page, 0, "before.jpg", photo(31).content)
    expect(page.locator(".photo-tile img")).to_have_count(1)
    [document] = announced(handset)
    lay_out(handset, before=document["id"])
    page.click("text=拍照")
    ghost = page.locator(".camera-ghost")
    expect(ghost).to_be_visible()
    expect(ghost).to_have_css("opacity", "0.4")
    page.locator(".camera-strength input").fill("70")
    expect(ghost).to_have_css("opacity", "0.7")
    shoot(page)
    expect(ghost).to_have_count(0)


def test_who_refuses_the_camera_takes_photos_with_the_systems(
    hand_out: Callable[..., Handset],
) -> None:
    handset = hand_out()
    page = handset.sign_in("inspector1")
    handset.lose_signal()
    lay_out(handset, required=1)
    page.click("text=拍照")
    expect(page.locator(".camera-reason")).to_contain_text("浏览器不允许应用使用相机")
    large = photo(32, size=(4000, 3000), orientation=6)
    with page.expect_file_chooser() as choosing:
        page.click("text=打开系统相机")
    choosing.value.set_files(
        [{"name": "image.jpg", "mimeType": "image/jpeg", "buffer": large.content}]
    )
    expect(page.locator(".photo-count")).to_have_text("照片 1/1")
    expect(page.locator(".camera")).to_have_count(0)
    [document] = announced(handset)
    assert document["captured_at"] == "2026-03-02T01:15:30.000Z"
    handset.find_signal()
    handset.wait_until_safe()
    image, facts = facts_of(stored_bytes(page, document["id"]))
    # Held upright: what the camera stored lying down is 1536 pixels wide now.
    assert (image.size, image.getexif()[0x0112]) == ((1536, 2048), 1)
    _, original = facts_of(large.content)
    assert facts == original
    # The next photo goes to the system's camera at once.
    expect(page.locator(".photo-field input[capture]")).to_have_count(1)


def test_small_photos_stay_untouched_and_removed_ones_leave_nothing(
    hand_out: Callable[..., Handset],
) -> None:
    handset = hand_out()
    handset.expected += ("404",)
    page = handset.sign_in("inspector1")
    handset.lose_signal()
    lay_out(handset)
    small = photo(33)
    give(page, 0, "small.jpg", small.content)
    expect(page.locator(".photo-tile img")).to_have_count(1)
    [document] = announced(handset)
    assert (document["sha256"], document["source"]) == (small.sha256, "gallery")
    give(page, 0, "text.jpg", text_called_jpeg().content)
    expect(page.locator(".photo-field .notice")).to_contain_text("无法读取这张照片")
    page.click(".photo-tile:has(img)")
    expect(page.locator(".photo-viewer-facts")).to_contain_text("2026年3月2日 09:15")
    page.click(".photo-viewer >> text=删除")
    page.click(".photo-viewer .button.is-bad")
    expect(page.locator(".photo-viewer")).to_have_count(0)
    expect(page.locator(".photo-tile img")).to_have_count(0)
    # Where a push was tried in between, the announcement is followed by its removal.
    handset.find_signal()
    handset.wait_until_safe()
    assert handset.stored("photos") == handset.stored("photo_bytes") == handset.outbox() == []
    assert answer_for(page, document["id"]) == 404


def test_a_full_phone_says_so_and_keeps_nothing_half(hand_out: Callable[..., Handset]) -> None:
    handset = hand_out()
    page = handset.sign_in("inspector1")
    handset.lose_signal()
    lay_out(handset)
    fill_up_the_phone(page)
    give(page, 0, "small.jpg", photo(34).content)
    expect(page.locator(".photo-field .notice")).to_contain_text("存储空间已满")
    assert handset.outbox() == handset.stored("photos") == handset.stored("captured") == []


def test_a_signature_is_drawn_and_not_a_touch(hand_out: Callable[..., Handset]) -> None:
    handset = hand_out()
    page = handset.sign_in("inspector1")
    lay_out(handset)
    done = page.locator(".signature-done")
    page.locator(".signature-paper").click()
    expect(done).to_be_disabled()
    sign(page)
    page.click("text=撤销")
    expect(done).to_be_disabled()
    handset.lose_signal()
    sign(page)
    done.click()
    expect(page.locator(".light")).to_have_text("2")
    [document] = announced(handset)
    assert (document["role"], document["media_type"]) == ("signature", "image/png")
    handset.find_signal()
    handset.wait_until_safe()
    image, _ = facts_of(stored_bytes(page, document["id"]))
    shades = image.convert("L").getextrema()
    assert image.format == "PNG"
    assert shades == (min(shades), 255)
    assert min(shades) < 60
