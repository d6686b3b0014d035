"""The glossary names what the program says."""

from pathlib import Path

import pytest

from schemas.checklists import CHECKLIST_KINDS, GATES, ITEM_TYPES, PHOTO_RULES, STORAGE_CLASSES
from schemas.master_data import CATEGORIES, LICENCE_KINDS, SPECIES, UNITS
from server.access import Role

GLOSSARY = (Path(__file__).parents[2] / "docs" / "GLOSSARY.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "words",
    [
        CATEGORIES,
        CHECKLIST_KINDS,
        GATES,
        ITEM_TYPES,
        LICENCE_KINDS,
        PHOTO_RULES,
        SPECIES,
        STORAGE_CLASSES,
        UNITS,
        tuple(Role),
    ],
)
def test_every_word_of_the_wire_stands_in_the_glossary(words):
    assert [word for word in words if f"`{word}`" not in GLOSSARY] == []
