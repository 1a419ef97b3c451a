"""Who may open a page: every view is marked public or names its roles, and nothing unmarked is served."""

from collections.abc import Callable
from typing import Any

from flask import Flask, abort, current_app, make_response, request
from flask_login import current_user
from werkzeug.wrappers import Response

from matchmaker.domain.roles import Role
from matchmaker.web.kept_form import kept_fields, kept_page

View = Callable[..., Any]


def public(view: View) -> View:
    """This page is for everybody, on purpose."""
    view.access = "public"  # type: ignore[attr-defined]
    return view


def requires(*roles: Role) -> Callable[[View], View]:
    """This page is for accounts with one of these roles."""

    def mark(view: View) -> View:
        view.access = frozenset(roles)  # type: ignore[attr-defined]
        return view

    return mark


def access_of(view: View) -> str | frozenset[Role] | None:
    """`"public"`, the roles that may enter, or None where nobody decided."""
    return getattr(view, "access", None)


def init_app(app: Flask) -> None:
    app.before_request(guard)


def guard() -> Response | None:
    """Let a request in, ask for a sign-in, or hide the page: a wrong role sees what a stranger sees, 404."""
    if request.endpoint is None:
        return None
    access = access_of(current_app.view_functions[request.endpoint])
    if access == "public":
        return None
    if access is None:
        abort(404)
    if not current_user.is_authenticated:
        fields = kept_fields()
        if fields is not None:
            return make_response(kept_page(fields), 401)
        return current_app.login_manager.unauthorized()  # type: ignore[attr-defined, no-any-return]
    if current_user.role not in access:
        abort(404)
    return None
