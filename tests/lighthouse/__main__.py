"""``make lighthouse``: the start page and a receipt as Lighthouse judges them on a slow phone, and
of the desk the sampling page and the board, there and on a desktop.

Prints each page's scores, times and weight, and writes them to ``var/bench/lighthouse.json``.
Figures are facts about a machine: take them while nothing else runs.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.scene import set_scene
from tests.infrastructure.browser import MISSING, find_browser
from tests.infrastructure.node import installed_packages, node_program
from tests.infrastructure.service import Service, running_service

HERE = Path(__file__).parent
RESULT = Path("var/bench/lighthouse.json")
_SECONDS = 600
_DESK = {"sampling": "#/sampling?n=1200&aql=1.0&level=II", "board": "#/actions?lane=to_do"}


def main() -> int:
    path = find_browser()
    if path is None:
        sys.exit(MISSING)
    installed_packages(HERE)
    with (
        tempfile.TemporaryDirectory(prefix="yanshou-lighthouse-") as folder,
        running_service(Path(folder) / "data", scheduler="0", demo_records="1") as service,
    ):
        receipt_id = set_scene(service).here.sent["tofu"].document["id"]
        lines = _judged(service, path, Path(folder) / "profile", f"#/receipts/{receipt_id}")
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps(lines, indent=2) + "\n", encoding="utf-8")
    for line in lines:
        print(json.dumps(line, ensure_ascii=False))
    return 0


def _judged(service: Service, path: str, profile: Path, address: str) -> list[dict[str, object]]:
    port = _free_port()
    wanted = {
        "port": port,
        "address": service.address,
        "phone": {**_account(service, "inspector1"), "hash": address},
        "desk": {**_account(service, "manager1"), "hashes": _DESK},
    }
    with sync_playwright() as playwright:
        arguments = [f"--remote-debugging-port={port}", "--no-sandbox", "--disable-dev-shm-usage"]
        context = playwright.chromium.launch_persistent_context(
            profile, executable_path=path, args=arguments
        )
        try:
            ran = subprocess.run(
                [node_program(), str(HERE / "judge.mjs"), json.dumps(wanted)],
                capture_output=True,
                text=True,
                timeout=_SECONDS,
                check=False,
            )
        finally:
            context.close()
    if ran.returncode != 0:
        sys.exit(ran.stderr[-3000:])
    return [json.loads(line) for line in ran.stdout.splitlines()]


def _account(service: Service, username: str) -> dict[str, str]:
    return {"username": username, "password": service.accounts()[username]}


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


if __name__ == "__main__":
    sys.exit(main())
