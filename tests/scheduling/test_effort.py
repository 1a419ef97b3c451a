"""A limit of steps, of seconds, or of both."""

import pytest

from matchmaker.scheduling.effort import Effort


@pytest.mark.parametrize(
    ("effort", "spent"),
    [
        (Effort(steps=100), 0.25),
        (Effort(seconds=10), 0.5),
        (Effort(100, 10), 0.5),
        (Effort(50, 100), 0.5),
        (Effort(), 1.0),
        (Effort(steps=0), 1.0),
        (Effort(steps=0, seconds=10), 1.0),
        (Effort(100, 10).shared(0.5), 1.0),
        (Effort(steps=100).shared(0.5), 0.5),
    ],
)
def test_what_is_spent_after_25_steps_and_five_seconds(effort: Effort, spent: float) -> None:
    assert effort.spent(25, 5.0) == spent
