"""The order of names in lists that people look somebody up in."""

from matchmaker.services.names import name_order


def test_chinese_and_latin_names_stand_in_one_order_by_their_spelling() -> None:
    names = ["赵敏", "Bosch", "李雷", "anders", "Lin Yu", "白雪"]
    assert sorted(names, key=name_order) == ["anders", "白雪", "Bosch", "李雷", "Lin Yu", "赵敏"]


def test_names_that_are_spelt_alike_keep_one_order() -> None:
    assert sorted(["李磊", "李雷"], key=name_order) == sorted(["李雷", "李磊"], key=name_order)
