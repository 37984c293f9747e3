"""The review of a plan in four steps: it can stop and go on, and is put on record from its answers."""

from collections.abc import Collection, Mapping
from functools import partial
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, flash, request, url_for
from flask.typing import ResponseReturnValue

from app.access.permissions import Permission
from app.access.policy import can
from app.audit import services as audit
from app.audit.domain import Purpose
from app.cases import queries as cases
from app.cases.domain import CaseView
from app.cases.services import leave_trace, look_at
from app.clients import queries as clients
from app.core.errors import Conflict, NotFound, Refused
from app.core.ids import read_id
from app.core.texts import N_
from app.drafts import queries as drafts
from app.drafts import services as draft_acts
from app.drafts.domain import DraftView, Values
from app.duties.domain import NAMES as DUTY_NAMES
from app.plans import queries as plans
from app.plans.domain import WORDS
from app.plans.versions import VersionView
from app.reference.loader import reference
from app.reviews import queries, services
from app.reviews.answers import group_row, meeting_of
from app.reviews.domain import LIMITS, ORIGINS, is_reviewed_as_group, row_name
from app.reviews.forms import DEEDS, STEPS, DeedForm, GroupForm, PostponeForm, ReviewForms, make_group_form
from app.reviews.group import DRAFT as GROUP_DRAFT
from app.reviews.group import drop_group_draft, hold_group_review, keep_group_draft
from app.web.filters import clock_time
from app.web.forms import PolkuForm, refuse, submit
from app.web.guards import requires
from app.web.page import page, see_other
from app.web.request import actor, moment, today, uow
from app.web.texts import _, worded

blueprint = Blueprint("reviews", __name__)
blueprint.add_app_template_global(is_reviewed_as_group)
REVIEW: Final = "review."
BOTH: Final = ("GET", "POST")


@blueprint.route("/polut/<uuid:case_id>/tarkistus")
@requires(Permission.PLAN_REVIEW)
def start(case_id: UUID) -> ResponseReturnValue:
    """Lead to the review of the plan that is due first; without a plan in force, to the plans."""
    case = _case(case_id, Permission.PLAN_REVIEW)
    plan = queries.next_to_review(uow(), case)
    if plan is None:
        flash(_("No plan is in force, so there is nothing to review yet."))
        return see_other(url_for("plans.index", case_id=case.id))
    return see_other(url_for("reviews.step", case_id=case.id, plan_id=plan.id, step=STEPS[0]))


@blueprint.route("/polut/<uuid:case_id>/tarkistus/<uuid:plan_id>/<any(" + ",".join(STEPS) + "):step>", methods=BOTH)
@requires(Permission.PLAN_REVIEW)
def step(case_id: UUID, plan_id: UUID, step: str) -> ResponseReturnValue:
    """One step of a review; what is answered is kept on the server, so the review can stop and go on."""
    told = _review(case_id, plan_id)
    form = told.sent(step) if request.method == "POST" else told.form(step)
    if request.method == "POST" and _is_kept(told, step, form):
        return see_other(_step_url(told, _next_step(step)))
    return _page("reviews/step.html", told, form, step)


@blueprint.route("/polut/<uuid:case_id>/tarkistus/<uuid:plan_id>/yhteenveto", methods=BOTH)
@requires(Permission.PLAN_REVIEW)
def summary(case_id: UUID, plan_id: UUID) -> ResponseReturnValue:
    """Check the answers and put the review on record."""
    told, form = _review(case_id, plan_id), DeedForm()
    done = submit(form, lambda: _hold(told), said=_("Review saved"))
    if done is None and told.first_missing:
        flash(_("Answer this step before the review is saved."))
        return see_other(_step_url(told, told.first_missing))
    return done or _page("reviews/summary.html", told, form, "yhteenveto")


# -- what falls due --------------------------------------------------------------------------------------------------
@blueprint.route("/polut/<uuid:case_id>/maarapaivat")
@requires(Permission.CASE_VIEW)
def due_days(case_id: UUID) -> ResponseReturnValue:
    """Show everything that is open in a case, with its raw day and its working day."""
    case = _seen(case_id, "due_days")
    return _case_page("reviews/due_days.html", case, found=queries.due_days(uow(), case))


@blueprint.route("/polut/<uuid:case_id>/maarapaivat/<uuid:duty_id>")
@requires(Permission.CASE_VIEW)
def why(case_id: UUID, duty_id: UUID) -> ResponseReturnValue:
    """Show why a duty falls due on the day it does."""
    case = _seen(case_id, "due_why")
    return _case_page("reviews/why.html", case, why=queries.why_duty(uow(), case, duty_id, today()))


@blueprint.route("/polut/<uuid:case_id>/miksi/<uuid:plan_id>")
@requires(Permission.CASE_VIEW)
def why_plan(case_id: UUID, plan_id: UUID) -> ResponseReturnValue:
    """Lead to what is open about a plan: its review, or the end of its period."""
    case = _case(case_id)
    duty = queries.duty_of_plan(uow(), case, plan_id)
    if duty is None:
        raise NotFound
    return see_other(url_for("reviews.why", case_id=case.id, duty_id=duty.id))


@blueprint.route("/polut/<uuid:case_id>/lykkays/<uuid:plan_id>", methods=BOTH)
@requires(Permission.PLAN_REVIEW)
def postpone(case_id: UUID, plan_id: UUID) -> ResponseReturnValue:
    """Put the next review of a plan off, with a reason."""
    case = _seen(case_id, "plan_review", Permission.PLAN_REVIEW)
    why, form = plans.why_this_day(uow(), case, plan_id, today()), PostponeForm()
    if why.duty is None:
        raise NotFound
    if not form.is_submitted():
        form.open_on_day(why.duty.due_on)
    done = submit(form, lambda: _put_off(case, plan_id, form), said=_("Review put off"))
    postponed = plans.postponed_of(uow(), plan_id)
    return done or _case_page("reviews/postpone.html", case, form=form, why=why, postponed=postponed)


# -- the group of model C --------------------------------------------------------------------------------------------
@blueprint.route("/ryhmatarkistus")
@requires(Permission.WORKLIST_VIEW)
def group() -> ResponseReturnValue:
    """Choose who was at the meeting of a group."""
    found = queries.group_of(uow(), actor(), now=moment())
    ids = [one.case.client_id for one in found]
    audit.record_listed(uow(), actor=actor(), at=moment(), client_ids=ids, purpose=Purpose.OWN, page="group_review")
    kept = _kept_rows([one.case.id for one in found])
    newest = kept[0].saved_at if kept else None
    drafted = {one.subject_id: one.saved_at for one in kept}
    return page("reviews/group.html", found=found, lists=reference(), drafted=drafted, newest=newest)


@blueprint.route("/ryhmatarkistus/kirjaus", methods=BOTH)
@requires(Permission.WORKLIST_VIEW)
def group_rows() -> ResponseReturnValue:
    """One meeting and a row for each client; every row becomes a review in its client's own case."""
    found = _sheets({case_id for one in request.args.getlist("polku") if (case_id := read_id(one))})
    if not found:
        flash(_("Choose at least one client."))
        return see_other(url_for("reviews.group"))
    form = make_group_form(found, _kept_rows([one.member.case.id for one in found]) if request.method == "GET" else ())
    done = submit(form, lambda: _hold_group(form, found), said=_("Reviews saved"))
    return done or page("reviews/group_rows.html", form=form, found=found, lists=reference(), row_name=row_name)


@blueprint.post("/ryhmatarkistus/luonnos")
@requires(Permission.WORKLIST_VIEW)
def keep_group() -> ResponseReturnValue:
    """Keep the form of a group: the script is told when, a person without script comes back to the form."""
    fields, key = request.form.to_dict(flat=False), read_id(request.form.get("once", ""))
    keep_group_draft(uow(), fields, once_key=key, actor=actor(), now=moment())
    if "Polku-Autosave" in request.headers:
        return "", 204, {"Polku-Saved": clock_time(moment()).removeprefix("klo ")}
    flash(_("Draft saved at %(time)s", time=clock_time(moment())))
    return see_other(url_for("reviews.group_rows", polku=request.args.getlist("polku")))


# -- what the views are made of --------------------------------------------------------------------------------------
def _review(case_id: UUID, plan_id: UUID) -> ReviewForms:
    """Return the review as far as the actor has answered it; a plan that is not in force is not found."""
    case = _seen(case_id, "plan_review", Permission.PLAN_REVIEW)
    plan = plans.plan_of(uow(), case.id, plan_id)
    due_now = plans.due_now(case, plan)
    version = plans.version_of(uow(), case.id, plan.version_shown.id)
    told = ReviewForms(case, plan, version, _kept(plan_id, version))
    held_on = told.held_on or today()
    end = version.head.period_end
    told.due = plans.due_of(case, plan, in_force_on=held_on, period_end=end, more_held=[held_on])
    told.is_late = (plan.due_on or due_now.limit_on or held_on) < held_on
    return told


def _kept(plan_id: UUID, version: VersionView) -> dict[str, Values]:
    """Return the kept answers by step, but for those to the goals of a version that was in force before this one."""
    found = {one.form: one for one in drafts.drafts_of(uow(), actor(), [plan_id])}
    kept = {step: found[name] for step in STEPS if (name := REVIEW + step) in found}
    if "tavoitteet" in kept and kept["tavoitteet"].base_version != version.head.number:
        del kept["tavoitteet"]
    return {step: draft.values for step, draft in kept.items()}


def _case(case_id: UUID, permission: Permission = Permission.CASE_VIEW) -> CaseView:
    return cases.get_case_for(uow(), actor(), case_id, now=moment(), permission=permission)


def _seen(case_id: UUID, what: str, permission: Permission = Permission.CASE_VIEW) -> CaseView:
    return look_at(uow(), actor(), case_id, page=what, now=moment(), permission=permission)


def _case_page(template: str, case: CaseView, **known: Any) -> ResponseReturnValue:  # noqa: ANN401 - a page's own things
    said: dict[str, Any] = {
        "names": DUTY_NAMES,
        "limits": LIMITS,
        "origins": ORIGINS,
        "words": dict(worded(WORDS, WORDS)),
    }
    may_review = can(actor(), Permission.PLAN_REVIEW, case.subject)
    return page(template, case=case, lists=reference(), may_review=may_review, **said, **known)


def _put_off(case: CaseView, plan_id: UUID, form: PostponeForm) -> str:
    to, reason, seen = form.due_on.data, form.reason.data, form.seen_day
    services.postpone_review(uow(), case, plan_id, to=to, reason=reason, seen=seen, actor=actor(), now=moment())
    return url_for("reviews.why_plan", case_id=case.id, plan_id=plan_id)


def _is_kept(told: ReviewForms, step: str, form: PolkuForm) -> bool:
    """Keep the answers of a step and return True, or put the reasons at the fields."""
    if not form.validate():
        return False
    try:
        told.check(step, form, today=today())
    except (Refused, Conflict) as error:
        refuse(form, error)
        return False
    _keep(told, step, request.form.to_dict(flat=False))
    if step == "tavoitteet" and request.form.get("jatka") == "seuraava" and "muutokset" not in told.kept:
        _keep(told, "muutokset", {"changes": ""})
    return True


def _keep(told: ReviewForms, step: str, fields: Mapping[str, Any]) -> None:
    seen = told.version.head.number
    draft_acts.save_draft(
        uow(),
        form=REVIEW + step,
        subject_id=told.plan.id,
        base_version=seen,
        fields=fields,
        actor=actor(),
        now=moment(),
    )


def _next_step(step: str) -> str:
    if step == "tavoitteet" and request.form.get("jatka") == "seuraava":
        return "seuraava"
    return (*STEPS, "yhteenveto")[STEPS.index(step) + 1]


def _step_url(told: ReviewForms, step: str) -> str:
    case_id, plan_id = told.case.id, told.plan.id
    if step == "yhteenveto":
        return url_for("reviews.summary", case_id=case_id, plan_id=plan_id)
    return url_for("reviews.step", case_id=case_id, plan_id=plan_id, step=step)


def _page(template: str, told: ReviewForms, form: PolkuForm, step: str) -> ResponseReturnValue:
    client = clients.client_of(uow(), told.case.client_id)
    without = queries.without_basis(uow(), told.case.id, told.plan.kind, told.parties, told.held_on or today())
    shown: dict[str, Any] = {
        "told": told,
        "form": form,
        "step": step,
        "client": client,
        "without": [reference().parties.label(code) for code in without],
        "step_url": partial(_step_url, told),
    }
    words: dict[str, Any] = {"words": dict(worded(WORDS, WORDS)), "deed_words": dict(DEEDS)}
    return page(template, case=told.case, lists=reference(), **words, **shown)


def _hold(told: ReviewForms) -> str:
    if told.first_missing:
        raise Refused(N_("Answer every step before the review is saved."))
    services.hold_review(uow(), told.case, told.plan.id, told.held(), actor=actor(), now=moment())
    for step in STEPS:
        draft_acts.drop_draft(uow(), form=REVIEW + step, subject_id=told.plan.id, actor=actor())
    return url_for("plans.show", case_id=told.case.id, version_id=told.version.head.id)


def _sheets(chosen: set[UUID]) -> list[queries.GroupSheet]:
    """Return the sheets of the chosen cases that the actor may review; each is a page of its client's to the trail."""
    members = queries.group_of(uow(), actor(), now=moment(), only=chosen) if chosen else []
    for one in members:
        leave_trace(uow(), actor(), one.case, page="group_review", now=moment())
    return queries.sheets_of(uow(), members, today())


def _kept_rows(case_ids: Collection[UUID]) -> list[DraftView]:
    """Return the actor's drafts of the rows of a group, the newest first."""
    return [one for one in drafts.drafts_of(uow(), actor(), case_ids) if one.form == GROUP_DRAFT]


def _hold_group(form: GroupForm, found: list[queries.GroupSheet]) -> str:
    form.check_rows(found)
    hold_group_review(uow(), meeting_of(form), [group_row(form, one) for one in found], actor=actor(), now=moment())
    drop_group_draft(uow(), [one.member.case.id for one in found], actor=actor())
    return url_for("reviews.group")
