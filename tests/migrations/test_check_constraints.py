"""A CHECK whose condition changes, in the text that SQLite keeps of a table."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine
from sqlalchemy.exc import IntegrityError

from server.db.check_constraints import replace_check, with_check


def test_it_stands_once_and_nothing_else_changes():
    sql = (
        "CREATE TABLE t (a TEXT, CONSTRAINT ck_t_a CHECK (a IN ('(', 'x''y')),"
        " CONSTRAINT pk_t PRIMARY KEY (a), CONSTRAINT ck_t_a CHECK ((a = 'x')))"
    )
    assert with_check(sql, "ck_t_a", "a IN ('z')") == (
        "CREATE TABLE t (a TEXT, CONSTRAINT ck_t_a CHECK (a IN ('z')),"
        " CONSTRAINT pk_t PRIMARY KEY (a))"
    )
    with pytest.raises(LookupError, match="ck_t_b"):
        with_check(sql, "ck_t_b", "true")


def test_sqlite_holds_to_it_at_once_and_keeps_the_rows(tmp_path):
    engine = create_engine(f"sqlite:///{tmp_path}/one.db")
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TABLE t (a TEXT, CONSTRAINT ck_t_a CHECK (a IN ('x')),"
            " CONSTRAINT ck_t_a CHECK (a < 'y'))"
        )
        connection.exec_driver_sql("INSERT INTO t VALUES ('x')")
        replace_check(connection, "t", "ck_t_a", "a IN ('x', 'z')")
        connection.exec_driver_sql("INSERT INTO t VALUES ('z')")
    with engine.connect() as other:
        assert other.exec_driver_sql("SELECT a FROM t").scalars().all() == ["x", "z"]
        assert other.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        with pytest.raises(IntegrityError, match="ck_t_a"):
            other.exec_driver_sql("INSERT INTO t VALUES ('y')")
