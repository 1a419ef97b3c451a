"""The menu: which pages a reader is led to, by role."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Flask, current_app, g, request, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.exceptions import HTTPException

from matchmaker.domain.roles import Role


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the menu as the template shows it."""

    title: str
    url: str
    current: str
    """`page` for the page itself, `true` for the section that the page is in, else empty: as `aria-current` says it."""


_CATALOGUE = (
    ("public.projects", _l("Projects")),
    ("public.chains", _l("Chains")),
    ("public.districts", _l("Districts")),
    ("public.programme", _l("Programme")),
    ("public.partners", _l("Partners")),
    ("public.policies", _l("Policies")),
)
_OWN = {
    Role.INVESTOR: (
        ("investor.home", _l("Overview")),
        ("investor.diary", _l("Diary")),
        ("investor.interests", _l("Interests")),
        ("investor.availability", _l("Availability")),
        ("investor_profile.show", _l("Profile")),
    ),
    Role.HOST: (
        ("host.inbox", _l("Inbox")),
        ("host.answered", _l("Answered")),
        ("host.diary", _l("Diary")),
        ("host_investors.investors", _l("Investors")),
        ("host.outcomes", _l("Outcomes")),
        ("host.projects", _l("Our projects")),
        ("host_team.show", _l("Team")),
    ),
    Role.ORGANISER: (
        ("organiser.dashboard", _l("Overview")),
        ("organiser.runs", _l("Runs")),
        ("organiser_investors.investors", _l("Investors")),
        ("organiser_meetings.meetings", _l("Meetings")),
        ("organiser_settings.settings", _l("Settings")),
    ),
}
_WITHIN = {
    **dict.fromkeys(("organiser.run", "organiser.changes", "organiser.unmet", "organiser.review"), "organiser.runs"),
    **dict.fromkeys(("investor.unmet", "meetings", "calendar"), "investor.diary"),
    "investor.change_availability": "investor.availability",
    **dict.fromkeys(("investor_profile", "investor_colleagues"), "investor_profile.show"),
    **dict.fromkeys(("host.offer", "host.decline"), "host.inbox"),
    **dict.fromkeys(("host.cancel", "host_sheets"), "host.diary"),
    "host_projects": "host.projects",
    "host_team": "host_team.show",
    "public.project": "public.projects",
    "public.chain": "public.chains",
    "public.district": "public.districts",
    "organiser_investors": "organiser_investors.investors",
    "organiser_badges": "organiser_investors.investors",
    "organiser_meetings": "organiser_meetings.meetings",
    "organiser_settings": "organiser_settings.settings",
}
"""In which section a page is, or every page of a blueprint. A view whose page is now here, now there, says so: `is_within`."""


def init_app(app: Flask) -> None:
    def entries(pairs: tuple[tuple[str, object], ...]) -> list[Entry]:
        return [
            Entry(str(title), url_for(endpoint), _current(endpoint))
            for endpoint, title in pairs
            if endpoint in app.view_functions
        ]

    def url_if_there(endpoint: str) -> str | None:
        return url_for(endpoint) if endpoint in app.view_functions else None

    @app.context_processor
    def menu() -> dict[str, object]:
        own = _OWN.get(current_user.role, ()) if current_user.is_authenticated else ()
        return {"menu": entries(_CATALOGUE), "own_menu": entries(own), "url_if_there": url_if_there, "here": here()}


def is_within(section: str) -> None:
    """The menu marks this section for the page that is being answered; empty: none, as for errors."""
    g.section = section


def _current(endpoint: str) -> str:
    section = g.get("section")
    if section is None and request.endpoint == endpoint:
        return "page"
    if section is None:
        section = _WITHIN.get(request.endpoint or "") or _WITHIN.get(request.blueprint or "")
    return "true" if section == endpoint else ""


def here() -> str:
    """The address of this page within the site, filters included; after a form without a page of its own, where that stood.

    No browser tells where a form stood whose address is a key; it is above that of the form.
    """
    if request.method == "GET" or _has_page(request.path):
        return request.full_path.rstrip("?")
    came_from = urlsplit(request.referrer or "")
    if came_from.netloc == request.host and came_from.path != "/" and _has_page(came_from.path):
        return came_from.path
    above = request.path.rpartition("/")[0]
    return above if "token" in (request.view_args or {}) and _has_page(above) else "/"


def _has_page(path: str) -> bool:
    try:
        current_app.url_map.bind("").match(path, method="GET")
    except HTTPException:
        return False
    return True
