"""A story's word gives the same story again."""

from __future__ import annotations

import pytest

from tests.simulator.script import Script, read_script


def test_the_word_of_a_told_story_reads_as_its_script() -> None:
    script = Script("ab-12", 1_790_000_000).of_steps(97)
    assert read_script(str(script)) == script


def test_without_a_word_each_story_is_another() -> None:
    assert read_script(None).seed != read_script("").seed
    assert read_script("spring").steps is None


@pytest.mark.parametrize("word", ["a b", "x@1", "x@@", "x@1@y"])
def test_other_words_are_refused(word: str) -> None:
    with pytest.raises(ValueError, match="not a seed"):
        read_script(word)
