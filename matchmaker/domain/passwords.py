"""What a password must be: long, and not obvious. No rules about kinds of characters."""

from matchmaker.domain.rules import Broken, RuleBroken

SHORTEST = 12
LONGEST = 128
_FEWEST_CHARACTERS = 5


def check_password(password: str, *, email: str, field: str = "password") -> None:
    """Raises RuleBroken: PASSWORD_SHORT, TOO_LONG, or PASSWORD_GUESSABLE (few different characters, or the address)."""
    if len(password) < SHORTEST:
        raise RuleBroken(Broken.PASSWORD_SHORT, field, limit=SHORTEST)
    if len(password) > LONGEST:
        raise RuleBroken(Broken.TOO_LONG, field, limit=LONGEST)
    address = email.strip().casefold()
    if len(set(password)) < _FEWEST_CHARACTERS or (address and password.strip().casefold() == address):
        raise RuleBroken(Broken.PASSWORD_GUESSABLE, field)
