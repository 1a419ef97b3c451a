"""Chinese in Latin letters, syllable by syllable; places are read as they are called, not as their characters usually are."""

from pypinyin import lazy_pinyin, load_phrases_dict

_PLACES = {
    "长宁": [["cháng"], ["níng"]],
    "长阳": [["cháng"], ["yáng"]],
    "闵行": [["mǐn"], ["háng"]],
    "梁行": [["liáng"], ["háng"]],  # a firm of estate agents
}
load_phrases_dict(_PLACES)


def syllables_of(text: str) -> list[str]:
    """长宁区: chang, ning, qu"""
    return list(lazy_pinyin(text))
