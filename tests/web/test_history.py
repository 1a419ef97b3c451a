"""What happened to a meeting, as both sides read it: which time was offered, and what a yes was worth."""

from flask.testing import FlaskClient

from matchmaker.models import Account, Edition
from matchmaker.services.actors import actor_of
from matchmaker.services.meetings import accept_meeting, offer_slot, take_offer
from tests.builders import NOW, SHANGHAI, get_project, make_meeting
from tests.helpers import sign_in
from tests.web.test_investor import text_of


def test_the_investor_reads_which_time_was_offered(client: FlaskClient, edition: Edition, ines: Account, hao: Account) -> None:
    meeting = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0])
    offer_slot(actor_of(hao), meeting.id, edition.slots[2].id, now=NOW)
    take_offer(actor_of(ines), meeting.id, now=NOW)

    page = text_of(sign_in(client, ines).get(f"/meetings/{meeting.id}"))

    begins = edition.slots[2].starts_at.astimezone(SHANGHAI)
    assert f"offered another time (Mon 1 Apr, {begins:%H:%M})" in page


def test_a_yes_to_a_suggestion_is_no_acceptance_before_the_investor_agrees(
    client: FlaskClient, edition: Edition, ines: Account, hao: Account
) -> None:
    meeting = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0], suggested=True)
    accept_meeting(actor_of(hao), meeting.id, now=NOW)

    page = text_of(sign_in(client, hao).get(f"/host/meetings/{meeting.id}"))

    assert "Host (Hao) said yes" in page
    assert "Host (Hao) accepted" not in page
