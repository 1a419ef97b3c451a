"""Who is reading: what the views of signed-in people ask about the person in front of them."""

from datetime import datetime

from flask import flash, redirect, request, url_for
from flask_login import current_user
from markupsafe import Markup
from werkzeug.wrappers import Response

from matchmaker.domain.rules import RuleBroken
from matchmaker.models import Edition
from matchmaker.phrases import phrase
from matchmaker.services.actors import Actor, actor_of
from matchmaker.services.editions import now_in


def reader() -> Actor:
    return actor_of(current_user)


def own_edition() -> Edition:
    """The edition that the signed-in investor takes part in."""
    edition: Edition = current_user.investor.edition
    return edition


def own_now() -> datetime:
    return now_in(own_edition())


def say_refused(error: RuleBroken) -> None:
    """Tell the reader which rule stood in the way."""
    flash(phrase(error.code, **error.facts), "danger")


def say_with_link(said: str, url: str, link: str, tone: str) -> None:
    """Tell the reader something on the next page, with the way to what can be done about it."""
    flash(Markup('{said} <a href="{url}">{link}</a>').format(said=said, url=url, link=link), tone)


def back_to(endpoint: str, **values: object) -> Response:
    """Back to the page that a form came from, if it is one of ours; else to `endpoint`."""
    asked = request.form.get("next", "")
    is_ours = asked.startswith("/") and not asked.startswith(("//", "/\\")) and asked.isprintable()
    return redirect(asked if is_ours else url_for(endpoint, **values), code=303)  # type: ignore[arg-type]
