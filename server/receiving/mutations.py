"""Goods receipts and amendments as synced collections."""

from __future__ import annotations

from schemas.receiving import AmendmentSchema, GoodsReceiptSchema
from server.access import Permission
from server.offline.collection import Collection
from server.receiving import amendments, content, service
from server.receiving.basis import read_basis_ahead
from sync.policy import FIXED, SERVER, SET, MergePolicy, by_id, sealed_by

goods_receipts = Collection(
    name=content.COLLECTION,
    policy=MergePolicy(
        fields={
            "id": FIXED,
            "site_id": FIXED,
            "provisional_number": FIXED,
            "captured_at": FIXED,
            # The quantities of a line make sense only together.
            "lines": by_id(MergePolicy(groups=(("delivered_quantity", *content.QUANTITIES),))),
            "answers": by_id(),
            "samples": by_id(),
            "signatures": by_id(),
            "attachment_ids": SET,
            **dict.fromkeys(content.SERVER_OWNED, SERVER),
        },
        # A signature stands for what its signer saw, so it is never merged over anything else.
        must_not_merge=sealed_by(
            "signatures", besides=frozenset({"site_id", *content.SERVER_OWNED})
        ),
    ),
    read_permission=Permission.READ_RECORDS,
    write_permission=Permission.CAPTURE_RECORDS,
    schema=GoodsReceiptSchema(),
    save=service.save_receipt,
    delete=service.delete_draft,
    read_ahead=read_basis_ahead,
)

goods_receipt_amendments = Collection(
    name=amendments.COLLECTION,
    policy=MergePolicy(
        fields={"id": FIXED, "site_id": FIXED, **dict.fromkeys(amendments.SERVER_OWNED, SERVER)}
    ),
    read_permission=Permission.READ_RECORDS,
    write_permission=Permission.CAPTURE_RECORDS,
    schema=AmendmentSchema(),
    save=amendments.save_amendment,
)
