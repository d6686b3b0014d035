"""QR codes back to a record."""

from __future__ import annotations

import io

import segno


def record_qr(address: str, place: str, record_id: str) -> bytes:
    """The page of one record as a QR code, as SVG: the same for the same address, always."""
    return qr_picture(f"{address}/#/{place}/{record_id}")


def qr_picture(text: str) -> bytes:
    """*text* as a QR code that stays readable on a creased slip of paper."""
    made = io.BytesIO()
    segno.make(text, error="m", micro=False).save(made, kind="svg", border=2, xmldecl=False)
    return made.getvalue()
