"""Names that may be Chinese or Latin: their order in lists, and how they stand on a badge."""

import re
from functools import lru_cache
from unicodedata import combining, normalize

from matchmaker.pinyin import syllables_of

NameOrder = tuple[tuple[tuple[str, str], ...], str]
_HAN = r"[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af]"
_PARTS = re.compile(rf"{_HAN}+|[^\s{_HAN[1:-1]}]+")
_DOT = "·•‧・"
_HAN_NAME = re.compile(rf"{_HAN}+(?:[{_DOT}]{_HAN}+)*")
_WRITTEN_APART = re.compile(rf"(?<={_HAN}) (?={_HAN})")
_AROUND = " ,/|()-"
_POLITE = re.compile(
    "(?<=.)(?:先生|女士|小姐|太太|博士|教授|老师|老師|院士|律师|律師|工程师|工程師|副?[总總](?:经理|經理|裁)|副?董事[长長]|主任)+$"
)
"""What follows a Chinese name and is no part of it."""
_BESIDE = re.compile(rf"\([^()]*{_HAN}[^()]*\)")
"""Chinese words in brackets tell a position or the like."""
_TITLES_WRITTEN = (
    "dr prof professor mr mrs ms miss phd mba dipl-ing ceo cfo cto coo cio vp gm founder co-founder chairman chairwoman "
    "general managing vice president director manager partner"
)
_TITLES = frozenset(_TITLES_WRITTEN.split())
_LONGEST_WITH_FAMILY = 4

_FAMILIES_OF_TWO = (
    "欧阳 歐陽 司马 司馬 诸葛 諸葛 上官 司徒 夏侯 皇甫 尉迟 尉遲 公孙 公孫 长孙 長孫 慕容 宇文 令狐 端木 东方 "
    "東方 南宫 南宮 独孤 獨孤 轩辕 軒轅 钟离 鍾離 鲜于 鮮于 闻人 聞人 呼延 澹台 澹臺 申屠 太史 太叔 仲孙 仲孫 "
    "淳于 单于 單于 万俟 萬俟 濮阳 濮陽 赫连 赫連 公冶 宗政 司空 司寇 亓官 巫马 巫馬 公西 公羊 颛孙 顓孫 乐正 "
    "樂正 漆雕 壤驷 壤駟 谷梁 榖梁 拓跋 百里 东郭 東郭 南门 南門 西门 西門 左丘 梁丘 闾丘 閭丘 宰父 段干 第五"
)
"""In both ways of writing where they differ."""
_DOUBLE = frozenset(_FAMILIES_OF_TWO.split())

_READ_AS_FAMILY = {
    **{"单": "shan", "單": "shan", "曾": "zeng", "区": "ou", "區": "ou", "解": "xie", "仇": "qiu", "查": "zha", "朴": "piao"},
    **{"翟": "zhai", "乐": "yue", "樂": "yue", "员": "yun", "員": "yun", "贠": "yun", "缪": "miao", "繆": "miao", "都": "du"},
    **{"卜": "bu", "薄": "bo", "覃": "qin", "繁": "po", "种": "chong", "召": "shao", "折": "she", "黑": "he", "秘": "bi"},
    **{"重": "chong", "不": "fou", "隗": "wei", "能": "nai", "莘": "shen", "祭": "zhai", "句": "gou", "角": "jue", "乜": "nie"},
    **{"郇": "xun", "佴": "nai", "藏": "zang", "洗": "xian", "尉遲": "yuchi", "萬俟": "moqi", "乐正": "yuezheng"},
    **{"樂正": "yuezheng", "澹臺": "tantai"},
}
"""Family names that are not read as these characters usually are."""


@lru_cache(maxsize=4096)
def name_order(name: str) -> NameOrder:
    """What names are sorted by: word by word, and character by character where it is Chinese, so that 李雷 stands at `li lei`
    and what begins with the same character stands together. Marks on Latin letters do not count: Évian stands at `evian`.
    """
    order: list[tuple[str, str]] = []
    for part in _PARTS.findall(name):
        if re.match(_HAN, part):
            order += zip(syllables_of(part), part, strict=False)
        else:
            order.append((_unmarked(part), ""))
    return tuple(order), name


def _unmarked(word: str) -> str:
    return "".join(each for each in normalize("NFKD", word.casefold()) if not combining(each))


@lru_cache(maxsize=4096)
def person_order(name: str) -> NameOrder:
    """The same for people, whose family name is read as on their badge: 曾雷 stands at `zeng lei`."""
    order, written = name_order(name)
    chinese = _HAN_NAME.match(name)
    family = _family_of(chinese[0]) if chinese else ""
    if family not in _READ_AS_FAMILY:
        return order, written
    behind_first = "".join(syllable for syllable, _character in order[1 : len(family)])
    first = (_READ_AS_FAMILY[family].removesuffix(behind_first), family[0])
    return (first, *order[1:]), written


def badge_name(name: str, *, spells_pinyin: bool = True) -> tuple[str, str]:
    """A name and the Latin line below it: 李雷, Lei LI. The line is empty where the name is Latin, or its spelling is not known.

    Whoever wrote both gets both as written. `spells_pinyin`: names in Chinese characters are spelt so where the person is from.
    """
    written = _WRITTEN_APART.sub("", " ".join(normalize("NFKC", name).split()))
    chinese = _HAN_NAME.search(written)
    if chinese is None:
        return written, ""
    beside = written[: chinese.start()] + written[chinese.end() :]
    rest = _without_titles(_BESIDE.sub("", beside).strip(_AROUND))
    if not rest:
        shown = written if _BESIDE.search(beside) else chinese[0]
        return shown, _latin(chinese[0]) if spells_pinyin else ""
    return (chinese[0], rest) if _is_latin(rest) else (written, "")


def _without_titles(latin: str) -> str:
    """A name in Latin letters without what stands before or after it; of Dr. or CEO alone nothing is left."""
    words = latin.split()
    while words and _is_title(words[0]):
        del words[0]
    while words and _is_title(words[-1]):
        del words[-1]
    return " ".join(words).strip(_AROUND)


def _is_title(word: str) -> bool:
    parts = re.split("[,/|()&]+", word.replace(".", "").strip(_AROUND + "&").casefold())
    return all(part in _TITLES or not part for part in parts)


def _latin(name: str) -> str:
    """Given name first, family name in capitals; a name with dots or of many characters has no family name that we know."""
    family, name = _family_of(name), _POLITE.sub("", name)
    if not family:
        told = " ".join(_spelt(part).capitalize() for part in re.split(f"[{_DOT}]", name))
    else:
        given = name.removeprefix(family)
        told = f"{_spelt(given).capitalize()} {(_READ_AS_FAMILY.get(family) or _spelt(family)).upper()}".strip()
    return told if _is_latin(told) else ""


def _family_of(whole: str) -> str:
    """The family name in front of a Chinese one; empty where there is none that we know."""
    name = _POLITE.sub("", whole)
    if len(name) > _LONGEST_WITH_FAMILY or any(dot in name for dot in _DOT):
        return ""
    return name[:2] if len(whole) > 2 and name[:2] in _DOUBLE else name[:1]


def _spelt(characters: str) -> str:
    """As in passports: ü is written yu; an apostrophe stands before a syllable that begins with a vowel."""
    syllables = [each.replace("v", "yu").replace("ü", "yu") for each in syllables_of(characters)]
    return "".join(f"'{each}" if number and each[0] in "aeo" else each for number, each in enumerate(syllables))


def _is_latin(text: str) -> bool:
    """Letters that a reader of Latin script can read, and at least one."""
    letters = [each for each in text if each.isalpha()]
    return bool(letters) and all(each < "\u0250" or "\u1e00" <= each <= "\u1eff" for each in letters)
