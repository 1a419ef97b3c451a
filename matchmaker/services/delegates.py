"""Who comes to the meetings of an investor."""

from matchmaker.db import db, transaction
from matchmaker.domain.roles import DelegateRole
from matchmaker.domain.texts import one_line
from matchmaker.models import Delegate, Investor
from matchmaker.services.actors import Actor, Missing
from matchmaker.services.interests import lock_investor
from matchmaker.services.investors import check_spoken, check_texts
from matchmaker.services.versions import require_version

_LONGEST = {"name": 120, "title": 120}
Told = tuple[str, str, str, DelegateRole]
"""Name, position, language and presence."""


def add_delegate(actor: Actor, name: str, title: str, language: str, role: DelegateRole = DelegateRole.REQUIRED) -> int:
    """Name a person who comes to the meetings; the investor speaks its language from then on.

    Raises RuleBroken with EMPTY, TOO_LONG or LANGUAGE_UNKNOWN.
    """
    _check_delegate(name, title, language)
    with transaction():
        investor = lock_investor(actor)
        delegate = Delegate(investor=investor, name=one_line(name), title=one_line(title), language=language, role=role)
        db.session.add(delegate)
        _speak(investor, language)
        db.session.flush()
        return delegate.id


def told_of(delegate: Delegate) -> Told:
    """What is stored about a delegate."""
    return delegate.name, delegate.title, delegate.language, delegate.role


def change_delegate(
    actor: Actor,
    delegate_id: int,
    name: str,
    title: str,
    language: str,
    role: DelegateRole = DelegateRole.REQUIRED,
    *,
    seen: str | None = None,
) -> None:
    """Correct a delegate. `seen` is the version of it that the page showed.

    Raises Missing, or RuleBroken with EMPTY, TOO_LONG, LANGUAGE_UNKNOWN or SOMEBODY_WAS_QUICKER.
    """
    _check_delegate(name, title, language)
    with transaction():
        investor = lock_investor(actor)
        delegate = _own_delegate(investor, delegate_id)
        said = (one_line(name), one_line(title), language, role)
        require_version(seen, told_of(delegate), said)
        delegate.name, delegate.title, delegate.language, delegate.role = said
        _speak(investor, language)


def remove_delegate(actor: Actor, delegate_id: int, *, seen: str | None = None) -> None:
    """Take a delegate off the list; the investor's languages stay as they are.

    Raises Missing, or RuleBroken(SOMEBODY_WAS_QUICKER) where the page showed another version of it.
    """
    with transaction():
        delegate = _own_delegate(lock_investor(actor), delegate_id)
        require_version(seen, told_of(delegate))
        db.session.delete(delegate)


def _check_delegate(name: str, title: str, language: str) -> None:
    check_texts({"name": name, "title": title}, _LONGEST, needed="name")
    check_spoken([language], "language")


def _own_delegate(investor: Investor, delegate_id: int) -> Delegate:
    delegate = db.session.get(Delegate, delegate_id)
    if delegate is None or delegate.investor_id != investor.id:
        raise Missing(f"delegate {delegate_id}")
    return delegate


def _speak(investor: Investor, language: str) -> None:
    if language not in investor.languages:
        investor.languages = [*investor.languages, language]
