"""What stays outside of a text."""

import pytest

from matchmaker.domain.texts import one_line, visible


@pytest.mark.parametrize("code", [*range(1, 9), *range(0x0E, 0x1C), *range(0x7F, 0x85), *range(0x86, 0xA0)])
def test_control_characters_are_left_out(code: int) -> None:
    assert visible(f"Ines{chr(code)} Martin") == "Ines Martin"


@pytest.mark.parametrize("code", [*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
def test_marks_that_turn_the_direction_are_left_out(code: int) -> None:
    assert one_line(f"{chr(code)}Ines") == "Ines"


@pytest.mark.parametrize("text", ["李雷", "Zoé", "محمد", "👩‍🔬 Ines", "one\n\ttwo"])
def test_what_people_write_stays(text: str) -> None:
    assert visible(text) == text


def test_a_line_break_counts_as_one_character() -> None:
    assert visible("one\r\ntwo\rthree\n") == "one\ntwo\nthree\n"


def test_a_name_has_one_line() -> None:
    assert one_line(" Ines\x0bvon\r\n\tMartin\u2028X \n") == "Ines von Martin X"
