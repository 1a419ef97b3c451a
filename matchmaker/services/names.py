"""The order of names that may be Chinese or Latin: by their Latin spelling, as a Chinese reader looks them up."""

from functools import lru_cache

from pypinyin import lazy_pinyin


@lru_cache(maxsize=4096)
def name_order(name: str) -> tuple[str, str]:
    """What names are sorted by: 李雷 stands at `lilei`; equal spellings by their characters."""
    return "".join(lazy_pinyin(name)).casefold(), name
