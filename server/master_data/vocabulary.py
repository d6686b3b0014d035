"""The words of master data in both languages, and what goes with a category by default.

The figures are customary ones for canteens and have to be agreed with each supplier: GB/T 2828.1
leaves the AQL to the contract. They are therefore not confirmed, and shown with 待核对.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from server.errors import Text

UNITS: Mapping[str, Text] = {
    "box": Text("箱", "box"),
    "bag": Text("袋", "bag"),
    "bottle": Text("瓶", "bottle"),
    "drum": Text("桶", "drum"),
    "can": Text("听", "can"),
    "pack": Text("包", "pack"),
    "crate": Text("筐", "crate"),
    "carcass": Text("头", "carcass"),
    "side": Text("片", "side"),
    "piece": Text("只", "piece"),
    "tray": Text("盘", "tray"),
    "kg": Text("公斤", "kg"),
}

LICENCE_KINDS: Mapping[str, Text] = {
    "business_licence": Text("营业执照", "business licence"),
    "food_production_licence": Text("食品生产许可证", "food production licence"),
    "food_operation_licence": Text("食品经营许可证", "food operation licence"),
    "slaughter_permit": Text("生猪定点屠宰证", "slaughter permit"),
    "contract": Text("供货合同", "contract"),
    "identity_document": Text("身份证明", "identity document"),
    "farm_registration": Text("农业经营主体登记", "farm registration"),
    "other": Text("其他证照", "other paper"),
}


@dataclass(frozen=True, slots=True)
class Category:
    """A kind of goods, with its usual checklist and its usual AQLs for the classes B and C."""

    name: Text
    checklist_code: str
    aql_major: str
    aql_minor: str
    inner_inspection_level: str | None = None

    def sampling_scheme(self) -> dict[str, Any]:
        """Class A stops at the first one found; B and C by GB/T 2828.1 at level II."""
        return {
            "quality_measure": "percent_nonconforming",
            "inner_inspection_level": self.inner_inspection_level,
            "is_confirmed": False,
            "classes": {
                "A": {"zero_acceptance": True},
                "B": {"aql": self.aql_major, "inspection_level": "II"},
                "C": {"aql": self.aql_minor, "inspection_level": "II"},
            },
        }


CATEGORIES: Mapping[str, Category] = {
    "meat": Category(Text("鲜畜禽肉", "fresh meat and poultry"), "RCV-MEAT", "2.5", "4.0"),
    "chilled_frozen": Category(
        Text("冷藏冷冻食品", "chilled and frozen goods"), "RCV-COLD", "2.5", "4.0", "S-2"
    ),
    "vegetables": Category(Text("蔬菜水果", "vegetables and fruit"), "RCV-VEG", "4.0", "6.5"),
    "dry_goods": Category(
        Text("预包装、粮油干货调味品", "packaged and dry goods"), "RCV-DRY", "2.5", "4.0"
    ),
}
