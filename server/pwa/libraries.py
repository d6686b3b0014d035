"""``python -m server.pwa.libraries``: the few browser libraries of the pages, from npm.

They are named in ``package.json`` and pinned in ``package-lock.json``. This reads the lock file,
fetches each package and checks it against the lock's hash, so that a machine with Python and no
Node gets the very same files ``npm ci`` would bring. Of each package only what the page loads is
kept. The registry is ``npm_config_registry`` where that is set, as for npm itself.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import sys
import tarfile
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path

from server.pwa.static_files import FOLDER

LIBRARIES = FOLDER / "libraries"
_LOCK = Path(__file__).with_name("package-lock.json")
_STAMP = ".fetched-from"
_REGISTRY = "https://registry.npmjs.org"
_TIMEOUT_SECONDS = 60
_ATTEMPTS = 3

# What is kept of each package: path in the package → name under libraries/.
_KEPT = {
    "preact": {"dist/preact.mjs": "preact.js", "hooks/dist/hooks.mjs": "preact-hooks.js"},
    "htm": {"dist/htm.module.js": "htm.js"},
    "idb": {"build/index.js": "idb.js"},
    "uplot": {"dist/uPlot.esm.js": "uplot.js", "dist/uPlot.min.css": "uplot.css"},
    "uqr": {"dist/index.mjs": "uqr.js"},
}


class LibraryError(Exception):
    """A library could not be had, or is not what the lock file names."""


def bring_libraries(registry: str | None = None) -> bool:
    """Fetch what is missing. Returns whether anything was to be done."""
    wanted = hashlib.sha256(_LOCK.read_bytes() + repr(_KEPT).encode()).hexdigest()
    stamp = LIBRARIES / _STAMP
    if stamp.exists() and stamp.read_text() == wanted:
        return False
    LIBRARIES.mkdir(exist_ok=True)
    named = os.environ.get("npm_config_registry")  # noqa: SIM112 (npm's own name for it)
    for name, content in _files(registry or named or _REGISTRY):
        _write(LIBRARIES / name, content)
    _write(stamp, wanted.encode())
    return True


def _files(registry: str) -> Iterator[tuple[str, bytes]]:
    packages = json.loads(_LOCK.read_bytes())["packages"]
    licences = []
    for package, kept in _KEPT.items():
        locked = packages[f"node_modules/{package}"]
        archive = _fetched(registry, package, locked)
        with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
            for path, name in kept.items():
                yield name, _member(tar, package, path)
            licences.append(f"{package} {locked['version']} ({locked['license']})\n".encode())
            licences.append(_member(tar, package, "LICENSE") + b"\n\n")
    yield "LICENSES.txt", b"".join(licences)


def _fetched(registry: str, package: str, locked: Mapping[str, str]) -> bytes:
    version, basename = locked["version"], package.rpartition("/")[2]
    address = f"{registry.rstrip('/')}/{package}/-/{basename}-{version}.tgz"
    archive = _download(address)
    require_integrity(f"{package} {version}", archive, locked["integrity"])
    return archive


def require_integrity(what: str, content: bytes, integrity: str) -> None:
    """Raise :class:`LibraryError` unless *content* has the hash ``algorithm-base64`` says."""
    algorithm, _, expected = integrity.partition("-")
    if algorithm != "sha512":
        raise LibraryError(f"{what}: the lock file names a {algorithm} hash; sha512 is expected")
    if hashlib.sha512(content).digest() != base64.b64decode(expected):
        raise LibraryError(f"{what}: what was fetched is not what package-lock.json names")


def _download(address: str) -> bytes:
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            with urllib.request.urlopen(address, timeout=_TIMEOUT_SECONDS) as answer:  # noqa: S310
                content: bytes = answer.read()
                return content
        except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
            if attempt == _ATTEMPTS:
                raise LibraryError(f"{address}: {error}") from error
            time.sleep(attempt)
    raise AssertionError("the last attempt returns or raises")


def _member(tar: tarfile.TarFile, package: str, path: str) -> bytes:
    try:
        member = tar.extractfile(f"package/{path}")
    except KeyError:
        member = None
    if member is None:
        raise LibraryError(f"{package} has no file {path}")
    return member.read()


def _write(path: Path, content: bytes) -> None:
    # Several test processes may be at it at once: each file appears whole or not at all.
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(content)
    Path(file.name).chmod(0o644)
    Path(file.name).replace(path)


def main() -> None:
    try:
        bring_libraries()
    except LibraryError as error:
        sys.exit(
            f"yanshou: 手机应用的浏览器库无法取得：{error}\n"
            f"yanshou: the browser libraries of the phone app could not be had: {error}"
        )


if __name__ == "__main__":
    main()
