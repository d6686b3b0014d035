"""The one place where queries are narrowed to an organisation and its sites.

A session has a :class:`Scope` or it may not read scoped tables at all: a forgotten filter ends in
an error in the first test that touches it, never in somebody else's data. Work that is not done
for a person (sign-in, jobs, commands) says so with :func:`unscoped`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria

from server.db.base import OrganisationScoped, SiteScoped

_SCOPE = "scope"
UNSCOPED = "unscoped"


@dataclass(frozen=True, slots=True)
class Scope:
    organisation_id: str
    site_ids: frozenset[str]


class ScopeMissing(RuntimeError):
    """A scoped table was read without saying for whom."""


def enter_scope(session: Session, scope: Scope) -> None:
    session.info[_SCOPE] = scope


def leave_scope(session: Session) -> None:
    session.info.pop(_SCOPE, None)


@contextmanager
def unscoped(session: Session) -> Iterator[None]:
    """Read across organisations within this block: for sign-in, jobs and commands only."""
    before = session.info.get(_SCOPE)
    session.info[_SCOPE] = UNSCOPED
    try:
        yield
    finally:
        session.info[_SCOPE] = before
        if before is None:
            leave_scope(session)


@event.listens_for(Session, "do_orm_execute")
def _narrow(state: ORMExecuteState) -> None:
    if not (state.is_select or state.is_update or state.is_delete) or state.is_column_load:
        return
    if not state.is_orm_statement:
        return  # tables have no criteria: the change log narrows its own
    scope: Any = state.session.info.get(_SCOPE)
    if scope == UNSCOPED:
        return
    if scope is None:
        if any(issubclass(mapper.class_, OrganisationScoped) for mapper in state.all_mappers):
            raise ScopeMissing(f"no scope for {state.statement}")
        return
    organisation_id, site_ids = scope.organisation_id, sorted(scope.site_ids)
    state.statement = state.statement.options(
        with_loader_criteria(
            OrganisationScoped,
            lambda cls: cls.organisation_id == organisation_id,
            include_aliases=True,
        ),
        with_loader_criteria(
            SiteScoped, lambda cls: cls.site_id.in_(site_ids), include_aliases=True
        ),
    )
