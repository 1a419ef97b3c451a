"""HTTP, by audience: a view parses, asks a service and answers."""

from flask import Flask

from matchmaker.web import (
    access,
    account,
    assets,
    basis_words,
    calendar,
    compression,
    errors,
    field_words,
    headers,
    history,
    host,
    host_answers,
    host_investors,
    host_projects,
    host_sheets,
    host_team,
    input,
    investor,
    investor_colleagues,
    investor_profile,
    joining,
    kept_form,
    labels,
    limits,
    mailed_links,
    meetings,
    navigation,
    organiser,
    organiser_badges,
    organiser_investors,
    organiser_meetings,
    organiser_settings,
    public,
    quiet_logs,
    security,
    style,
)


def init_app(app: Flask) -> None:
    access.init_app(app)
    kept_form.init_app(app)
    assets.init_app(app)
    compression.init_app(app)
    headers.init_app(app)
    labels.init_app(app)
    basis_words.init_app(app)
    navigation.init_app(app)
    errors.init_app(app)
    field_words.init_app(app)
    input.init_app(app)
    app.register_blueprint(public.blueprint)
    account.init_app(app)
    organiser_investors.init_app(app)
    security.init_app(app)
    mailed_links.init_app(app)
    host_answers.init_app(app)
    joining.init_app(app)
    investor_colleagues.init_app(app)
    limits.init_app(app)
    quiet_logs.init_app(app)
    calendar.init_app(app)
    history.init_app(app)
    investor.init_app(app)
    investor_profile.init_app(app)
    meetings.init_app(app)
    host.init_app(app)
    host_projects.init_app(app)
    host_team.init_app(app)
    host_investors.init_app(app)
    host_sheets.init_app(app)
    organiser.init_app(app)
    organiser_badges.init_app(app)
    organiser_meetings.init_app(app)
    organiser_settings.init_app(app)
    style.init_app(app)
