"""The pages on which a host works on the projects of its district: drafts, both languages, preview, publishing, withdrawing."""

from functools import partial
from itertools import chain
from typing import Any

from flask import Blueprint, Flask, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from werkzeug.wrappers import Response
from wtforms import IntegerField, SelectChoice, SelectField, StringField, TextAreaField  # type: ignore[attr-defined]
from wtforms.validators import InputRequired

from matchmaker.domain.catalogue import ProjectKind, Stage
from matchmaker.domain.languages import SPOKEN
from matchmaker.domain.roles import Role
from matchmaker.domain.rules import Broken, RuleBroken
from matchmaker.i18n import LANGUAGES, is_chinese, local, reading_in
from matchmaker.models import Project
from matchmaker.phrases import language_name, phrase
from matchmaker.services.browse import path_to
from matchmaker.services.editions import now_in
from matchmaker.services.inbox import district_of, edition_of
from matchmaker.services.interests import targets_of
from matchmaker.services.offering import (
    LARGEST_SIZE,
    LONGEST,
    PROJECT_TEXTS,
    Content,
    change_project,
    content_of,
    counted_of,
    draft_project,
    faults_of,
    get_project_for,
    lacking_to_publish,
    meetings_to_come,
    publish_project,
    sketch_project,
    weights_for,
    withdraw_project,
)
from matchmaker.web.access import requires
from matchmaker.web.account_forms import MultiCheckboxField, show_broken
from matchmaker.web.input import number_seen
from matchmaker.web.money_field import MoneyField
from matchmaker.web.reader import reader
from matchmaker.web.versions import ShownForm, show_refused

blueprint = Blueprint("host_projects", __name__, url_prefix="/host/projects")


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)


class ProjectForm(ShownForm):
    """What a host says about a project, English and Chinese side by side."""

    title_en = StringField(_l("Title in English"))
    title_zh = StringField(_l("Title in Chinese"))
    park_en = StringField(_l("Park or area in English"))
    park_zh = StringField(_l("Park or area in Chinese"))
    summary_en = TextAreaField(_l("Summary in English"))
    summary_zh = TextAreaField(_l("Summary in Chinese"))
    chain = SelectField(_l("Industrial chain"), [InputRequired()])
    kind = SelectField(_l("Kind of project"), [InputRequired()])
    stage = SelectField(_l("Stage"), [InputRequired()])
    size_min = MoneyField(_l("Investment from (RMB million)"), most=LARGEST_SIZE)
    size_max = MoneyField(_l("Investment to (RMB million)"), most=LARGEST_SIZE)
    languages = MultiCheckboxField(_l("Languages that the team speaks in meetings"))
    leads = IntegerField(
        _l("Meetings at once"),
        [InputRequired()],
        description=_l("How many meetings the team can hold at the same time; each needs one person."),
        render_kw={"inputmode": "numeric", "min": 1},
    )

    def __init__(self, *, offered: bool = False, **options: Any) -> None:
        """`offered`: it is published, and has to stay complete."""
        super().__init__(**options)
        self.offered = offered
        chains, _districts = targets_of(edition_of(reader()))
        self.chain.choices = [SelectChoice("", _("Please choose"))]
        self.chain.choices += [SelectChoice(each.code, "\u2003" * each.level + local(each)) for each in chains]
        self.kind.choices = [SelectChoice(each.value, phrase(each)) for each in ProjectKind]
        self.stage.choices = [SelectChoice(each.value, phrase(each)) for each in Stage]
        spoken = dict.fromkeys([*SPOKEN, *(self.languages.object_data or ())])
        self.languages.choices = [SelectChoice(code, language_name(code)) for code in spoken]

    def validate(self, extra_validators: Any = None) -> bool:
        """What it says as a whole too, in the same round; nothing more of a field that is wrong by itself."""
        valid = super().validate(extra_validators)
        if self.kind.errors or self.stage.errors:
            return False
        content = self.content()
        for fault in chain(faults_of(content), lacking_to_publish(content) if self.offered else ()):
            if not any(self[name].errors for name in _fields_of(fault)):
                valid = False
                _show(self, fault)
        return bool(valid)

    def content(self) -> Content:
        texts = {f"{name}_{code}": self[f"{name}_{code}"].data or "" for name in PROJECT_TEXTS for code in ("en", "zh")}
        return Content(
            **texts,
            chain=self.chain.data,
            kind=ProjectKind(self.kind.data),
            stage=Stage(self.stage.data),
            size_min=self.size_min.data or 0,
            size_max=self.size_max.data or 0,
            languages=tuple(self.languages.data or ()),
            leads=self.leads.data or 0,
        )


def _fields_of(fault: RuleBroken) -> tuple[str, ...]:
    """Where a fault shows, or where another one would explain it."""
    if fault.field == "size_max":
        return ("size_min", "size_max")
    return (f"{fault.field}_en", f"{fault.field}_zh") if fault.code is Broken.EMPTY_IN_BOTH else (fault.field or "",)


def _form(project: Project | None, **options: Any) -> ProjectForm:
    if project is None:
        return ProjectForm(data={"languages": ["zh"], "leads": 1}, **options)
    content = content_of(project)
    stored = {name: getattr(content, name) for name in Content.__slots__}
    if not content.size_max:
        stored |= {"size_min": None, "size_max": None}
    return ProjectForm(data=stored | {"seen": project.edits}, offered=bool(project.published_at), **options)


# -- writing -------------------------------------------------------------------------------------------------------------


@blueprint.route("/new", methods=["GET", "POST"])
@requires(Role.HOST)
def new() -> Response | str:
    """Add a draft; a form that comes from its preview is shown as it was filled in."""
    form = _form(None)
    if "again" not in request.form and form.validate_on_submit():
        try:
            project_id = draft_project(reader(), form.content())
        except RuleBroken as broken:
            _show(form, broken)
        else:
            flash(_("The draft is stored. Your district alone sees it until you publish it."), "success")
            return redirect(url_for("host_projects.edit", project_id=project_id), 303)
    return _page(None, form)


@blueprint.route("/<int:project_id>", methods=["GET", "POST"])
@requires(Role.HOST)
def edit(project_id: int) -> Response | tuple[str, int]:
    """Change a project; a form that comes from its preview is shown as it was filled in."""
    project = get_project_for(reader(), project_id)
    form, status = _form(project), 200
    if "again" not in request.form and form.validate_on_submit():
        try:
            change_project(reader(), project_id, form.content(), seen=_seen(form), now=now_in(edition_of(reader())))
        except RuleBroken as broken:
            project = get_project_for(reader(), project_id)
            status = _refuse(form, broken, project)
        else:
            flash(_("Stored. The next night scores the project as it is now."), "success")
            return redirect(url_for("host_projects.edit", project_id=project_id), 303)
    return _page(project, form), status


def _refuse(form: ProjectForm, broken: RuleBroken, project: Project) -> int:
    if broken.code is Broken.SOMEBODY_WAS_QUICKER:
        return show_refused(form, broken, partial(_form, project, formdata=None))
    _show(form, broken)
    return 200


def _show(form: ProjectForm, broken: RuleBroken) -> None:
    """What is missing in both languages is told at the one that the reader reads."""
    if broken.code is Broken.EMPTY_IN_BOTH:
        broken = RuleBroken(broken.code, f"{broken.field}_{'zh' if is_chinese() else 'en'}")
    show_broken(form, broken)


def _seen(form: ProjectForm) -> int:
    seen = number_seen(form.seen.data or "")
    if seen < 0:
        abort(400)
    return seen


def _page(project: Project | None, form: ProjectForm) -> str:
    weights = weights_for(reader())
    return render_template(
        "host/project.html",
        project=project,
        form=form,
        texts=PROJECT_TEXTS,
        longest=LONGEST,
        district=district_of(reader()),
        weights=weights,
        counted=counted_of(project, weights) if project else [],
    )


# -- what the public will see --------------------------------------------------------------------------------------------


@blueprint.route("/new/preview", defaults={"project_id": None}, methods=["POST"], endpoint="preview_new")
@blueprint.route("/<int:project_id>/preview", methods=["GET", "POST"])
@requires(Role.HOST)
def preview(project_id: int | None) -> str:
    """The public page in both languages: as it is stored, or with what was just filled in and is not stored yet."""
    stored = get_project_for(reader(), project_id) if project_id else None
    if request.method == "GET" and stored:
        return _preview(stored, stored, None)
    form = _form(stored)
    if not form.validate_on_submit():
        return _page(stored, form)
    try:
        sketch = sketch_project(reader(), form.content(), project_id)
    except RuleBroken as broken:
        _show(form, broken)
        return _page(stored, form)
    return _preview(stored, sketch, form)


def _preview(stored: Project | None, shown: Project, form: ProjectForm | None) -> str:
    path = path_to(edition_of(reader()), shown.chain)
    pages = []
    for language, name in LANGUAGES.items():
        with reading_in(language):
            pages.append((language, name, Markup(render_template("host/_shown.html", project=shown, path=path, level=3))))
    return render_template("host/preview.html", project=stored, shown=shown, pages=pages, form=form)


# -- publishing ----------------------------------------------------------------------------------------------------------


@blueprint.post("/<int:project_id>/publish")
@requires(Role.HOST)
def publish(project_id: int) -> Response | str:
    """Offer the project to everybody; what is still missing is told on the form."""
    try:
        publish_project(reader(), project_id, now=now_in(edition_of(reader())))
    except RuleBroken as broken:
        project = get_project_for(reader(), project_id)
        form = _form(project, formdata=None)
        for each in list(lacking_to_publish(content_of(project))) or [broken]:
            _show(form, each)
        return _page(project, form)
    flash(_("Published. Everybody sees it, and the next night may plan meetings for it."), "success")
    return redirect(url_for("host_projects.edit", project_id=project_id), 303)


@blueprint.route("/<int:project_id>/withdraw", methods=["GET", "POST"])
@requires(Role.HOST)
def withdraw(project_id: int) -> Response | str:
    """Ask before a project is withdrawn, and name the meetings that are in the way."""
    project, now = get_project_for(reader(), project_id), now_in(edition_of(reader()))
    if request.method == "POST":
        try:
            withdraw_project(reader(), project_id, now=now)
        except RuleBroken as broken:
            flash(phrase(broken.code, **broken.facts), "danger")
        else:
            flash(_("Withdrawn. Nobody is proposed to it any more; you can publish it again."), "success")
            return redirect(url_for("host_projects.edit", project_id=project_id), 303)
    meetings = meetings_to_come(reader(), project_id, now=now)
    late = sum(view.has_expired(now) for view in meetings)
    return render_template("host/withdraw.html", project=project, meetings=meetings, late=late, now=now)
