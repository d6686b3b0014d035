"""The figures of the first screen."""

from __future__ import annotations

from typing import Any

from server.access import Role
from tests.receipts import reject_line
from tests.receiving_world import Canteen
from tests.services.test_corrective_action_board import counted_selects

OVERVIEW = "/api/v1/overview"
NOTHING = {"accepted": 0, "in_part": 0, "rejected": 0, "pending": 0}


def overview(canteen: Canteen, **query: Any) -> dict[str, Any]:
    answer = canteen.quality.get(OVERVIEW, query_string=query)
    assert answer.status_code == 200, answer.text
    whole: dict[str, Any] = answer.json
    return whole


def test_lines_are_counted_by_what_became_of_them(world):
    canteen = Canteen(world)
    assert canteen.put(canteen.signed("meat", "dry_goods")).status_code == 201
    in_part = canteen.draft("vegetables", delivered_on="2026-02-24")
    in_part.document["lines"][0].update(
        accepted_quantity="42", rejected_quantity="8", rejection_reason="压伤"
    )
    assert canteen.put(canteen.finish(in_part, "accepted_in_part")).status_code == 201
    refused = canteen.draft("dry_goods")
    reject_line(refused.line())
    refused.line()["rejection_reason"] = "破损"
    answer = canteen.put(canteen.finish(refused, "rejected"))
    assert answer.status_code == 201, answer.text
    assert canteen.put(canteen.draft("meat")).status_code == 201  # nobody has signed it

    seen = overview(canteen, weeks=3)
    assert (seen["on"], seen["first_on"]) == ("2026-03-02", "2026-02-16")
    assert seen["deliveries"] == {
        "total": 3,
        "decisions": {"accepted": 1, "rejected": 1, "draft": 1},
    }
    assert [week.pop("first_on") for week in seen["weeks"]] == [
        "2026-02-16",
        "2026-02-23",
        "2026-03-02",
    ]
    assert seen["weeks"] == [
        NOTHING,
        {**NOTHING, "in_part": 1},
        {**NOTHING, "accepted": 2, "rejected": 1},
    ]
    assert seen["suppliers"] == [
        {
            "supplier_id": canteen.supplier["id"],
            "name": canteen.supplier["name"],
            **NOTHING,
            "accepted": 2,
            "in_part": 1,
            "rejected": 1,
        }
    ]
    by_category = {row.pop("category"): row for row in seen["categories"]}
    assert by_category["dry_goods"] == {**NOTHING, "accepted": 1, "rejected": 1}
    assert by_category["meat"] == {**NOTHING, "accepted": 1}

    # Narrowed to a category, a supplier or a site, the same figures of those alone.
    narrowed = overview(canteen, weeks=3, category="vegetables")
    assert [row["category"] for row in narrowed["categories"]] == ["vegetables"]
    assert sum(week["accepted"] + week["in_part"] for week in narrowed["weeks"]) == 1
    of_nobody = overview(canteen, supplier_id=world.north)
    assert (of_nobody["suppliers"], len(of_nobody["weeks"])) == ([], 12)

    # Whoever works elsewhere sees nothing of it, even if they name the site.
    stranger = world.person("stranger", Role.MANAGER, [world.south])
    for address in (OVERVIEW, f"{OVERVIEW}?site_id={world.north}"):
        theirs = stranger.get(address).json
        assert (theirs["deliveries"]["total"], theirs["suppliers"]) == (0, [])


def test_more_receipts_do_not_make_more_queries(sqlite_world):
    canteen = Canteen(sqlite_world)
    costs = []
    for _ in range(2):
        assert canteen.put(canteen.signed("meat", "dry_goods")).status_code == 201
        with counted_selects() as sent:
            overview(canteen)
        costs.append(len(sent))
    assert costs[0] == costs[1]
