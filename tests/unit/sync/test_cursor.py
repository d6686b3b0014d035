from __future__ import annotations

import base64

import pytest

from sync.cursor import Cursor, Phase, adjust_to_scope, decode_cursor, digest_of, encode_cursor
from sync.errors import CursorInvalid

KEY = b"key"
CURSOR = Cursor(
    epoch="e1",
    organisation_id="o",
    user_id="u",
    collections=digest_of(["notes"]),
    position=41,
    served=frozenset({None, "s1", "s2"}),
    leaving=Phase(frozenset({"s3"}), 7),
    entering=Phase(frozenset({"s4"}), 9),
)


def places(*names: str | None) -> frozenset[str | None]:
    return frozenset(names)


def test_a_cursor_survives_its_text() -> None:
    assert decode_cursor(encode_cursor(CURSOR, KEY), KEY) == CURSOR


def test_the_same_place_has_the_same_text() -> None:
    assert encode_cursor(CURSOR, KEY) == encode_cursor(CURSOR, KEY)


def test_the_text_fits_into_a_url_with_a_hundred_sites() -> None:
    import uuid

    sites = frozenset(str(uuid.uuid5(uuid.NAMESPACE_OID, str(n))) for n in range(100))
    text = encode_cursor(Cursor("e", "o", "u", "c", 10**12, sites), KEY)
    assert len(text) < 4000
    assert set(text) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")


@pytest.mark.parametrize(
    "text",
    ["", "x", "!!!", "null", "{}", "AAAA" * 20, "页", "\ud800", "A" * 100_000, "a b", "====", "\0"],
)
def test_garbage_is_invalid(text: str) -> None:
    with pytest.raises(CursorInvalid):
        decode_cursor(text, KEY)


def test_every_changed_bit_makes_it_invalid() -> None:
    text = encode_cursor(CURSOR, KEY)
    signed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    for index in range(len(signed)):
        forged = bytearray(signed)
        forged[index] ^= 1
        with pytest.raises(CursorInvalid):
            decode_cursor(base64.urlsafe_b64encode(bytes(forged)).decode(), KEY)


def test_another_key_makes_it_invalid() -> None:
    with pytest.raises(CursorInvalid):
        decode_cursor(encode_cursor(CURSOR, KEY), b"another key")


def test_an_unchanged_scope_leaves_the_cursor_as_it_is() -> None:
    assert adjust_to_scope(CURSOR, places(None, "s1", "s2", "s4")) == CURSOR


def test_a_lost_place_begins_the_tombstones_again_and_a_gained_one_the_backfill() -> None:
    moved = adjust_to_scope(CURSOR, places(None, "s1", "s4", "s5"))
    assert moved.served == places(None, "s1")
    assert moved.leaving == Phase(places("s3", "s2"), 0)
    assert moved.entering == Phase(places("s4", "s5"), 0)


def test_a_place_half_filled_and_lost_again_is_cleared_away() -> None:
    moved = adjust_to_scope(CURSOR, places(None, "s1", "s2"))
    assert moved.leaving == Phase(places("s3", "s4"), 0)
    assert moved.entering == Phase()


def test_a_place_half_cleared_and_regained_is_filled_from_the_start() -> None:
    moved = adjust_to_scope(CURSOR, places(None, "s1", "s2", "s3", "s4"))
    assert moved.leaving == Phase()
    assert moved.entering == Phase(places("s3", "s4"), 0)
    assert moved.position == CURSOR.position
