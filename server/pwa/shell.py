"""The two files of the phone app that are put together here: its page and its service worker.

The page names every style sheet and preloads every module that the start needs, found by following
the imports: no list is kept by hand. The service worker carries the list of all files and a version
made of their contents, so that a phone holds one whole version or another, never a mixture.
"""

from __future__ import annotations

import base64
import hashlib
import json
import posixpath
import re
from collections.abc import Iterator, Mapping
from functools import cache

from server.http.headers import content_policy
from server.pwa.static_files import FOLDER, StaticFile, static_file, static_files

PHONE_PAGE = "phone.html"
DESK_PAGE = "desk.html"
ANSWER_PAGE = "answer.html"
SERVICE_WORKER = "service-worker.js"
_START = "phone/main.js"
_IMPORT = re.compile(r'(?:^|[;}\s])(?:import|export)\b[^"\'();]*?["\']([^"\']+)["\']')
_IMPORT_MAP = re.compile(r'<script type="importmap">(.*?)</script>', re.DOTALL)
# Neither is asked for by the page under its own name.
_NOT_KEPT = frozenset(
    {PHONE_PAGE, DESK_PAGE, ANSWER_PAGE, SERVICE_WORKER, "libraries/LICENSES.txt"}
)


@cache
def phone_page() -> StaticFile:
    """The page at ``/``, with its style sheets and preloads written in."""
    page = _source(PHONE_PAGE)
    styles = (name for name in static_files() if re.fullmatch(r"phone/.*\.css", name))
    page = page.replace("<!-- styles -->", _lines('<link rel="stylesheet" href="app/{}">', styles))
    page = page.replace(
        "<!-- modules -->", _lines('<link rel="modulepreload" href="app/{}">', needed_modules())
    )
    page = page.replace("<!-- version -->", f'<meta name="version" content="{version()}">')
    return static_file(page.encode(), "text/html; charset=utf-8")


@cache
def phone_policy() -> str:
    """The policy of that page: the import map is the one inline script, allowed by its hash."""
    digest = hashlib.sha256(_import_map_text().encode()).digest()
    return content_policy(f"'sha256-{base64.b64encode(digest).decode()}'")


@cache
def service_worker() -> StaticFile:
    files = [name for name in static_files() if name not in _NOT_KEPT]
    addresses = ["./", "./desk", *(f"app/{name}" for name in files)]
    head = f"self.PRECACHE = {json.dumps({'version': version(), 'addresses': addresses})};\n"
    return static_file((head + _source(SERVICE_WORKER)).encode(), "text/javascript; charset=utf-8")


@cache
def version() -> str:
    """The version of the phone app: the same for the same files, another for any other."""
    parts = [f"{name} {file.etag}" for name, file in static_files().items()]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


@cache
def needed_modules() -> tuple[str, ...]:
    """The modules that the start needs: ``phone/main.js`` and what it imports, without those that
    are only loaded when their screen is opened."""
    found: dict[str, None] = {}
    waiting = [_START]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = None
            waiting += _imports(name)
    return tuple(found)


def _imports(name: str) -> Iterator[str]:
    for target in _IMPORT.findall(_source(name)):
        if target.startswith("."):
            yield posixpath.normpath(posixpath.join(posixpath.dirname(name), target))
        elif target in _import_map():
            yield _import_map()[target].removeprefix("./app/")


@cache
def _import_map() -> Mapping[str, str]:
    imports: dict[str, str] = json.loads(_import_map_text())["imports"]
    return imports


def _import_map_text() -> str:
    found = _IMPORT_MAP.search(_source(PHONE_PAGE))
    assert found is not None, f"{PHONE_PAGE} has no import map"
    return found[1]


def _source(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def _lines(form: str, names: Iterator[str] | tuple[str, ...]) -> str:
    return "\n".join(form.format(name) for name in names)
