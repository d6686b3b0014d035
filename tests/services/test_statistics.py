"""What SQLite's planner is told of the tables, and what comes of it."""

from __future__ import annotations

from server.db.base import current_session, db
from server.db.statistics import refresh_statistics
from server.db.transaction import transaction
from tests.filling import copy_records
from tests.receiving_world import Canteen

_LINES_OF_A_PAGE = """EXPLAIN QUERY PLAN SELECT count(*) FROM goods_receipt_lines
WHERE goods_receipt_id IN (?, ?, ?, ?, ?, ?, ?, ?) AND organisation_id = ? AND site_id IN (?, ?)"""


def _plan(session):
    rows = session.connection().exec_driver_sql(_LINES_OF_A_PAGE, ("0" * 32,) * 11).all()
    session.rollback()
    return " ".join(row[-1] for row in rows)


def test_once_the_job_has_run_the_lines_of_a_page_are_found_by_its_receipts(sqlite_world):
    canteen = Canteen(sqlite_world)
    assert canteen.put(canteen.signed("dry_goods")).status_code == 201
    with sqlite_world.app.app_context():
        session = current_session()
        with transaction(session, write=True):
            copy_records(session, 300, ("goods_receipts", "goods_receipt_lines"))
        assert "(goods_receipt_id=?)" not in _plan(session)
        with transaction(session, write=True):
            assert refresh_statistics(session) > 10
        db.engine.dispose()
        assert "(goods_receipt_id=?)" in _plan(session)
