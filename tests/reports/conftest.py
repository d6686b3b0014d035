"""Receipts that several tests of documents read."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from server.app import create_app
from server.db.base import db
from tests.conftest import TestClock, make_settings
from tests.receipts import Draft
from tests.receiving_world import Canteen
from tests.reports_world import accepted_receipt, rejected_receipt
from tests.world import World


@dataclass(frozen=True)
class Scene:
    """Receipts that several tests read and none changes."""

    canteen: Canteen
    rejected: Draft
    accepted: Draft


@pytest.fixture(scope="module")
def scene(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("documents")
    shutil.copyfile(sqlite_template, folder / "yanshou.sqlite3")
    settings = make_settings(folder, f"sqlite:///{folder / 'yanshou.sqlite3'}")
    app = create_app(settings, TestClock())
    canteen = Canteen(World(app))
    yield Scene(
        canteen, rejected_receipt(canteen, without=1), accepted_receipt(canteen, "dry_goods")
    )
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
