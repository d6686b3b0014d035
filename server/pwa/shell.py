"""The files that are put together here: the pages of the phone app and of the desk, and the
service worker.

A page preloads every module that the start needs, found by following the imports: no list is kept
by hand. Its style sheets come as one file, and so do its texts in each language: on a slow network
each file of its own costs a round trip.

The service worker carries the list of all files and a version made of their contents, so that a
phone holds one whole version or another, never a mixture.
"""

from __future__ import annotations

import base64
import hashlib
import json
import posixpath
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple

from server.errors import CHINESE, ENGLISH
from server.http.headers import content_policy
from server.pwa.static_files import FOLDER, StaticFile, static_file, static_files

ANSWER_PAGE = "answer.html"
SERVICE_WORKER = "service-worker.js"
_IMPORT = re.compile(r'(?:^|[;}\s])(?:import|export)\b[^"\'();]*?["\']([^"\']+)["\']')
_CATALOGUES = re.compile(r"CATALOGUES = (\[.*?\])", re.DOTALL)
_EVERYWHERE = ("styles.css", "controls.css")
_IMPORT_MAP = re.compile(r'<script type="importmap">(.*?)</script>', re.DOTALL)


class Page(NamedTuple):
    """A page of modules: its file, the module it starts with, and the folders its style sheets lie
    in, in the order in which they apply."""

    file: str
    start: str
    styles: tuple[str, ...]


PHONE = Page("phone.html", "phone/main.js", ("shared", "phone"))
DESK = Page("desk.html", "desk/main.js", ("shared", "desk"))
SETUP = Page("setup.html", "setup/main.js", ("setup",))
_KEPT = (PHONE, DESK)
"""The first run is over before a phone keeps anything."""
# None is asked for by a page under its own name.
_NOT_KEPT = frozenset({PHONE.file, DESK.file, SETUP.file, ANSWER_PAGE, SERVICE_WORKER})


@cache
def whole_page(page: Page, language: str) -> StaticFile:
    """The page with its style sheet and preloads written in, for a browser that asks for that
    language. Another may be chosen later; that one is then asked for."""
    whole = _source(page.file)
    parts = [
        f'<link rel="stylesheet" href="app/{_sheet_of(page)}">',
        f'<link rel="preload" href="app/{_texts_of(page, language)}" as="fetch" crossorigin>',
        *(f'<link rel="modulepreload" href="app/{name}">' for name in needed_modules(page)),
    ]
    whole = whole.replace("<!-- parts -->", "\n".join(parts))
    whole = whole.replace("<!-- version -->", f'<meta name="version" content="{version()}">')
    return static_file(whole.encode(), "text/html; charset=utf-8")


@cache
def joined_files(pages: tuple[Page, ...] = (PHONE, DESK, SETUP)) -> Mapping[str, StaticFile]:
    """What is put together of several files, by name: a page's style sheet, and its texts."""
    joined = {}
    for page in pages:
        sheets = "\n".join(map(_source, style_sheets(page)))
        joined[_sheet_of(page)] = static_file(sheets.encode(), "text/css; charset=utf-8")
        for language in (CHINESE, ENGLISH):
            texts: dict[str, str] = {}
            for name in catalogues(page):
                texts |= json.loads(_source(f"catalogues/{name}/{language}.json"))
            content = json.dumps(texts, ensure_ascii=False, separators=(",", ":")).encode()
            joined[_texts_of(page, language)] = static_file(content, "application/json")
    return joined


@cache
def catalogues(page: Page) -> tuple[str, ...]:
    """The catalogues whose texts the page begins with, as its first module lists them."""
    listed = _CATALOGUES.search(_source(page.start))
    assert listed is not None, f"{page.start} lists no catalogues"
    return tuple(json.loads(listed[1]))


def _sheet_of(page: Page) -> str:
    return f"sheets/{page.file.removesuffix('.html')}.css"


def _texts_of(page: Page, language: str) -> str:
    return f"texts/{page.file.removesuffix('.html')}.{language}.json"


@cache
def policy(page: Page) -> str:
    """The policy of that page: the import map is the one inline script, allowed by its hash."""
    digest = hashlib.sha256(_import_map_text(page).encode()).digest()
    return content_policy(f"'sha256-{base64.b64encode(digest).decode()}'")


@cache
def style_sheets(page: Page) -> tuple[str, ...]:
    """In the order in which they apply."""
    return _EVERYWHERE + tuple(
        name
        for folder in page.styles
        for name in static_files()
        if name.startswith(f"{folder}/") and name.endswith(".css")
    )


@cache
def service_worker() -> StaticFile:
    files = [
        name
        for name in static_files()
        if name not in _NOT_KEPT and not name.startswith(("setup/", "catalogues/setup/"))
    ]
    joined = {name for page in _KEPT for name in style_sheets(page)}
    kept = [*joined_files(_KEPT), *(name for name in files if name not in joined)]
    addresses = ["./", "./desk", *(f"app/{name}" for name in kept)]
    head = f"self.PRECACHE = {json.dumps({'version': version(), 'addresses': addresses})};\n"
    return static_file((head + _source(SERVICE_WORKER)).encode(), "text/javascript; charset=utf-8")


@cache
def version() -> str:
    """The version of the pages: the same for the same files, another for any other."""
    parts = [f"{name} {file.etag}" for name, file in static_files().items()]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


@cache
def needed_modules(page: Page) -> tuple[str, ...]:
    """The modules that the start needs: the page's first and what it imports, without those that
    are only loaded when their screen is opened."""
    found: dict[str, None] = {}
    waiting = [page.start]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = None
            waiting += _imports(page, name)
    return tuple(found)


def _imports(page: Page, name: str) -> Iterator[str]:
    for target in _IMPORT.findall(_source(name)):
        if target.startswith("."):
            yield posixpath.normpath(posixpath.join(posixpath.dirname(name), target))
        elif target in _import_map(page):
            yield _import_map(page)[target].removeprefix("./app/")


@cache
def _import_map(page: Page) -> Mapping[str, str]:
    imports: dict[str, str] = json.loads(_import_map_text(page))["imports"]
    return imports


def _import_map_text(page: Page) -> str:
    found = _IMPORT_MAP.search(_source(page.file))
    assert found is not None, f"{page.file} has no import map"
    return found[1]


def _source(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")
