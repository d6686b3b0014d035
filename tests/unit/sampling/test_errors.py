"""Every sentence the package can say exists in both languages."""

import re

import pytest

from sampling.errors import MESSAGES, PHRASES, SamplingError
from sampling.switching import REASONS
from sampling.vocabulary import WORDS, word

HAN = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize("code", sorted(MESSAGES))
def test_every_message_names_argument_value_and_what_is_allowed(code: str) -> None:
    error = SamplingError(code, "some_argument", "some value", ("this", "that"))
    for language in ("zh-CN", "zh", "en", "fr"):
        message = error.message(language)
        for part in ("some_argument", "some value", "this", "that"):
            assert part in message
    assert HAN.search(error.message("zh-CN"))
    assert not HAN.search(error.message("en"))
    assert str(error) == error.message("en")


@pytest.mark.parametrize("catalogue", [PHRASES, REASONS, WORDS])
def test_every_catalogue_entry_has_two_readings(catalogue: dict[str, tuple[str, str]]) -> None:
    for key, (chinese, english) in catalogue.items():
        assert chinese, key
        assert english, key
        assert not HAN.search(english), key


def test_a_very_long_value_is_cut_short_in_the_message() -> None:
    error = SamplingError("not-one-of", "plan_type", "x" * 5000, ("single",))
    assert len(error.message("en")) < 200


def test_an_error_can_be_placed_inside_a_larger_input() -> None:
    error = SamplingError("out-of-range", "lot_size", 1, ("2 … 9",)).at("lots[3]")
    assert error.argument == "lots[3].lot_size"
    assert error.value == 1


def test_an_unknown_word_comes_back_as_it_is() -> None:
    assert word("unknown", "zh-CN") == "unknown"
