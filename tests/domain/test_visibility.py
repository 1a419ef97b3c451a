"""The table *Who sees what* of the product, written down once more and compared cell by cell."""

import pytest

from matchmaker.domain.visibility import TABLE, Field, Viewer, may_see

EVERYBODY = {Viewer.OTHER_INVESTOR, Viewer.HOST_BEFORE, Viewer.HOST_AFTER, Viewer.ORGANISER, Viewer.PARTNER}

PLAIN = {
    Field.NAME: {Viewer.HOST_BEFORE, Viewer.HOST_AFTER, Viewer.ORGANISER},
    Field.PROFILE: {Viewer.HOST_BEFORE, Viewer.HOST_AFTER, Viewer.ORGANISER},
    Field.DELEGATES: {Viewer.HOST_AFTER, Viewer.ORGANISER},
    Field.CONTACT: {Viewer.ORGANISER},
    Field.OTHER_PLANS: {Viewer.ORGANISER},
    Field.OWN_NOTES: {Viewer.ORGANISER},
}
"""Who sees a field of an investor that is neither confidential nor has consented, and that the viewer does not own."""


def viewers(field: Field, **circumstances: bool) -> set[Viewer]:
    return {viewer for viewer in Viewer if may_see(field, viewer, **circumstances)}


def test_every_field_is_decided_for_every_viewer() -> None:
    assert {field: set(row) for field, row in TABLE.items()} == dict.fromkeys(Field, EVERYBODY)


@pytest.mark.parametrize("field", list(Field))
def test_who_sees_a_field_of_an_open_investor(field: Field) -> None:
    assert viewers(field) == PLAIN[field]


def test_a_confidential_name_is_hidden_from_hosts_until_they_accept() -> None:
    assert viewers(Field.NAME, confidential=True) == {Viewer.HOST_AFTER, Viewer.ORGANISER}


@pytest.mark.parametrize("field", [each for each in Field if each is not Field.NAME])
def test_confidence_hides_nothing_but_the_name(field: Field) -> None:
    assert viewers(field, confidential=True) == PLAIN[field]


def test_consent_opens_the_contact_to_hosts_that_have_accepted_and_nothing_else() -> None:
    opened = {field: viewers(field, consented=True) - PLAIN[field] for field in Field}

    assert opened == {field: {Viewer.HOST_AFTER} if field is Field.CONTACT else set() for field in Field}


def test_notes_are_for_those_who_wrote_them() -> None:
    assert viewers(Field.OWN_NOTES, own=True) == {Viewer.HOST_BEFORE, Viewer.HOST_AFTER, Viewer.ORGANISER}


def test_a_partner_sees_the_name_of_those_it_referred_and_nothing_else() -> None:
    seen = {field for field in Field if may_see(field, Viewer.PARTNER, own=True, consented=True)}

    assert seen == {Field.NAME}


def test_nothing_opens_an_investor_to_other_investors() -> None:
    seen = {field for field in Field if may_see(field, Viewer.OTHER_INVESTOR, own=True, consented=True)}

    assert seen == set()
