"""Amounts of money as people type them, in either language."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.money import MoneyTooFine, MoneyUnclear, Unit, parse_money, typed_money, with_unit


@pytest.mark.parametrize("unit", Unit)
@pytest.mark.parametrize(
    ("text", "million"),
    [
        ("5000万", 50),
        ("5,000 万元", 50),
        ("５０００万", 50),
        ("５，０００万元", 50),
        ("5000萬", 50),
        ("3亿", 300),
        ("3.5亿元", 350),
        ("1.2 亿", 120),
        ("3 亿 元", 300),
        ("3千万", 30),
        ("2百万元", 2),
        ("12亿5000万元", 1250),
        ("1.2万亿", 1_200_000),
        ("人民币3亿元", 300),
        ("3亿元人民币", 300),
        ("￥3亿", 300),
        ("300 million", 300),
        ("300 Million yuan", 300),
        ("300m", 300),
        ("300mn", 300),
        ("1.2 billion", 1200),
        ("1.2bn", 1200),
        ("1 bn 200 m", 1200),
        ("RMB 300 million", 300),
        ("CNY1.5bn", 1500),
        ("5000k", 5),
        ("¥300,000,000", 300),
        ("300000000元", 300),
        ("0", 0),
        ("  0万 ", 0),
    ],
)
def test_an_amount_with_its_unit_is_the_same_on_every_page(text: str, unit: Unit, million: int) -> None:
    assert parse_money(text, unit) == million


@pytest.mark.parametrize(
    ("text", "english", "chinese"),
    [("300", 300, 3), ("5000", 5000, 50), ("5,000", 5000, 50), ("５０００", 5000, 50), (" 1200.0 ", 1200, 12)],
)
def test_a_number_alone_is_of_the_unit_of_its_page(text: str, english: int, chinese: int) -> None:
    assert (parse_money(text, Unit.MILLION), parse_money(text, Unit.WAN)) == (english, chinese)


@pytest.mark.parametrize("unit", Unit)
@pytest.mark.parametrize("text", ["50万", "1.005亿", "500k", "0.5 million", "5000元", "RMB 300", "300 yuan", "3亿50万"])
def test_what_is_no_whole_million_is_too_fine(text: str, unit: Unit) -> None:
    with pytest.raises(MoneyTooFine):
        parse_money(text, unit)


@pytest.mark.parametrize("unit", Unit)
@pytest.mark.parametrize(
    "text",
    ["", "many", "-3", "－３亿", "3亿美元", "$3m", "€300", "1,2", "12,34", "1 200", "100-300", "约3亿", "300m2", "5000万3亿",
     "3亿4亿", "1.2.3", "٣", "亿", "1" * 50, "3 million people", "1e9"],
)  # fmt: skip
def test_what_is_no_amount_in_yuan_is_not_guessed(text: str, unit: Unit) -> None:
    with pytest.raises(MoneyUnclear):
        parse_money(text, unit)


def test_a_number_of_any_length_is_answered() -> None:
    assert parse_money("9" * 38 + "亿", Unit.WAN) == int("9" * 38) * 100


@given(million=st.integers(0, 10_000_000), unit=st.sampled_from(Unit), other=st.sampled_from(Unit))
def test_what_stands_in_a_field_is_read_back_as_the_same_under_either_unit(million: int, unit: Unit, other: Unit) -> None:
    typed = typed_money(million, unit)

    assert parse_money(typed, unit) == parse_money(with_unit(typed, unit), other) == million


@pytest.mark.parametrize(("text", "told"), [("50", "50万"), (" 5,000", "5,000万"), ("3亿", "3亿"), ("many", "many"), ("", "")])
def test_a_unit_is_added_to_a_number_alone(text: str, told: str) -> None:
    assert with_unit(text, Unit.WAN) == told
