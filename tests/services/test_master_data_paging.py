"""Pages by keyset, in both directions, over columns of several types."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from schemas.master_data import SupplierSchema
from server.access import Role
from server.db.base import current_session
from server.db.scope import Scope, enter_scope, leave_scope
from server.db.transaction import transaction
from server.http.context import current_time
from server.http.paging import keyset_page
from server.master_data.models import Supplier
from server.master_data.service import save_supplier


@pytest.mark.parametrize("descending", [False, True])
def test_pages_over_equal_times_neither_skip_nor_repeat(world, descending):
    manager = world.person("manager", Role.MANAGER)
    with world.app.app_context(), transaction(current_session(), write=True):
        session, actor = current_session(), world.actor(manager)
        enter_scope(session, Scope(actor.organisation_id, actor.site_ids))
        for n in range(7):
            document = {"id": str(uuid4()), "code": f"S{n}", "name": f"供货者 {n}"}
            moment = current_time() + timedelta(microseconds=n // 3)  # three share one time
            save_supplier(session, actor, SupplierSchema().load(document), moment)
        codes, cursor, pages = [], None, 0
        while pages == 0 or cursor is not None:
            page = keyset_page(
                session,
                select(Supplier),
                [Supplier.updated_at, Supplier.id],
                limit=2,
                cursor=cursor,
                descending=descending,
            )
            codes += [(row.updated_at, row.id) for row in page.rows]
            cursor, pages = page.next_cursor, pages + 1
        leave_scope(session)
    assert pages == 4
    assert len(set(codes)) == 7
    assert codes == sorted(codes, reverse=descending)
