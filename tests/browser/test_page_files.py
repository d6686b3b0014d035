"""The files the page is made of, and how they are served. No browser is needed for this."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import posixpath
import re
from collections.abc import Iterator

import pytest

from sampling.probability import DISTRIBUTIONS
from sampling.selection import METHODS
from sampling.vocabulary import (
    INSPECTION_SEVERITIES,
    NONCONFORMITY_CLASSES,
    PLAN_TYPES,
    QUALITY_MEASURES,
)
from schemas.api_tokens import READINGS
from schemas.calendars import DEADLINES
from schemas.checklists import (
    CHECKLIST_KINDS,
    GATES,
    GRADING_METHODS,
    ITEM_TYPES,
    PHOTO_RULES,
    STORAGE_CLASSES,
    ChecklistContentSchema,
    ItemSchema,
)
from schemas.conditions import RANGE_TESTS
from schemas.corrective_actions import ACTION_KINDS, ACTION_STATUSES, LANES, STEP_KINDS
from schemas.findings import FINDING_KINDS
from schemas.master_data import CATEGORIES, UNITS
from schemas.overview import OUTCOMES
from schemas.receiving import AMENDMENT_KINDS, DECISIONS, DISPOSITIONS, SIGNATURE_ROLES
from schemas.registers import EVENT_KINDS
from schemas.standards import CONFIRMABLE_PARTS
from schemas.switching import ACTION_KINDS as SWITCHING_ACTIONS
from schemas.switching import SEVERITIES as SWITCHING_SEVERITIES
from schemas.sync_review import RESOLUTIONS, STATES
from server.access import Role
from server.calendars.deadlines import DEFAULT_MEALS
from server.corrective_actions.answering import TOLD_STEPS
from server.db.audit_log import ADOPTED, DELETED, WRITTEN
from server.exports.registry import EXPORTS
from server.imports.columns import KINDS
from server.master_data.vocabulary import UNITS as UNIT_NAMES
from server.pwa.libraries import LibraryError, require_integrity
from server.pwa.shell import (
    ANSWER_PAGE,
    DESK,
    PHONE,
    SETUP,
    catalogues,
    joined_files,
    needed_modules,
    service_worker,
    version,
    whole_page,
)
from server.pwa.static_files import FOLDER, static_files
from server.reports.evidence.audit_part import EXPORTED

PHONE_COLLECTIONS = (
    "attachments",
    "corrective_action_steps",
    "corrective_actions",
    "findings",
    "goods_receipt_amendments",
    "goods_receipts",
    "inspections",
    "notifications",
    "register_entries",
    "work_log_entries",
)
PHONE_FIELDS = (
    "vehicle_plate",
    "driver_name",
    "delivery_note_number",
    "note",
    "decision",
    "decision_reason",
    "delivered_on",
    "delivered_quantity",
    "accepted_quantity",
    "rejected_quantity",
    "pending_quantity",
    "supplier_batch_number",
    "produced_on",
    "expires_on",
    "value",
    "is_ok",
    "inspected",
    "signatures",
    "deleted",
)
# What may differ between two versions of a checklist, in an item or in the whole.
ITEM_FIELDS = tuple(
    name
    for name in {**ItemSchema().fields, **ChecklistContentSchema().fields}
    if name not in {"id", "sections", "head_items", "items"}
)
# What word() is asked for at run time: every value the records may hold there.
GROUPS = {
    "amendment": AMENDMENT_KINDS,
    "change": ("added", "removed", "changed", "moved"),
    "checklist_kind": CHECKLIST_KINDS,
    "class": NONCONFORMITY_CLASSES,
    "figure_part": tuple(part for part in CONFIRMABLE_PARTS if part != "item"),
    "effect": ("created", "changed", "unchanged", "refused"),
    "finding_kind": FINDING_KINDS,
    "inspection_state": ("draft", "finished"),
    "exported": tuple(EXPORTS),
    "import_kind": tuple(KINDS),
    "reading": READINGS,
    "import_effect": ("left_out", "changed", "assumed"),
    "item_field": ITEM_FIELDS,
    "item_type": ITEM_TYPES,
    "photo_rule": PHOTO_RULES,
    "deadline": DEADLINES,
    "decision": (*DECISIONS, "draft"),
    "gate": GATES,
    "grading_method": GRADING_METHODS,
    "grade": ("pass", "basic", "failed", "undecided"),
    "inspection_severity": INSPECTION_SEVERITIES,
    "notice_kind": ACTION_KINDS,
    "notice_status": ACTION_STATUSES,
    "step": STEP_KINDS,
    "step_taken": STEP_KINDS,
    "notice_state": (*ACTION_STATUSES, "overdue"),
    "notice_step": TOLD_STEPS,
    "lane": LANES,
    "outcome": OUTCOMES,
    "lot_decision": ("accepted", "not_accepted", "undecided"),
    "collection": PHONE_COLLECTIONS,
    "field": PHONE_FIELDS,
    "phase": ("idle", "pushing", "pulling", "photos", "offline", "waiting", "signed_out"),
    "photo_state": ("waiting", "sent", "refused", "elsewhere"),
    "photo": ("goods", "document", "vehicle", "thermometer", "label", "other"),
    "quantity": ("delivered", "accepted", "rejected", "pending"),
    "disposition": DISPOSITIONS,
    "receipt_event": (WRITTEN, DELETED, ADOPTED, EXPORTED),
    "distribution": DISTRIBUTIONS,
    "draw_method": METHODS,
    "plan_type": PLAN_TYPES,
    "quality_measure": QUALITY_MEASURES,
    "lot_verdict": ("accepted", "not_accepted"),
    "severity_letter": INSPECTION_SEVERITIES,
    "severity_short": INSPECTION_SEVERITIES,
    "switching_action": SWITCHING_ACTIONS,
    "switching_effect": SWITCHING_ACTIONS,
    "switching_severity": SWITCHING_SEVERITIES,
    "goods_category": CATEGORIES,
    "resolution": RESOLUTIONS,
    "review_deed": ("repair", "reapply", "discard", "reopen", "resolve"),
    "review_outcome": ("applied", "reapplied", "conflict", "discarded"),
    "review_state": STATES,
    "meal": tuple(meal.code for meal in DEFAULT_MEALS),
    "register_event": EVENT_KINDS,
    "role": tuple(role.value for role in Role),
    "service": ("checking", "ready", "unavailable", "unreachable"),
    "signature": SIGNATURE_ROLES,
    "storage": STORAGE_CLASSES,
    "unit": UNITS,
}
# Keys put together from a part that is written here and not in the modules.
PUT_TOGETHER = {
    "administration": [
        *(f"group_{group}" for group in ("people", "goods", "exchange", "sync", "service")),
        *(
            f"{part}{end}"
            for part in ("people", "devices", "suppliers", "products", "checklists")
            for end in ("", "_lead")
        ),
        *(
            f"{part}{end}"
            for part in ("import", "lists", "tokens", "quarantine", "conflicts", "jobs", "audit")
            for end in ("", "_lead")
        ),
    ],
    "supervision": ["is_open", "is_repeat"],
    "exchange": [
        *(f"about_{kind}" for kind in KINDS),
        *("trying", "taking", "from", "to"),
    ],
    "devices": ["revoke", "revoke_effect", "reinstate", "reinstate_effect"],
    "review": ["reapply_effect", "discard_effect", "reopen_effect"],
    "sampling": [
        f"{column}{end}"
        for column in ("class", "n", "ac", "re", "found", "result")
        for end in ("", "_title")
    ],
    "sign_in": ["username", "password"],
    "lines": ["at_most", "at_least", "between"],
    "answer": [
        *(f"kind_{kind}" for kind in ACTION_KINDS),
        *(f"photo_{state}" for state in ("waiting", "sent", "failed")),
        *("correction", "cause", "prevention", "name"),
        *(f"need_{name}" for name in ("correction", "cause", "prevention")),
    ],
    "setup": [
        *(
            f"{part}_{step}"
            for part in ("step", "title", "lead")
            for step in ("begin", "sites", "people", "checklists")
        ),
        *(f"kind_{kind}" for kind in CHECKLIST_KINDS),
    ],
    "authoring": [
        *(f"join_{join}" for join in ("all", "any")),
        *(f"test_{test}" for test in (*RANGE_TESTS, "is_answered")),
        *("saving", "unsaved", "saved", "head_items", "items", "name_zh", "name_en"),
        *(f"{name}_{language}" for name in ("note", "basis") for language in ("zh", "en")),
        *("is_required", "may_be_not_applicable", "is_number_required"),
        *("min", "max", "min_remaining_ratio"),
        *(f"state_{state}" for state in ("open", "done", "all")),
    ],
    "registers": [
        f"certificate_{state}" for state in ("valid", "missing", "expired", "not_yet_valid")
    ],
    "light": ["safe", "busy", "waiting", "trouble"],
    "sections": [
        *("label", "more", "overview", "receipts", "administration", "actions", "sampling"),
        "switching",
    ],
    "tabs": ["label", "today", "inspect", "fix", "me"],
}


def catalogue(language: str) -> dict[str, str]:
    """All texts of the pages: the catalogues of their parts share no key. Those of the rules have
    a test of their own."""
    texts: dict[str, str] = {}
    for path in sorted((FOLDER / "catalogues").glob(f"*/{language}.json")):
        if path.parent.name == "rules":
            continue
        part = json.loads(path.read_text(encoding="utf-8"))
        assert not texts.keys() & part.keys(), path.name
        texts |= part
    return texts


def modules() -> dict[str, str]:
    """Our own modules by their name below the folder."""
    return {
        path.relative_to(FOLDER).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(FOLDER.rglob("*.js"))
        if path.parent.name != "libraries"
    }


def page_modules() -> dict[str, str]:
    """Those that show texts; the others compute."""
    pages = ("answer/", "desk/", "phone/", "setup/", "shared/")
    return {name: source for name, source in modules().items() if name.startswith(pages)}


def test_the_page_of_links_preloads_every_module_of_its_own():
    shell = (FOLDER / ANSWER_PAGE).read_text(encoding="utf-8")
    named = set(re.findall(r'(?:href|src)="app/([^"]+)"', shell))
    assert named <= set(static_files())
    assert {name for name in modules() if name.startswith("answer/")} <= named
    assert "<style" not in shell
    assert re.findall(r"<script(?![^>]*\bsrc=)", shell) == []


def used_keys() -> Iterator[str]:
    for source in page_modules().values():
        for arguments in re.findall(r"\btext\(([^)]*)", source):
            yield from re.findall(r'^\s*"(\w+)"', arguments)
            yield from re.findall(r'"([a-z_]+(?:\.\w+)+)"', arguments)
        for key in re.findall(r'\bcounted\(\s*"([\w.]+)"', source):
            yield from (f"{key}.one", f"{key}.other")
    for group, values in (*GROUPS.items(), *PUT_TOGETHER.items()):
        yield from (f"{group}.{value}" for value in values)


def test_both_catalogues_have_the_same_keys():
    assert list(catalogue("zh-CN")) == list(catalogue("en"))


def test_no_key_is_missing_and_none_is_left_over():
    used = set(used_keys())
    held = set(catalogue("en"))
    assert used - held == set()
    assert held - used == set()


def test_every_group_of_words_the_page_asks_for_is_checked_here():
    asked = {
        group
        for source in page_modules().values()
        for group in re.findall(r'\bword\(\s*"(\w+)"', source)
    }
    assert asked == set(GROUPS)


def test_places_to_fill_are_the_same_in_both_languages():
    zh, en = catalogue("zh-CN"), catalogue("en")
    places = re.compile(r"\{\w+\}")
    differing = [k for k in zh if set(places.findall(zh[k])) != set(places.findall(en[k]))]
    assert differing == []


def test_no_text_is_empty_and_chinese_is_not_english():
    zh, en = catalogue("zh-CN"), catalogue("en")
    assert [key for key in zh if not zh[key] or not en[key]] == []
    same = {key for key in zh if zh[key] == en[key]}
    assert same == {"sampling.n", "sampling.ac", "sampling.re", "lines.at_most", "lines.at_least"}


def test_units_are_called_what_the_server_calls_them():
    zh, en = catalogue("zh-CN"), catalogue("en")
    assert {unit: (zh[f"unit.{unit}"], en[f"unit.{unit}"]) for unit in UNITS} == {
        unit: (name.zh, name.en) for unit, name in UNIT_NAMES.items()
    }


def test_every_module_that_is_imported_is_there():
    imports = re.compile(r'(?:from|import\()\s*"(\.[^"]+)"')
    imported = {
        posixpath.normpath(posixpath.join(posixpath.dirname(name), target))
        for name, source in modules().items()
        for target in imports.findall(source)
    }
    assert imported - set(static_files()) == set()


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("page", [PHONE, DESK, SETUP], ids=lambda page: page.start)
def test_a_page_preloads_what_its_start_needs_and_names_only_what_is_there(page, language):
    whole = whole_page(page, language).content.decode()
    named = set(re.findall(r'(?:href|src)="app/([^"]+)"', whole))
    name = page.file.removesuffix(".html")
    assert named <= {*static_files(), *joined_files()}
    assert {page.start, "libraries/preact.js", "shared/view.js"} <= set(needed_modules(page))
    assert {*needed_modules(page), f"sheets/{name}.css", f"texts/{name}.{language}.json"} <= named
    # An import map after the first preload is ignored by the browsers.
    assert whole.index("importmap") < whole.index("preload")


@pytest.mark.parametrize("page", [PHONE, DESK, SETUP], ids=lambda page: page.start)
def test_a_pages_sheet_and_texts_hold_all_of_its_own(page):
    name = page.file.removesuffix(".html")
    sheet = joined_files()[f"sheets/{name}.css"].content.decode()
    folders = "|".join(page.styles)
    own = [n for n in static_files() if re.fullmatch(rf"(?:{folders})/.*\.css|[^/]+\.css", n)]
    assert [n for n in own if static_files()[n].content.decode().strip() not in sheet] == []
    # A sheet that is moved must not point to what lay beside it.
    assert "url(" not in sheet
    for language in ("zh-CN", "en"):
        texts = json.loads(joined_files()[f"texts/{name}.{language}.json"].content)
        for part in catalogues(page):
            path = FOLDER / "catalogues" / part / f"{language}.json"
            assert json.loads(path.read_text(encoding="utf-8")).items() <= texts.items()


def test_every_file_is_kept_by_the_service_worker_and_any_change_makes_a_new_version():
    head = service_worker().content.decode().partition("\n")[0]
    kept = json.loads(head.removeprefix("self.PRECACHE = ").removesuffix(";"))
    assert kept["version"] == version()
    needed = {name for name in modules() if not name.startswith("setup/")}
    assert {f"app/{name}" for name in needed} - {"app/service-worker.js"} <= set(kept["addresses"])
    assert {"./", "./desk"} <= set(kept["addresses"])


@pytest.mark.parametrize("address", ["/", "/desk", "/setup"])
def test_the_import_map_is_the_only_inline_script_and_allowed_by_its_hash(sqlite_world, address):
    answer = sqlite_world.client.get(address)
    page = answer.get_data(as_text=True)
    [inline] = re.findall(r"<script(?![^>]*src=)[^>]*>(.*?)</script>", page)
    digest = base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()
    policy = answer.headers["Content-Security-Policy"]
    assert f"script-src 'self' 'sha256-{digest}';" in policy
    assert "unsafe" not in policy


def test_nothing_from_the_server_can_become_markup():
    """The rules that make it so: no markup from strings, no style attributes, no eval."""
    forbidden = re.compile(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|DOMParser"
    )
    assert [name for name, source in modules().items() if forbidden.search(source)] == []
    for page in (DESK.file, PHONE.file):
        shell = (FOLDER / page).read_text(encoding="utf-8")
        shell = shell.replace('<script type="importmap">', "")
        assert not re.search(r"<script(?![^>]*src=)|<style|\son\w+=|\sstyle=", shell), page


def test_the_page_may_live_below_any_path():
    """Everything it asks for is relative: to the page, or to the module that asks."""
    absolute = re.compile(r"""["'`]/(?:app|api|readyz)|(?:href|src)="/""")
    shell = "".join((FOLDER / page).read_text(encoding="utf-8") for page in (DESK.file, PHONE.file))
    found = [name for name, source in modules().items() if absolute.search(source)]
    assert (found, absolute.search(shell)) == ([], None)


def test_the_page_is_served_to_anybody_under_a_strict_policy(sqlite_world):
    answer = sqlite_world.client.get("/desk")
    assert answer.status_code == 200
    assert answer.mimetype == "text/html"
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_file_that_is_held_already_is_not_sent_again(sqlite_world):
    client = sqlite_world.client
    first = client.get("/app/desk/main.js")
    assert first.mimetype == "text/javascript"
    assert "no-cache" in first.headers["Cache-Control"]
    again = client.get("/app/desk/main.js", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]


def test_a_packed_file_is_the_same_file_under_another_etag(sqlite_world):
    client = sqlite_world.client
    plain = client.get("/app/styles.css")
    packed = client.get("/app/styles.css", headers={"Accept-Encoding": "br, gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert packed.headers["ETag"] != plain.headers["ETag"]
    assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
    refused = client.get("/app/styles.css", headers={"Accept-Encoding": "gzip;q=0"})
    assert "Content-Encoding" not in refused.headers


@pytest.mark.parametrize(
    "path",
    ["/app/nothing.js", "/app/", "/app/../routes.py", "/app/%2e%2e/routes.py", "/app//etc/passwd"],
)
def test_only_the_pages_files_are_served(sqlite_world, path):
    answer = sqlite_world.client.get(path, headers={"Accept-Language": "en"})
    assert answer.status_code in (404, 308)
    assert b"Blueprint" not in answer.data


@pytest.mark.parametrize("page", [PHONE, DESK], ids=lambda page: page.start)
def test_the_first_load_of_a_page_is_small(page):
    """Without pictures, compressed [bytes]."""
    files = {**static_files(), **joined_files()}
    name = page.file.removesuffix(".html")
    own = [*needed_modules(page), f"sheets/{name}.css", f"texts/{name}.zh-CN.json"]
    whole = whole_page(page, "zh-CN")
    assert sum(len(files[name].packed) for name in own) + len(whole.packed) < 120_000


def test_a_library_that_is_not_what_the_lock_file_names_is_refused():
    digest = base64.b64encode(hashlib.sha512(b"the library").digest()).decode()
    require_integrity("it", b"the library", f"sha512-{digest}")
    with pytest.raises(LibraryError, match="not what package-lock"):
        require_integrity("it", b"another one", f"sha512-{digest}")
    with pytest.raises(LibraryError, match="sha512 is expected"):
        require_integrity("it", b"the library", "sha1-abc")
