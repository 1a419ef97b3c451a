"""The inbox as a page: its filters, the form that stands open in a row, the way back to it, and what came of answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import abort, flash, redirect, render_template, request, session, url_for
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import SelectField, TextAreaField
from wtforms.validators import InputRequired, Length

from matchmaker.domain.meeting import Action
from matchmaker.domain.reasons import DeclineReason
from matchmaker.domain.rules import Broken
from matchmaker.i18n import is_chinese
from matchmaker.models import Account, Handover, Meeting
from matchmaker.phrases import phrase, status_words
from matchmaker.services.actors import Actor
from matchmaker.services.answers import Outcome
from matchmaker.services.diary import MeetingView, concerns, load_meetings, view_meetings
from matchmaker.services.editions import meetings_are_over, now_in
from matchmaker.services.handing import choices_for
from matchmaker.services.inbox import (
    Filters,
    Proposal,
    Waiting,
    count_open,
    count_waiting,
    days_of,
    district_of,
    edition_of,
    projects_of,
    proposals_of,
)
from matchmaker.services.meetings import LONGEST_NOTE, free_slots, get_meeting_for
from matchmaker.services.pages import Page
from matchmaker.web.input import day_asked, row_id
from matchmaker.web.meeting_steps import ReasonForm, SlotForm, by_half_day, time_left
from matchmaker.web.reader import back_to, reader
from matchmaker.web.versions import VersionedForm

_FILTERS = ("project", "chain", "waiting", "day", "text", "asks")
_PLACE = ("after", *_FILTERS, "page")
_LONGEST_TEXT = 100


def _chosen_id(text: str) -> int:
    return row_id(text) if text else 0


class HandForm(VersionedForm):
    """A colleague who is asked to answer, and a word to that person."""

    colleague = SelectField(
        _l("Colleague"), [InputRequired(_l("Please choose a colleague."))], coerce=_chosen_id, validate_choice=False
    )
    note = TextAreaField(_l("A word to your colleague"), validators=[Length(max=LONGEST_NOTE)])

    def beside(self, last: Handover, colleagues: Sequence[Account]) -> "HandForm":
        """Somebody else asked a colleague meanwhile: what both filled in."""
        names = {each.id: each.name for each in colleagues}
        self.differing = [
            (self.colleague.label.text, names.get(self.colleague.data, ""), last.to_account.name),
            (self.note.label.text, self.note.data, last.note),
        ]
        return self


@dataclass(frozen=True, slots=True)
class Opened:
    """The form that stands open in the row of one meeting: as asked for, or come back with what is wrong in it."""

    meeting_id: int
    what: str
    form: FlaskForm
    days: Any = ()


def filters_of(asked: Any) -> Filters:
    """What the address asks for; what makes no sense in it is left out."""
    waiting = asked.get("waiting", "")
    return Filters(
        project=asked.get("project", ""),
        waiting=Waiting(waiting) if waiting in set(Waiting) else None,
        chain=asked.get("chain", ""),
        day=day_asked(asked.get("day", "")),
        text=asked.get("text", "").strip()[:_LONGEST_TEXT],
        asks=bool(asked.get("asks")),
    )


def show_inbox(opened: Opened | None = None) -> str:
    """The list, with the place kept that the request was about."""
    return _show(_listed(), opened)


def show_row(opened: Opened) -> str | None:
    """The list with a form open in the row of its meeting; None: the page that the request is about has no such row to answer."""
    page = _listed()
    answerable = {each.id for each in page.items if each.waits_for is Waiting.HOST}
    return _show(page, opened) if opened.meeting_id in answerable else None


def _listed() -> Page[Proposal]:
    actor, number = reader(), request.values.get("page", 1, int)
    return proposals_of(actor, filters=filters_of(request.values), page=number, now=now_in(edition_of(actor)), late=False)


def _show(page: Page[Proposal], opened: Opened | None) -> str:
    actor, asked, filters = reader(), request.values, filters_of(request.values)
    district, edition = district_of(actor), edition_of(actor)  # whoever looks for them from here on finds them without a query
    now = now_in(edition)
    counts = count_waiting(actor, now=now)
    late = proposals_of(actor, filters=filters, page=asked.get("late", 1, int), now=now, late=True) if counts.nobody else None
    kept = {name: asked[name] for name in _FILTERS if asked.get(name)}
    here = kept | ({"page": str(page.number)} if page.number > 1 else {})
    ids = [each.id for each in page.items]
    said = session.pop("said", None)
    refused, before = _named(actor, said)
    return render_template(
        "host/inbox.html",
        district=district,
        page=page,
        late=late,
        counts=counts,
        projects=projects_of(actor, now=now),
        days=days_of(actor),
        filters=filters,
        kept=kept,
        place={each: {"after": after} | here for each, after in zip(ids, [*ids[1:], ""], strict=False)},
        place_of_all={"after": ""} | here,
        opened=opened,
        form=ReasonForm(DeclineReason, formdata=None),
        hand_form=HandForm(formdata=None),
        choices=choices_for(actor, [each.view for each in page.items]),
        said=said,
        said_at=_place_of(said, ids),
        refused=refused,
        before=before,
        is_over=not (filters or page.total) and meetings_are_over(edition, now=now),
        now=now,
        time_left=time_left,
        here=url_for("host.inbox", **here),  # type: ignore[arg-type]
    )


def asked_to_open() -> Opened | None:
    """Other times cost a look at the diaries around one meeting, so they are worked out for one row at a time."""
    meeting_id, actor = request.args.get("offer", type=row_id), reader()
    if not meeting_id:
        return None
    slots = free_slots(get_meeting_for(actor, meeting_id), now=now_in(edition_of(actor)))
    return Opened(meeting_id, "offer", SlotForm(formdata=None), by_half_day(slots))


def is_from_list() -> bool:
    return "after" in request.values


def place_in_list() -> dict[str, str] | None:
    """Where in the inbox the reader was: its filters and page, and the proposal after the one in question; None: not there."""
    if not is_from_list():
        return None
    return {name: request.values[name] for name in _PLACE if request.values.get(name) or name == "after"}


def back(meeting_id: int, told: str, tone: str) -> Response:
    """To the place of the inbox where the form stood, and the outcome is told; else to the page that it names, or the meeting."""
    if not is_from_list():
        flash(told, tone)
        return back_to("host.meeting", meeting_id=meeting_id)
    return _to_list({"meeting": meeting_id, "text": told, "tone": tone, "after": request.values["after"]})


def back_from_several(outcomes: list[Outcome], action: Action) -> Response:
    """To the list, where those that could not be answered are named."""
    refused = [[each.meeting_id, each.refused.value] for each in outcomes if each.refused]
    before = [each.meeting_id for each in outcomes if each.before]
    answered = [each.meeting_id for each in outcomes if not each.refused and not each.before]
    done, text = len(answered), ""
    if done and action is Action.ACCEPT:
        waiting = count_open(answered)
        said = [
            (done - waiting)
            and ngettext(
                "One proposal is accepted, and its investor is told.",
                "%(num)s proposals are accepted, and their investors are told.",
                done - waiting,
            ),
            waiting
            and ngettext(
                "Your yes to one suggestion is noted; it waits for the yes of its investor.",
                "Your yes to %(num)s suggestions is noted; they wait for the yes of their investors.",
                waiting,
            ),
        ]
        text = (" " if not is_chinese() else "").join(str(each) for each in said if each)
    elif done:
        text = ngettext(
            "One proposal is declined, and its investor is told the reason.",
            "%(num)s proposals are declined, and their investors are told the reason.",
            done,
        )
    tone = "warning" if refused else "success"
    return _to_list({"text": text, "tone": tone, "refused": refused, "before": before, "after": ""})


def _to_list(said: dict[str, Any]) -> Response:
    session["said"] = said
    kept = {name: value for name, value in (place_in_list() or {}).items() if name != "after"}
    return redirect(url_for("host.inbox", **kept, _anchor="place"), code=303)  # type: ignore[arg-type]


def _place_of(said: dict[str, Any] | None, ids: list[int]) -> int | str:
    """Before which row the outcome is told: what was refused at its own, all else where the reader goes on."""
    if said is None or not said.get("meeting"):
        return "top"
    if said["tone"] == "danger" and said["meeting"] in ids:
        return int(said["meeting"])
    after = [each for each in ids if str(each) == said["after"]]
    return after[0] if after else "top" if said["after"] or not ids else "end"


def _named(actor: Actor, said: dict[str, Any] | None) -> tuple[list[tuple[Any, str]], list[Any]]:
    """The proposals of several that could not be answered, each with the reason; and those that had that answer before."""
    codes = {int(each): Broken(code) for each, code in (said or {}).get("refused", ())}
    before = {int(each) for each in (said or {}).get("before", ())}
    if not codes and not before:
        return [], []
    views = view_meetings(actor, load_meetings(edition_of(actor), concerns(actor), Meeting.id.in_({*codes, *before})))
    now = now_in(edition_of(actor))
    refused = [each for each in views if each.meeting.id in codes]
    told = [(each, _why(codes[each.meeting.id], each, now)) for each in refused]
    return told, [each for each in views if each.meeting.id in before]


def _why(code: Broken, view: MeetingView, now: datetime) -> str:
    return phrase(code, status=status_words(view, now), starts_at=view.starts_at, deadline=view.meeting.deadline_at)


def chosen_meetings() -> dict[int, int]:
    """The ticked rows: the sequence of each meeting, as the page showed it, by its id."""
    try:
        return {row_id(one): int(other) for one, other in (each.split("-") for each in request.form.getlist("chosen"))}
    except ValueError:
        abort(400)
