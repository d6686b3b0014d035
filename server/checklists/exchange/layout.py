"""Where a checklist's parts stand in an XLSForm: shared by the writer and the reader.

What a form cannot say travels in columns of our own that begin with ``ys_``; other tools pass them
by. ``docs/CHECKLISTS.md`` has the table.
"""

from __future__ import annotations

from collections.abc import Mapping

ZH, EN = "中文 (zh)", "English (en)"
LABELS = (f"label::{ZH}", f"label::{EN}")
HINTS = (f"hint::{ZH}", f"hint::{EN}")

OWN_SHEET = "ys_checklist"
"""Key and value: what is said of the checklist as a whole."""

JSON_FIELDS = ("when", "required_when", "limits", "basis", "area")
FLAG_FIELDS = ("may_be_not_applicable", "is_required", "is_number_required", "is_confirmed")
TEXT_FIELDS = ("type", "gate", "nonconformity_class", "photo", "fact", "unit", "weight")
OWN_COLUMNS = (
    "ys_role",
    "ys_id",
    *(f"ys_{name}" for name in (*TEXT_FIELDS, *FLAG_FIELDS, *JSON_FIELDS)),
)
"""``ys_role``: item, section, head (the items of a whole delivery), photo (evidence of the item
before it), fact (what the phone knows by itself)."""

SURVEY_COLUMNS = (
    "type",
    "name",
    *LABELS,
    *HINTS,
    "required",
    "relevant",
    "appearance",
    *OWN_COLUMNS,
)
CHOICES_COLUMNS = ("list_name", "name", *LABELS, "ys_ok")

CHECK_LIST, CHECK_LIST_NA = "ys_check", "ys_check_na"
CHECK_CHOICES = (
    ("ok", "合格", "OK"),
    ("not_ok", "不合格", "Not OK"),
    ("not_applicable", "不适用", "Not applicable"),
)

FORM_TYPE: Mapping[str, str] = {
    "number": "decimal",
    "temperature": "decimal",
    "count": "integer",
    "text": "text",
    "date": "date",
    "time": "dateTime",
    "document": "text",
    "signature": "image",
    "photo": "image",
    "barcode": "barcode",
    "location": "geopoint",
}
"""Our type of answer, and the form's. check and choice are ``select_one``."""
