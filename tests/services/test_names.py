"""The order of names in lists that people look somebody up in."""

import pytest

from matchmaker.i18n import search_words
from matchmaker.models import District
from matchmaker.services.names import badge_name, name_order, person_order


def test_chinese_and_latin_names_stand_in_one_order_by_their_spelling() -> None:
    names = ["赵敏", "Bosch", "李雷", "anders", "Lin Yu", "白雪"]
    assert sorted(names, key=name_order) == ["anders", "白雪", "Bosch", "李雷", "Lin Yu", "赵敏"]


def test_districts_stand_where_people_say_them() -> None:
    districts = ["宝山区", "长宁区", "崇明区", "黄浦区", "闵行区", "普陀区", "青浦区", "杨浦区"]

    assert sorted(set(districts), key=name_order) == districts
    assert "changningqu" in search_words(District(name_en="", name_zh="长宁区"))
    assert "minhangqu" in search_words(District(name_en="", name_zh="闵行区"))


def test_names_that_are_spelt_alike_keep_one_order() -> None:
    assert sorted(["李磊", "李雷"], key=name_order) == sorted(["李雷", "李磊"], key=name_order)


def test_names_that_begin_with_the_same_character_stand_together() -> None:
    names = ["阿根廷", "爱尔兰", "埃及", "埃塞俄比亚", "爱沙尼亚", "阿联酋", "Aachen AG", "安联集团", "Angola Oil"]

    assert sorted(names, key=name_order) == [
        *("阿根廷", "阿联酋", "Aachen AG", "埃及", "埃塞俄比亚", "爱尔兰", "爱沙尼亚", "安联集团", "Angola Oil"),
    ]


def test_marks_on_latin_letters_do_not_count() -> None:
    names = ["Åland Islands", "Albania", "Costa Rica", "Côte d’Ivoire", "Croatia", "Tunisia", "Türkiye", "Tuvalu"]

    assert sorted(names, key=name_order) == names


def test_people_are_sorted_by_their_family_name_as_their_badge_spells_it() -> None:
    names = ["陈晨", "欧阳明", "区明", "仇英", "单雄", "解缙", "曾国藩", "赵敏"]  # OUYANG, OU and QIU; SHAN, XIE, ZENG

    told = sorted(names, key=person_order)

    assert told == ["陈晨", "区明", "欧阳明", "仇英", "单雄", "解缙", "曾国藩", "赵敏"]


@pytest.mark.parametrize("name", ["单于丹", "曾氏集团公司", "Anna 曾", "曾·买提"])
def test_what_is_no_family_name_is_read_as_it_usually_is(name: str) -> None:
    assert person_order(name) == name_order(name)


@pytest.mark.parametrize(("name", "spelling"), [("乐正明", ["yue", "zheng", "ming"]), ("曾总", ["zeng", "zong"])])
def test_a_family_name_of_two_characters_and_one_with_a_polite_word_behind_it(name: str, spelling: list[str]) -> None:
    assert [syllable for syllable, _ in person_order(name)[0]] == spelling


# -- on badges ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "latin"),
    [
        ("李雷", "Lei LI"),
        ("韩梅梅", "Meimei HAN"),
        ("王芳", "Fang WANG"),
        ("欧阳修", "Xiu OUYANG"),
        ("欧阳娜娜", "Nana OUYANG"),
        ("歐陽修", "Xiu OUYANG"),
        ("司马光", "Guang SIMA"),
        ("诸葛亮", "Liang ZHUGE"),
        ("上官婉儿", "Wan'er SHANGGUAN"),
        ("尉迟恭", "Gong YUCHI"),
        ("尉遲恭", "Gong YUCHI"),
        ("长孙无忌", "Wuji ZHANGSUN"),
        ("万俟卨", "Xie MOQI"),
        ("令狐冲", "Chong LINGHU"),
        ("单雄信", "Xiongxin SHAN"),
        ("單立文", "Liwen SHAN"),
        ("曾国藩", "Guofan ZENG"),
        ("区永熙", "Yongxi OU"),
        ("解缙", "Jin XIE"),
        ("解放", "Fang XIE"),
        ("仇英", "Ying QIU"),
        ("查良镛", "Liangyong ZHA"),
        ("朴树", "Shu PIAO"),
        ("翟天临", "Tianlin ZHAI"),
        ("任正非", "Zhengfei REN"),
        ("华罗庚", "Luogeng HUA"),
        ("盛宣怀", "Xuanhuai SHENG"),
        ("吕布", "Bu LYU"),
        ("闾丘露薇", "Luwei LYUQIU"),
        ("李建安", "Jian'an LI"),
        ("东方朔", "Shuo DONGFANG"),
        ("欧阳", "Yang OU"),
        ("范徐丽泰", "Xulitai FAN"),
        ("李", "LI"),
        ("買買提·艾力", "Maimaiti Aili"),
        ("艾力热合曼提", "Ailirehemanti"),
    ],
)
def test_a_chinese_name_has_its_latin_line_on_a_badge(name: str, latin: str) -> None:
    assert badge_name(name) == (name, latin)


@pytest.mark.parametrize(
    "name",
    ["Ines Martin", "MARTIN Ines", "Ines MARTIN", "Zoé de la Tour", "Nguyễn Văn An", "Lei LI", "O'Neill, Pat", "Иван Петров",
     "김철수", "山田はなこ", "Müller-Lüdenscheidt", "McDonald", "X Æ"],
)  # fmt: skip
def test_any_other_name_stands_as_the_person_wrote_it(name: str) -> None:
    assert badge_name(name) == (name, "")


@pytest.mark.parametrize(
    "name", ["李雷 Leo Li", "Leo Li 李雷", "李雷（Leo Li）", "Leo Li (李雷)", "李雷/Leo Li", " 李 雷  Leo   Li "]
)
def test_who_writes_both_gets_both(name: str) -> None:
    assert badge_name(name) == ("李雷", "Leo Li")


@pytest.mark.parametrize(
    "name",
    [
        "Dr. 李雷",
        "Mr 李雷",
        "Mrs. 李雷",
        "Ms. 李雷",
        "Miss 李雷",
        "Prof. Dr. 李雷",
        "CEO 李雷",
        "李雷, Ph.D.",
        "李雷 (CEO)",
        "李雷 CEO/Founder",
    ],
)
def test_a_title_in_latin_letters_is_no_name(name: str) -> None:
    assert badge_name(name) == ("李雷", "Lei LI")


@pytest.mark.parametrize("name", ["Dr. 李雷 Leo Li", "李雷 Leo Li, CEO", "李雷 (Prof. Leo Li)", "李雷 Leo Li（总经理）"])
def test_a_title_beside_a_latin_name_is_left_out(name: str) -> None:
    assert badge_name(name) == ("李雷", "Leo Li")


def test_a_family_name_behind_a_latin_one_is_no_title() -> None:
    assert badge_name("马云 Jack Ma") == ("马云", "Jack Ma")


@pytest.mark.parametrize(
    ("name", "latin"),
    [
        ("诸葛孔明先生", "Kongming ZHUGE"),
        ("李雷博士", "Lei LI"),
        ("韩梅梅女士", "Meimei HAN"),
        ("李雷总经理", "Lei LI"),
        ("王副总经理", "WANG"),
        ("李教授", "LI"),
        ("欧阳先生", "OUYANG"),
        ("李雷(总经理)", "Lei LI"),
        ("李雷(浦东)", "Lei LI"),
    ],
)
def test_what_politely_follows_a_chinese_name_is_not_spelt(name: str, latin: str) -> None:
    assert badge_name(name) == (name, latin)


def test_spaces_and_full_width_letters_are_tidied() -> None:
    assert badge_name(" 李　雷 ") == ("李雷", "Lei LI")
    assert badge_name("Ｉｎｅｓ  Martin") == ("Ines Martin", "")


@pytest.mark.parametrize("name", ["山田太郎", "陳大文"])
def test_no_spelling_is_made_up_where_names_are_not_spelt_in_pinyin(name: str) -> None:
    assert badge_name(name, spells_pinyin=False) == (name, "")
    assert badge_name(f"{name} Taro", spells_pinyin=False) == (name, "Taro")


def test_a_character_that_nobody_can_spell_leaves_no_half_line() -> None:
    assert badge_name("李㐂\U0002a6d6") == ("李㐂\U0002a6d6", "")
