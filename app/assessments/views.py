"""The pages of identification and of the needs assessment."""

from typing import Any, Final
from uuid import UUID

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from app.access.permissions import Permission
from app.access.policy import can
from app.accounts import queries as accounts
from app.assessments import queries, services
from app.assessments.domain import FACTS, Health, Identification, health_permission
from app.assessments.forms import (
    DraftedForm,
    EndSignForm,
    FinishForm,
    IdentificationForm,
    InitiateForm,
    NeedsForm,
    needs_values,
    values_of,
)
from app.assessments.needs import (
    TEXTS,
    THEMES,
    Needs,
    NeedsVersion,
    asks_for_office,
    limits_of,
    missing_for_end,
    proposed_group,
)
from app.assessments.rules import judge, rules_in_force
from app.assessments.suggestion import suggest
from app.cases import queries as cases
from app.cases.domain import CaseView
from app.cases.services import look_at
from app.clients import queries as clients
from app.consents import queries as consents
from app.core.errors import Conflict, NotFound
from app.drafts import queries as drafts
from app.drafts import services as draft_acts
from app.pathways.domain import StageCode
from app.pathways.loader import all_latest
from app.reference.loader import reference
from app.web.forms import submit
from app.web.guards import requires
from app.web.page import page, see_other
from app.web.request import actor, moment, today, uow, visit
from app.web.texts import _

blueprint = Blueprint("assessments", __name__)
BOTH: Final = ("GET", "POST")
IDENTIFICATION: Final = "identification"
NEEDS: Final = "needs"


# ---------------------------------------------------------------- reading
@blueprint.route("/polut/<uuid:case_id>/arviointi")
@requires(Permission.CASE_VIEW)
def index(case_id: UUID) -> ResponseReturnValue:
    """Show what is recognised and assessed, and which models could suit."""
    case, lists = _seen(case_id, "assessments"), reference()
    record, needs = queries.identification_of(uow(), case.id), queries.needs_of(uow(), case.id)
    known = queries.known_of(uow(), case, clients.client_of(uow(), case.client_id), record, today())
    models = {one.key: one for one in all_latest()}
    shown: dict[str, Any] = {
        "hints": suggest(known, tuple(models), lists),
        "rules": [judge(code, known, lists) for code in rules_in_force(today(), lists)],
        "limits": limits_of(needs.head, lists) if needs else {},
        "names": _names(record, needs),
    }
    carried = None if needs else queries.carried_needs(uow(), case.id)
    shown |= {"needs": needs, "carried": carried, "models": models, "sign_labels": _sign_labels}
    return _page("assessments/index.html", case, record=record, known=known, **shown)


@blueprint.route("/polut/<uuid:case_id>/arviointi/tunnistaminen/aiemmat")
@requires(Permission.CASE_VIEW)
def earlier(case_id: UUID) -> ResponseReturnValue:
    """Show every value that was ever written, and the signs that have ended."""
    case = _seen(case_id, "assessments")
    record, versions = queries.identification_of(uow(), case.id), cases.backgrounds_of(uow(), case.id)
    names = _names(record, None) | accounts.full_names(uow(), {one.noted_by for one in versions if one.noted_by})
    return _page("assessments/earlier.html", case, record=record, versions=versions, names=names)


@blueprint.route("/polut/<uuid:case_id>/arviointi/palvelutarve/<uuid:needs_id>")
@requires(Permission.CASE_VIEW)
def show_needs(case_id: UUID, needs_id: UUID) -> ResponseReturnValue:
    """Show one version of the needs assessment; fit to be printed."""
    case = _seen(case_id, "needs_assessment")
    needs = queries.needs_of(uow(), case.id)
    version, names = queries.version_in(needs, needs_id), _names(None, needs)
    limits = limits_of(needs.head, reference()) if needs else {}
    return _page("assessments/show_needs.html", case, needs=needs, version=version, limits=limits, names=names)


# ---------------------------------------------------------------- identification
@blueprint.route("/polut/<uuid:case_id>/arviointi/tunnistaminen", methods=BOTH)
@requires(Permission.ASSESSMENT_EDIT)
def identification(case_id: UUID) -> ResponseReturnValue:
    """Write down what was recognised; health only when the client has allowed it."""
    case = _seen(case_id, "assessments", Permission.ASSESSMENT_EDIT)
    record = queries.identification_of(uow(), case.id)
    health = health_permission(consents.consents_of(uow(), case.id), today())
    form = _identification_form(case, record)
    form.prepare(record, health, today())
    done = submit(form, lambda: _keep(case, form), said=_("Saved"))
    return done or _identification_page(case, form, health)


@blueprint.route("/polut/<uuid:case_id>/arviointi/merkki/<uuid:sign_id>", methods=BOTH)
@requires(Permission.ASSESSMENT_EDIT)
def end_sign(case_id: UUID, sign_id: UUID) -> ResponseReturnValue:
    """Let a sign count no longer."""
    case = _seen(case_id, "assessments", Permission.ASSESSMENT_EDIT)
    sign, form = queries.sign_of(uow(), case.id, sign_id), EndSignForm()
    if request.method == "GET":
        form.ended_on.process_data(today())
    done = submit(form, lambda: _end(case, sign_id, form), said=_("Saved"))
    return done or _page("assessments/end_sign.html", case, form=form, sign=sign)


# ---------------------------------------------------------------- the needs assessment
@blueprint.route("/polut/<uuid:case_id>/arviointi/palvelutarve", methods=BOTH)
@requires(Permission.ASSESSMENT_EDIT)
def needs(case_id: UUID) -> ResponseReturnValue:
    """Begin the needs assessment, or go on writing it; a finished one is shown."""
    case = _seen(case_id, "needs_assessment", Permission.ASSESSMENT_EDIT)
    found = queries.needs_of(uow(), case.id)
    if found is None:
        return _begin(case)
    if found.draft is None:
        return see_other(url_for("assessments.show_needs", case_id=case.id, needs_id=found.versions[0].id))
    form = _needs_form(found, found.draft)
    draft_id = found.draft.id
    done = submit(form, lambda: _write(case, draft_id, form), said=_("Assessment saved"))
    return done or _needs_page(case, form)


@blueprint.route("/polut/<uuid:case_id>/arviointi/palvelutarve/valmis", methods=BOTH)
@requires(Permission.ASSESSMENT_EDIT)
def finish_needs(case_id: UUID) -> ResponseReturnValue:
    """Finish the draft: from then on it cannot be changed."""
    case = _seen(case_id, "needs_assessment", Permission.ASSESSMENT_EDIT)
    found, form = queries.needs_of(uow(), case.id), FinishForm()
    if found is None or found.draft is None:
        raise NotFound
    draft, systems = found.draft, reference().systems.on(today())
    form.system.offer([(row.code, str(row.label)) for row in systems])
    if request.method == "GET":
        form.finished_on.process_data(today())
        form.open_on(draft.version)
    done = submit(form, lambda: _finish(case, draft.id, form), said=_("The assessment is finished"))
    missing = missing_for_end(found.head, draft.content, needs_office=_needs_office(case, found))
    return done or _page("assessments/finish_needs.html", case, form=form, needs=found, version=draft, missing=missing)


@blueprint.post("/polut/<uuid:case_id>/arviointi/palvelutarve/uusi-versio")
@requires(Permission.ASSESSMENT_EDIT)
def new_needs_version(case_id: UUID) -> ResponseReturnValue:
    """Start the next version of a finished assessment."""
    case = cases.get_case_for(uow(), actor(), case_id, now=moment(), permission=Permission.ASSESSMENT_EDIT)
    services.start_needs_version(uow(), case, actor=actor(), now=moment())
    return see_other(url_for("assessments.needs", case_id=case.id))


# ---------------------------------------------------------------- what the views are made of
def _seen(case_id: UUID, what: str, permission: Permission = Permission.CASE_VIEW) -> CaseView:
    return look_at(uow(), actor(), case_id, page=what, now=moment(), permission=permission)


def _page(template: str, case: CaseView, **known: Any) -> ResponseReturnValue:  # noqa: ANN401 - a page's own things
    may_edit = can(actor(), Permission.ASSESSMENT_EDIT, case.subject)
    words = {"fields": FACTS, "needs_texts": TEXTS, "themes": THEMES}
    return page(template, case=case, lists=reference(), may_edit=may_edit, words=words, **known)


def _sign_labels(codes: frozenset[str]) -> str:
    lists = reference()
    named = [*lists.signals, *lists.triggers]
    return ", ".join(str(row.label) for row in named if row.code in codes)


def _names(record: Identification | None, needs: Needs | None) -> dict[UUID, str]:
    signs, versions = record.signs if record else (), needs.versions if needs else ()
    written = record.entries.values() if record else ()
    people = {
        *(person for sign in signs for person in (sign.noted_by, sign.ended_by)),
        *(one.written_by for values in written for one in values),
        *(person for one in versions for person in (one.written_by, one.finished_by)),
    }
    return dict(accounts.full_names(uow(), {one for one in people if one is not None}))


def _identification_form(case: CaseView, record: Identification) -> IdentificationForm:
    """Return the form as it was sent, as the actor left it, or as the record stands."""
    if request.method == "POST":
        return IdentificationForm()
    kept = drafts.find_draft(uow(), form=IDENTIFICATION, subject_id=case.id, actor=actor())
    background = cases.background_of(uow(), case.id)
    form = (
        IdentificationForm(formdata=MultiDict(kept.values))
        if kept
        else IdentificationForm(data=values_of(record, background, today()))
    )
    form.take_draft(kept, record.number)
    return form


def _identification_page(case: CaseView, form: IdentificationForm, health: Health) -> ResponseReturnValue:
    """Show the form; after a conflict beside what the other one wrote, so that saving again is a choice."""
    record, background = queries.identification_of(uow(), case.id), cases.background_of(uow(), case.id)
    is_behind = _is_behind(form, record.number)
    if is_behind:
        form.follow_background(background.number)
    shown = {"form": form, "health": health, "record": record, "background": background, "is_behind": is_behind}
    return _page("assessments/identification.html", case, names=_names(record, None), **shown)


def _is_behind(form: DraftedForm, newest: int) -> bool:
    """Whether somebody has saved since the form was opened; after a refusal the form goes on from the newest."""
    is_refused = visit().status == Conflict.status
    is_behind = is_refused or form.seen not in {None, newest}
    if is_refused:
        form.open_on(newest)
    return is_behind


def _keep(case: CaseView, form: IdentificationForm) -> str:
    services.keep_identification(
        uow(),
        case,
        form.entry(request.form),
        expected_number=-1 if form.seen is None else form.seen,
        actor=actor(),
        now=moment(),
    )
    draft_acts.drop_draft(uow(), form=IDENTIFICATION, subject_id=case.id, actor=actor())
    return url_for("assessments.index", case_id=case.id)


def _end(case: CaseView, sign_id: UUID, form: EndSignForm) -> str:
    services.end_sign(
        uow(),
        case,
        sign_id,
        ending=form.ending.data,
        ended_on=form.ended_on.data,
        reason=form.reason.data,
        actor=actor(),
        now=moment(),
    )
    return url_for("assessments.index", case_id=case.id)


def _begin(case: CaseView) -> ResponseReturnValue:
    form = InitiateForm()
    form.offer(today())
    if request.method == "GET":
        is_new = case.current_stage.number <= StageCode.IDENTIFICATION.number
        form.initiated_on.process_data(case.opened_on if is_new else today())
        age = clients.client_of(uow(), case.client_id).age_on(today())
        form.client_group.process_data(proposed_group(case.model_key, age))
    done = submit(form, lambda: _initiate(case, form), said=_("The matter has been initiated"))
    return done or _page("assessments/begin_needs.html", case, form=form)


def _needs_office(case: CaseView, found: Needs) -> bool:
    return asks_for_office(case.model_key, found.head.client_group)


def _initiate(case: CaseView, form: InitiateForm) -> str:
    services.initiate_needs(
        uow(),
        case,
        initiated_on=form.initiated_on.data,
        client_group=form.client_group.data,
        actor=actor(),
        now=moment(),
    )
    return url_for("assessments.needs", case_id=case.id)


def _needs_form(needs: Needs, version: NeedsVersion) -> NeedsForm:
    if request.method == "POST":
        form = NeedsForm()
    else:
        kept = drafts.find_draft(uow(), form=NEEDS, subject_id=version.id, actor=actor())
        form = NeedsForm(formdata=MultiDict(kept.values)) if kept else NeedsForm(data=needs_values(needs, version))
        form.take_draft(kept, version.version)
    form.prepare(today())
    return form


def _needs_page(case: CaseView, form: NeedsForm) -> ResponseReturnValue:
    found = queries.needs_of(uow(), case.id)
    if found is None or found.draft is None:
        raise NotFound
    is_behind = _is_behind(form, found.draft.version)
    shown = {
        "limits": limits_of(found.head, reference()),
        "asks_office": _needs_office(case, found),
        "is_behind": is_behind,
        "names": _names(None, found),
    }
    return _page("assessments/needs.html", case, form=form, needs=found, version=found.draft, **shown)


def _write(case: CaseView, version_id: UUID, form: NeedsForm) -> str:
    services.write_needs(
        uow(),
        case,
        version_id,
        content=form.content,
        initiated_on=form.initiated_on.data,
        client_group=form.client_group.data,
        started_on=form.started_on.data,
        expected_version=form.seen,
        actor=actor(),
        now=moment(),
    )
    draft_acts.drop_draft(uow(), form=NEEDS, subject_id=version_id, actor=actor())
    return url_for("assessments.show_needs", case_id=case.id, needs_id=version_id)


def _finish(case: CaseView, version_id: UUID, form: FinishForm) -> str:
    services.finish_needs(
        uow(),
        case,
        version_id,
        finished_on=form.finished_on.data,
        system=form.system.data or None,
        recorded_on=form.recorded_on.data,
        document_ref=form.reference.data,
        expected_version=form.seen,
        actor=actor(),
        now=moment(),
    )
    return url_for("assessments.show_needs", case_id=case.id, needs_id=version_id)
