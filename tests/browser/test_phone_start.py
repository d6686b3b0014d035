"""The phone app from its first visit on: sign-in, PIN, no signal, several people on one phone."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.handset import PIN, Handset


def test_after_the_first_visit_the_app_opens_without_signal_by_pin(
    hand_out: Callable[..., Handset],
) -> None:
    handset = hand_out()
    page = handset.sign_in("inspector1")
    handset.lose_signal()
    page.close()
    page = handset.page = handset.context.new_page()
    page.goto(handset.service.address + "/")
    expect(page.locator("h2")).to_have_text("刘洋")
    handset.press_pin("9999")
    expect(page.locator(".pin-reason")).to_contain_text("还可试 4 次")
    handset.press_pin(PIN)
    expect(page.locator(".tabs")).to_be_visible()
    expect(page.locator("h1")).to_contain_text("刘洋")
    handset.open("#/about")
    version = page.locator("meta[name=version]").get_attribute("content")
    expect(page.locator(".facts dd").first).to_have_text(str(version))
    expect(page.locator(".licences")).to_contain_text("preact")


def test_five_wrong_pins_end_the_offline_sign_in(hand_out: Callable[..., Handset]) -> None:
    handset = hand_out()
    page = handset.sign_in("inspector1")
    handset.open("#/me")
    page.click("text=锁定")
    for _ in range(5):
        handset.press_pin("0000")
    expect(page.locator("[name=username]")).to_have_value("inspector1")


def test_signing_out_with_unsent_work_is_refused_with_the_way_out(
    hand_out: Callable[..., Handset],
) -> None:
    handset = hand_out()
    page = handset.sign_in("inspector1")
    handset.lose_signal()
    page.evaluate(
        """async () => {
          const { capture } = await import("./app/phone/storage/outbox.js");
          const { session } = await import("./app/phone/session/session.js");
          const { newId } = await import("./app/phone/storage/ids.js");
          const document = { id: newId(), title: "晨会" };
          await capture(session().database, [{ collection: "work_log_entries", document }]);
        }"""
    )
    handset.open("#/me")
    page.click("text=退出登录")
    expect(page.locator(".notice")).to_contain_text("还有 1 项")
    assert len(handset.outbox()) == 1
    handset.find_signal()
    page.click("text=查看并上传")
    handset.wait_until_safe()
    expect(page.locator(".safety-sentence")).to_have_text("全部 1 条记录均已存入服务器。")
    assert handset.outbox() == []
    handset.open("#/me")
    page.click("text=退出登录")
    expect(page.locator("[name=username]")).to_be_visible()
    names = page.evaluate("indexedDB.databases().then((all) => all.map((one) => one.name))")
    assert names == ["yanshou-device"]


_OLDER_VERSION = """async () => {
  const asked = indexedDB.open("yanshou-older", 1);
  asked.onupgradeneeded = () => {
    asked.result.createObjectStore("records", { keyPath: ["collection", "id"] });
    const photos = asked.result.createObjectStore("photos", { keyPath: "id" });
    photos.put({ id: "sent", is_sent: true });
    photos.put({ id: "waiting", is_sent: false, problem: null });
  };
  await new Promise((done, failed) => { asked.onsuccess = done; asked.onerror = failed; });
  asked.result.close();
  const { openPersonal } = await import("./app/phone/storage/database.js");
  const { notePhoto, photosToSend } = await import("./app/phone/storage/photos.js");
  const database = await openPersonal("older");
  const before = (await photosToSend(database)).map(({ id }) => id);
  await notePhoto(database, "waiting", { is_sent: true });
  return [before, await photosToSend(database)];
}"""


def test_photos_kept_by_the_version_before_are_still_sent(
    hand_out: Callable[..., Handset],
) -> None:
    assert hand_out().page.evaluate(_OLDER_VERSION) == [["waiting"], []]
