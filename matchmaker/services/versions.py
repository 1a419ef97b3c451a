"""Which version of a record somebody looked at, so that nobody writes over what was stored meanwhile without having seen it."""

from collections.abc import Mapping, Set
from hashlib import sha256

from matchmaker.domain.rules import Broken, RuleBroken


def version_of(said: object) -> str:
    """A word for what a record says: the same for the same content, of plain values or a dataclass of them."""
    if isinstance(said, Mapping):
        said = sorted(said.items())
    elif isinstance(said, Set):
        said = sorted(said)
    return sha256(repr(said).encode()).hexdigest()[:16]


def require_version(seen: str | None, stored: object, wanted: object = None) -> None:
    """Refuse what was written with an older version in view; `seen` is None where nobody looked at one.

    Storing what is stored already is no conflict: somebody tapped twice. Raises RuleBroken(SOMEBODY_WAS_QUICKER).
    """
    if seen is not None and seen != version_of(stored) and stored != wanted:
        raise RuleBroken(Broken.SOMEBODY_WAS_QUICKER)
