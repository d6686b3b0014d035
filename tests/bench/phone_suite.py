"""How long each screen of the phone app takes on a phone with a year's work on it.

500 receipts, the records of 5,000 photos and 2,000 products lie in the phone's database, and the
processor runs at a quarter of its speed. Measured from the tap's change of the address to the first
frame with the screen's content and the sync light in it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Page

from tests.bench.measuring import Measurement
from tests.browser.handset import Handset, pick_up
from tests.browser.scene import Scene, set_scene
from tests.infrastructure.browser import MISSING, find_browser, running_browser
from tests.infrastructure.service import running_service

RECEIPTS, PHOTOS, PRODUCTS = 500, 5_000, 2_000
SLOWER = 4
GOAL_MS = 300
ROUNDS = 3


def measure() -> list[Measurement]:
    path = find_browser()
    if path is None:
        raise SystemExit(MISSING)
    with (
        tempfile.TemporaryDirectory(prefix="yanshou-bench-") as folder,
        running_service(Path(folder) / "data", scheduler="0") as service,
        running_browser(path) as browser,
    ):
        scene = set_scene(service)
        handset = pick_up(browser, service)
        handset.sign_in("inspector1", pin=None)
        handset.wait_until_ready()
        # What was sent is at rest: only what the screens do is measured.
        handset.lose_signal()
        _fill(handset, scene)
        return list(_each_screen(handset.page, scene))


def _fill(handset: Handset, scene: Scene) -> None:
    wanted: dict[str, Any] = {
        "receipts": RECEIPTS,
        "photos": PHOTOS,
        "products": PRODUCTS,
        "receipt_id": scene.here.sent["rice"].document["id"],
    }
    handset.page.evaluate(_FILL, wanted)


def _each_screen(page: Page, scene: Scene) -> Iterator[Measurement]:
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    screens = _screens(scene)
    taken: dict[str, list[float]] = {name: [] for name in screens}
    for _ in range(ROUNDS + 1):
        for name, (address, content) in screens.items():
            taken[name].append(page.evaluate(_OPEN, {"address": address, "content": content}))
    for name, times in taken.items():
        # The first time the screen's module is read, too.
        yield Measurement(name, median(times[1:]), "ms", goal=GOAL_MS)


def _screens(scene: Scene) -> dict[str, tuple[str, str]]:
    """Each screen's address, and what is only there once it shows what it is for."""
    receipt = f"#/receipts/{scene.here.sent['tofu'].document['id']}"
    line_id = scene.here.sent["tofu"].line()["id"]
    return {
        "choose a supplier": ("#/receipts/new", ".pick"),
        "a receipt": (receipt, ".gate-row"),
        "add goods": (f"{receipt}/goods", ".pick"),
        "a line": (f"{receipt}/lines/{line_id}", "input[type=date]"),
        "a gate": (f"{receipt}/gates/condition", ".item"),
        "samples": (f"{receipt}/samples", ".pick"),
        "a sample": (f"{receipt}/samples/{line_id}", ".plan"),
        "decision": (f"{receipt}/decision", ".banner"),
        "inspections": ("#/inspections", "main > *"),
        "corrective actions": ("#/actions", "main > *"),
        "inbox": ("#/inbox", "main > *"),
        "safety": ("#/safety", ".safety-sentence"),
        "me": ("#/me", ".person"),
        "today": ("#/", ".entries"),
    }


_FILL = """async ({ receipts, photos, products, receipt_id }) => {
  const { session } = await import("./app/phone/session/session.js");
  const { newId, now } = await import("./app/phone/storage/ids.js");
  const { database } = session();
  const copies = async (collection, id, count, changed) => {
    const transaction = database.transaction(["records", "captured"], "readwrite");
    const records = transaction.objectStore("records");
    const captured = transaction.objectStore("captured");
    const one = id ? await records.get([collection, id])
      : await records.index("collection").get(collection);
    const ids = [];
    for (let n = 0; n < count; n += 1) {
      const copy = structuredClone(one);
      copy.id = copy.document.id = newId();
      Object.assign(copy.document, changed(n));
      void records.put(copy);
      const isOwn = collection !== "products";
      if (isOwn) void captured.put({ collection, id: copy.id, captured_at: now() });
      ids.push(copy.id);
    }
    await transaction.done;
    return ids;
  };
  const named = (n) => ({ code: `B-${n}`, name: `货品${n}`, category: `类别${n % 17}` });
  await copies("products", null, products, named);
  const receipt = (n) => ({ provisional_number: `B-${n}` });
  const owners = await copies("goods_receipts", receipt_id, receipts, receipt);
  const owner = (n) => owners[n % owners.length];
  const attachments = await copies("attachments", null, photos, (n) => ({ owner_id: owner(n) }));
  const picture = crypto.getRandomValues(new Uint8Array(6000));
  const known = {
    owner_collection: "goods_receipts", role: "goods", sha256: "0".repeat(64), size: 250000,
    media_type: "image/jpeg", captured_at: now(), kept_at: now(), address: null, offset: 250000,
    thumbnail: new Blob([picture], { type: "image/jpeg" }), is_sent: true, problem: null,
  };
  const transaction = database.transaction("photos", "readwrite");
  attachments.forEach((id, n) => void transaction.store.put({ ...known, id, owner_id: owner(n) }));
  await transaction.done;
}"""
_OPEN = """({ address, content }) => new Promise((done, failed) => {
  document.querySelector("h1")?.setAttribute("data-before", "");
  const start = performance.now();
  const isThere = () => document.querySelector("h1:not([data-before])")
    && document.querySelector("a.light") && document.querySelector(content);
  const look = () => {
    if (!isThere()) return;
    watcher.disconnect();
    requestAnimationFrame(() => setTimeout(() => done(performance.now() - start)));
  };
  const watcher = new MutationObserver(look);
  watcher.observe(document, { childList: true, subtree: true, attributes: true });
  setTimeout(() => failed(new Error(`${address}: ${content} never came`)), 20000);
  location.hash = address;
})"""
