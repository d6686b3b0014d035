"""Taking a file in: every row tried in one transaction, which stands or falls as a whole."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NoReturn

from marshmallow import ValidationError
from sqlalchemy.orm import Session

from schemas.identity import NewPassword
from server.access import Actor
from server.config import Settings
from server.db.audit import record_audit
from server.db.change_store import savepoint
from server.errors import IMPORT_UNREADABLE, ROWS_REFUSED, FieldError, Problem, Text
from server.http.problem import field_errors
from server.identity.users import list_accounts
from server.imports import writing
from server.imports.cells import CellRefused
from server.imports.columns import USERS, Column, Kind
from server.imports.report import CellError, ImportReport, RowReport
from server.imports.tables import TableRead, TableRow
from server.imports.writing import Desk, Write

_HIDDEN = "•••"
_ERRORS_TOLD = 100
_password = NewPassword(required=True)
_WAYS: Mapping[str, tuple[Callable[[Desk], None], Write]] = {
    "suppliers": (writing.find_suppliers, writing.write_supplier),
    "products": (writing.find_products, writing.write_product),
    "users": (writing.find_users, writing.write_user),
}


class OnlyTried(Exception):
    """Raised at the end of a dry run, so that its transaction is undone; carries the report."""

    def __init__(self, report: ImportReport) -> None:
        super().__init__()
        self.report = report


def try_rows(
    session: Session,
    settings: Settings,
    actor: Actor,
    kind: Kind,
    table: TableRead,
    now: datetime,
) -> NoReturn:
    """Do what an import does, and raise :class:`OnlyTried` with what would come of it."""
    raise OnlyTried(_take_rows(Desk(session, settings, actor, now), kind, table))


@dataclass(frozen=True, slots=True)
class NewPasswords:
    """The passwords of those who have no account yet, by user name: as their rows name them, or
    made here for rows that name none."""

    named: dict[str, str] = field(default_factory=dict)
    made: dict[str, str] = field(default_factory=dict)


def new_passwords(
    session: Session, actor: Actor, kind: Kind, table: TableRead, make: Callable[[], str]
) -> NewPasswords:
    """The passwords to be hashed before the import begins; *make* makes one."""
    found = NewPasswords()
    if kind is not USERS:
        return found
    known = {account.user.username for account in list_accounts(session, actor)}
    by_heading = _columns_of(kind, table)
    for row in table.rows:
        values, errors = _read(row, by_heading, {})
        is_full = len(found.named) + len(found.made) == writing.NEW_USERS_MOST
        if errors or values["username"] in known or is_full:
            continue
        if "password" not in values:
            found.made[values["username"]] = make()
            continue
        try:
            found.named[values["username"]] = _password.deserialize(values["password"])
        except ValidationError:
            continue  # the import itself tells what is wrong with it
    return found


@dataclass(frozen=True, slots=True)
class Prepared:
    """What was made ready before the transaction: *hashes* of new passwords, by user name, and
    the passwords that were made for people whose row names none."""

    hashes: Mapping[str, str]
    made: Mapping[str, str]


def import_rows(
    session: Session,
    settings: Settings,
    actor: Actor,
    kind: Kind,
    table: TableRead,
    content: bytes,
    prepared: Prepared,
    now: datetime,
) -> ImportReport:
    """Take every row, or none. The same file again changes nothing.

    Raises
    ------
    Problem
        ``rows-refused`` with each row's errors, ``import-unreadable`` for a missing column.
    """
    desk = Desk(
        session,
        settings,
        actor,
        now,
        password_hashes=prepared.hashes,
        made_passwords=prepared.made,
    )
    report = _take_rows(desk, kind, table)
    if report.refused:
        raise Problem(ROWS_REFUSED, list(_told(report)), count=len(report.refused))
    counts = report.counts()
    if counts["created"] or counts["changed"]:
        sha256 = hashlib.sha256(content).hexdigest()
        details = {"kind": kind.name, "file_sha256": sha256, **counts}
        record_audit(session, actor, "rows_imported", now, details=details)
    for row in report.rows:
        if row.effect == "created" and row.key in prepared.made:
            report.passwords[row.key] = prepared.made[row.key]
    return report


def _told(report: ImportReport) -> Iterator[FieldError]:
    told = [(row, error) for row in report.refused for error in row.errors]
    for row, error in told[:_ERRORS_TOLD]:
        text = Text("第 {row} 行：{reason}", "Row {row}: {reason}")
        params = {"row": row.number, "reason": error.text}
        yield FieldError(f"/{row.number}/{error.column or ''}", text, params)


def _take_rows(desk: Desk, kind: Kind, table: TableRead) -> ImportReport:
    desk.actor.require(kind.permission)
    by_heading = _columns_of(kind, table)
    report = ImportReport(kind, [h for h in table.headings if h not in by_heading])
    computed = {(row, heading): text for row, heading, text in table.formulas}
    find, write = _WAYS[kind.name]
    find(desk)
    seen: set[str] = set()
    for row in table.rows:
        report.rows.append(_take(desk, kind, row, by_heading, computed, seen, write))
    return report


def _columns_of(kind: Kind, table: TableRead) -> dict[str, Column]:
    by_heading = {
        heading: column
        for heading in table.headings
        for column in kind.columns
        if column.is_headed(heading)
    }
    held = list(by_heading.values())
    for column in kind.columns:
        if held.count(column) > 1:
            raise _unreadable(column, "出现两次", "is there twice")
        if column.is_required and column not in held:
            raise _unreadable(column, "不在文件的第一行", "is not in the file's first row")
    return by_heading


def _unreadable(column: Column, zh: str, en: str) -> Problem:
    text = Text(f"列“{column.heading.zh}”{zh}。", f"The column “{column.heading.en}” {en}.")
    return Problem(IMPORT_UNREADABLE, reason=text)


def _take(
    desk: Desk,
    kind: Kind,
    row: TableRow,
    by_heading: Mapping[str, Column],
    computed: Mapping[tuple[int, str], str],
    seen: set[str],
    write: Write,
) -> RowReport:
    values, errors = _read(row, by_heading, computed)
    told = RowReport(row.number, str(values.get(kind.key.name, "")), errors=errors)
    if told.key and told.key.lower() in seen:
        text = Text("文件里已有同样的一行", "An earlier row of the file bears the same.")
        errors.append(CellError(kind.key.name, told.key, text))
    seen.add(told.key.lower())
    if not errors:
        try:
            with savepoint(desk.session):
                told.effect, told.fields = write(desk, values)
        except ValidationError as refused:
            found = field_errors(refused.messages)
            errors += [_of_field(kind, error, values) for error in found]
        except Problem as refused:
            errors += _of_problem(kind, refused, values)
    if errors:
        told.effect = "refused"
    return told


def _read(
    row: TableRow,
    by_heading: Mapping[str, Column],
    computed: Mapping[tuple[int, str], str],
) -> tuple[dict[str, Any], list[CellError]]:
    """The values of a row's cells. An empty cell says nothing, and leaves what is there."""
    values: dict[str, Any] = {}
    errors: list[CellError] = []
    for heading, column in by_heading.items():
        formula = computed.get((row.number, heading))
        written = row.cells.get(heading, "")
        if formula is not None:
            text = Text("是公式，请改成它的值", "This is a formula; put its value in its place.")
            errors.append(CellError(column.name, _HIDDEN if column.is_secret else formula, text))
        elif not written.strip():
            if column.is_required:
                errors.append(
                    CellError(column.name, "", Text("必须填写", "This must be filled in."))
                )
        else:
            try:
                values[column.name] = column.read(written)
            except CellRefused as refused:
                errors.append(CellError(column.name, written, refused.text))
    return values, errors


def _of_problem(kind: Kind, refused: Problem, values: Mapping[str, Any]) -> list[CellError]:
    if refused.errors:
        return [_of_field(kind, error, values) for error in refused.errors]
    text, params = refused.type.detail or refused.type.title, refused.params
    told = Text(text.render("zh-CN", **params), text.render("en", **params))
    return [CellError(None, "", told)]


def _of_field(kind: Kind, error: FieldError, values: Mapping[str, Any]) -> CellError:
    """*error* at the column whose field it is about."""
    name = _column_of(kind, error.pointer)
    column = next((each for each in kind.columns if each.name == name), None)
    value = "" if column is None else values.get(column.name, "")
    written = "、".join(value) if isinstance(value, list) else str(value)
    shown = _HIDDEN if column is not None and column.is_secret and written else written
    zh, en = (error.text.render(language, **error.params) for language in ("zh-CN", "en"))
    return CellError(None if column is None else column.name, shown, Text(zh, en))


def _column_of(kind: Kind, pointer: str) -> str:
    parts = pointer.strip("/").split("/")
    if parts[0] == "roles" and parts[-1] == "site_id":
        return "sites"
    if parts[0] == "sampling_scheme" and len(parts) > 2:
        return "inspection_level" if parts[-1] == "inspection_level" else f"aql_{parts[2].lower()}"
    return parts[0]
