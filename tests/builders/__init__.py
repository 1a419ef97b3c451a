"""Small things to test with: every builder stores what it makes and commits, with plain defaults that a test may name.

Codes, names and addresses are counted (`PD-01`, `PD-02`), so nothing is random and nothing collides.
"""

from tests.builders.base import DAYS, NOW, SHANGHAI, get_chain, get_district, get_pool, get_project, save
from tests.builders.catalogue import (
    make_activity,
    make_chain,
    make_district,
    make_edition,
    make_empty_edition,
    make_pool,
    make_project,
    make_travel,
    make_venue,
)
from tests.builders.meetings import hold, make_handover, make_meeting, make_outcome
from tests.builders.people import (
    make_account,
    make_availability,
    make_colleague_absence,
    make_interest,
    make_investor,
    make_joining,
    make_lead_absence,
    make_mark,
    make_signup,
)

__all__ = [
    "DAYS",
    "NOW",
    "SHANGHAI",
    "get_chain",
    "get_district",
    "get_pool",
    "get_project",
    "hold",
    "make_account",
    "make_activity",
    "make_availability",
    "make_chain",
    "make_colleague_absence",
    "make_district",
    "make_edition",
    "make_empty_edition",
    "make_handover",
    "make_interest",
    "make_investor",
    "make_joining",
    "make_lead_absence",
    "make_mark",
    "make_meeting",
    "make_outcome",
    "make_pool",
    "make_project",
    "make_signup",
    "make_travel",
    "make_venue",
    "save",
]
