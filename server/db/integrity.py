"""Constraints of the database that said no, as problems."""

from __future__ import annotations

from sqlalchemy.exc import IntegrityError

from server.errors import CONFLICT, Problem


def problem_from_integrity(error: IntegrityError) -> Problem:
    """The constraint by its name, so that a person can look it up."""
    diagnostics = getattr(error.orig, "diag", None)
    name = getattr(diagnostics, "constraint_name", None) or str(error.orig).split(": ")[-1]
    return Problem(CONFLICT, constraint=name)
