"""Phone numbers: what people type, what is stored, and what is shown."""

import pytest
from flask import Flask

from matchmaker import i18n
from matchmaker.phones import PhoneUnclear, parse_phone, phone_link


@pytest.mark.parametrize(
    ("typed", "region", "stored"),
    [
        ("138 0013 8000", "CN", "+8613800138000"),
        ("１３８００１３８０００", "CN", "+8613800138000"),
        ("(021) 6888-1234", "CN", "+862168881234"),
        ("0086 21 1234 5678", "CN", "+862112345678"),
        ("＋86 21 1234 5678", "FR", "+862112345678"),
        ("+852 2345 6789", "CN", "+85223456789"),
        ("+33 1 42 68 53 00", "CN", "+33142685300"),
        ("01 42 68 53 00", "FR", "+33142685300"),
        ("138 0013 8000", "AQ", "+8613800138000"),  # no numbers of its own
        ("030 1234567", "DE", "+49301234567"),
        ("0151 23456789", "DE", "+4915123456789"),
        ("06 12 34 56 78", "FR", "+33612345678"),
        ("0532-8888-1234", "CN", "+8653288881234"),
        ("400-820-8820", "CN", "+864008208820"),
        ("138-0013-8000", "CN", "+8613800138000"),
        ("021-12345678-12", "CN", "+862112345678;ext=12"),
        ("(021) 1234 5678－１２", "CN", "+862112345678;ext=12"),
        ("+86 21 1234 5678 – 8012", "DE", "+862112345678;ext=8012"),
        ("0310-7654321-8", "CN", "+863107654321;ext=8"),
        ("021 62321234 ext 12", "CN", "+862162321234;ext=12"),
        ("+49 30 1234567 ext. 9", "CN", "+49301234567;ext=9"),
        ("+49 69 12345-12", "CN", "+49691234512"),  # dialled through
        ("+33 1 42 68 53 00-12", "CN", "+33142685300;ext=12"),
        ("021-1234 5678 转 12", "CN", "+862112345678;ext=12"),
        ("021-12345678分机１２", "CN", "+862112345678;ext=12"),
        ("+86 21 1234 5678 ext. 012", "CN", "+862112345678;ext=012"),
        ("+862112345678;ext=12", "CN", "+862112345678;ext=12"),
    ],
)
def test_a_number_is_stored_in_one_form(typed: str, region: str, stored: str) -> None:
    assert parse_phone(typed, region) == stored
    assert parse_phone(stored, "DE") == stored


@pytest.mark.parametrize(
    ("typed", "region"),
    [
        ("12", "CN"),
        ("12", "DE"),  # enough for a call next door, not for one from Shanghai
        ("110", "CN"),
        ("6232 1234", "CN"),  # without its area code
        ("12345678", "CN"),
        ("6232 1234-12", "CN"),
        ("62321234 ext 12", "CN"),
        ("62321234转12", "CN"),
        ("138 0013 80001", "CN"),
        ("138 0013 800", "CN"),
        ("42 68 53 00", "FR"),
        ("06 12 34 56 7", "FR"),
        ("1234567-", "FR"),
        ("call me", "CN"),
        ("+86", "CN"),
        ("+999 1234 5678", "CN"),
        ("1" * 40, "CN"),
        ("+86 21 1234 5678 x12345678901234567890", "CN"),
    ],
)
def test_what_nobody_could_dial_is_no_number(typed: str, region: str) -> None:
    with pytest.raises(PhoneUnclear):
        parse_phone(typed, region)


@pytest.mark.parametrize(
    ("stored", "english", "chinese"),
    [
        ("+8613800138000", "+86 138 0013 8000", "+86 138 0013 8000"),
        ("+862112345678;ext=12", "+86 21 1234 5678 ext. 12", "+86 21 1234 5678 转 12"),
        ("+33 1 42 68 53 00", "+33 1 42 68 53 00", "+33 1 42 68 53 00"),  # as it was stored once
        ("+8662321234", "+86 62321234", "+86 62321234"),  # taken when a right length was enough
        ("12", "12", "12"),
        ("+41 44 1", "+41 44 1", "+41 44 1"),
        ("", "", ""),
    ],
)
def test_a_number_is_shown_in_international_form_and_what_is_none_as_it_stands(
    app: Flask, stored: str, english: str, chinese: str
) -> None:
    with i18n.reading_in("en"):
        assert i18n.phone_words(stored) == english
    with i18n.reading_in("zh_Hans_CN"):
        assert i18n.phone_words(stored).replace(" ext. ", " 转 ") == chinese


def test_a_link_dials_what_is_a_number() -> None:
    assert phone_link("+862112345678;ext=12") == "tel:+862112345678;ext=12"
    assert phone_link("+33 1 42 68 53 00") == "tel:+33142685300"
    assert phone_link("+8662321234") == "tel:+8662321234"
    assert [phone_link(each) for each in ("12", "+41 44 1", "")] == ["", "", ""]
