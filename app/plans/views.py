"""The pages of plans: reading, writing and coming into force."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, Flask, current_app, flash, request, url_for
from flask.typing import ResponseReturnValue

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import can
from app.cases import queries as cases
from app.cases.domain import CaseView
from app.cases.services import look_at
from app.clients import queries as clients
from app.core.errors import Conflict
from app.core.texts import Text
from app.core.uow import UnitOfWork
from app.drafts import queries as drafts
from app.drafts import services as draft_acts
from app.pathways.domain import Facts
from app.pathways.loader import pathway
from app.plans import queries, services
from app.plans.activity import GROUP, contract_note, start_check
from app.plans.choice import Advice
from app.plans.derived import source_of
from app.plans.domain import WORDS, DueDay, content_problems
from app.plans.fields import FieldSet
from app.plans.forms import (
    AcceptForm,
    DeedForm,
    PlanForm,
    SignForm,
    StartForm,
    make_accept_form,
    make_plan_form,
    make_sign_form,
)
from app.plans.held import reviews_of
from app.plans.limits import Breach, StartCheck, breaches
from app.plans.printed import printed
from app.plans.rows import PERIODS, change_rows, rows_of, values_of_content, with_period, without_empty
from app.plans.signing import name_of, parties_of, unsigned
from app.plans.versions import DEED_WORDS, VersionView
from app.reference.loader import reference
from app.web.forms import submit
from app.web.guards import requires
from app.web.page import fragment, page, see_other, wants_fragment
from app.web.request import actor, moment, today, uow, visit
from app.web.texts import _, say, worded

blueprint = Blueprint("plans", __name__)

EXTENSION: Final = "polku.plans"


@dataclass(frozen=True, slots=True, kw_only=True)
class Above:
    """What the plans ask of the features above them.

    `facts_of`: what is on record of a case, which the start of an activity rests on. `contract_of`: the kind of the
    contract of its present period of activity. `after_acceptance`: what follows in the same transaction when a plan
    comes into force, since a period of activity may end on the same day.
    """

    facts_of: Callable[[UnitOfWork, CaseView, date], Facts]
    contract_of: Callable[[UnitOfWork, CaseView, date], str | None]
    after_acceptance: Callable[[UnitOfWork, CaseView, Actor, datetime], object]


def init_app(app: Flask, above: Above) -> None:
    """Take what the features above the plans are asked."""
    app.extensions[EXTENSION] = above


DRAFT: Final = "plan"
PARTS: Final = {"laske": "plans/_week_sum.html", "period": "plans/_period.html"}
"""What a press that only counts answers with: the days of the week, or the period with its weeks."""
BOTH: Final = ("GET", "POST")


@blueprint.route("/polut/<uuid:case_id>/suunnitelmat")
@requires(Permission.CASE_VIEW)
def index(case_id: UUID) -> ResponseReturnValue:
    """Show the plans of a case."""
    case = _seen(case_id, "plans")
    plans = queries.plans_of(uow(), case.id)
    names = queries.names_of_writers(uow(), plans)
    return _page("plans/index.html", case, plans=plans, names=names, kinds=_free_kinds(case))


@blueprint.route("/polut/<uuid:case_id>/suunnitelmat/uusi", methods=BOTH)
@requires(Permission.PLAN_EDIT)
def start(case_id: UUID) -> ResponseReturnValue:
    """Choose the kind of a new plan."""
    case = _case(case_id, Permission.PLAN_EDIT)
    form = StartForm()
    form.kind.offer(_free_kinds(case))
    advice = queries.advice_of(uow(), case, today())
    if not form.is_submitted():
        form.kind.data = request.args.get("kind") or _default_kind(case, advice, form)
    done = submit(form, lambda: _start(case, form))
    return done or _page("plans/start.html", case, form=form, advice=advice)


@blueprint.route("/polut/<uuid:case_id>/suunnitelmat/<uuid:version_id>")
@requires(Permission.CASE_VIEW)
def show(case_id: UUID, version_id: UUID) -> ResponseReturnValue:
    """Show one version of a plan, what it changed, and the plan's reviews; fit to be printed."""
    case = _seen(case_id, "plan")
    read = queries.printed_of(uow(), case.id, version_id, today())
    plan = queries.plan_of(uow(), case.id, read.version.head.plan_id)
    before = queries.version_before(uow(), case.id, plan, read.version.head.number)
    changes = queries.changes_of(before, read.version, today()) if before else None
    reviews, names = reviews_of(uow(), plan.id), queries.names_of_writers(uow(), [plan])
    shown = {"read": read, "version": read.version, "plan": plan, "before": before, "changes": changes}
    shown |= {"reviews": reviews, "names": names, "postponed": queries.postponed_of(uow(), plan.id)}
    shown |= {"source": source_of(uow(), case.id, read.version)}
    shown |= {"contract": _contract_note(case, read.version)}
    return _page("plans/show.html", case, deed=DeedForm(), party=_party, missing=_missing(read.version), **shown)


@blueprint.route("/polut/<uuid:case_id>/suunnitelmat/<uuid:version_id>/muokkaa", methods=BOTH)
@requires(Permission.PLAN_EDIT)
def edit(case_id: UUID, version_id: UUID) -> ResponseReturnValue:
    """Write a draft: rows come and go by buttons, the text is kept while it is typed."""
    case = _case(case_id, Permission.PLAN_EDIT)
    version = queries.version_of(uow(), case.id, version_id)
    if not version.head.is_draft and request.method == "GET":
        return see_other(url_for("plans.show", case_id=case.id, version_id=version_id))
    form = _typed(version) if request.method == "POST" else _stored(case, version)
    if request.form.get("tee"):
        return _rows(case, version, form)
    done = submit(form, lambda: _write(case, version, form), said=_("Plan saved"))
    return done or _edit_page(case, version, form)


@blueprint.route("/polut/<uuid:case_id>/suunnitelmat/<uuid:version_id>/voimaan", methods=BOTH)
@requires(Permission.PLAN_EDIT)
def accept(case_id: UUID, version_id: UUID) -> ResponseReturnValue:
    """Record the client's acceptance and bring the draft into force."""
    case = _case(case_id, Permission.PLAN_EDIT)
    version = queries.version_of(uow(), case.id, version_id)
    form = make_accept_form(_may_sign(version), _systems())
    if not form.is_submitted():
        form["in_force_on"].process_data(today())
        form.open_on(version.head.version)
    done = submit(form, lambda: _accept(case, version_id, form), said=_("The plan is in force"))
    shown = {"form": form, "version": version, "check": _start_check(case, version), **_ready(version)}
    shown |= {"contract": _contract_note(case, version)}
    return done or _page("plans/accept.html", case, party=_party, missing=_missing(version), **shown)


@blueprint.route("/polut/<uuid:case_id>/suunnitelmat/<uuid:version_id>/allekirjoitukset", methods=BOTH)
@requires(Permission.PLAN_EDIT)
def sign(case_id: UUID, version_id: UUID) -> ResponseReturnValue:
    """Put signatures on record, before the plan comes into force or after it."""
    case = _case(case_id, Permission.PLAN_EDIT)
    version = queries.version_of(uow(), case.id, version_id)
    form = make_sign_form(_may_sign(version), _systems())
    done = submit(form, lambda: _sign(case, version_id, form), said=_("Signatures recorded"))
    return done or _page("plans/sign.html", case, form=form, version=version, party=_party, missing=_missing(version))


@blueprint.post("/polut/<uuid:case_id>/suunnitelmat/<uuid:version_id>/allekirjoitukset/<party>/poista")
@requires(Permission.PLAN_EDIT)
def unsign(case_id: UUID, version_id: UUID, party: str) -> ResponseReturnValue:
    """Take a signature of a draft back."""
    case = _case(case_id, Permission.PLAN_EDIT)
    services.remove_signature(uow(), case, version_id, party, actor=actor(), now=moment())
    flash(_("Signature removed"))
    return see_other(url_for("plans.show", case_id=case.id, version_id=version_id))


@blueprint.post("/polut/<uuid:case_id>/suunnitelmat/<uuid:plan_id>/uusi-versio")
@requires(Permission.PLAN_EDIT)
def new_version(case_id: UUID, plan_id: UUID) -> ResponseReturnValue:
    """Start the next version of a plan in force."""
    case = _case(case_id, Permission.PLAN_EDIT)
    version_id = services.start_version(uow(), case, plan_id, actor=actor(), now=moment())
    return see_other(url_for("plans.edit", case_id=case.id, version_id=version_id))


@blueprint.post("/polut/<uuid:case_id>/suunnitelmat/<uuid:version_id>/hylkaa")
@requires(Permission.PLAN_EDIT)
def discard(case_id: UUID, version_id: UUID) -> ResponseReturnValue:
    """Throw a draft away."""
    case = _case(case_id, Permission.PLAN_EDIT)
    seen = DeedForm().seen
    services.discard_version(uow(), case, version_id, expected_version=seen, actor=actor(), now=moment())
    draft_acts.drop_draft(uow(), form=DRAFT, subject_id=version_id, actor=actor())
    flash(_("Draft thrown away"))
    return see_other(url_for("plans.index", case_id=case.id))


# -- what the views are made of --------------------------------------------------------------------------------------
def _case(case_id: UUID, permission: Permission = Permission.CASE_VIEW) -> CaseView:
    return cases.get_case_for(uow(), actor(), case_id, now=moment(), permission=permission)


def _seen(case_id: UUID, what: str, permission: Permission = Permission.CASE_VIEW) -> CaseView:
    return look_at(uow(), actor(), case_id, page=what, now=moment(), permission=permission)


def _page(template: str, case: CaseView, **known: Any) -> ResponseReturnValue:  # noqa: ANN401 - a page's own things
    rights = {
        "may_edit": can(actor(), Permission.PLAN_EDIT, case.subject),
        "may_assess": can(actor(), Permission.ASSESSMENT_EDIT, case.subject),
        "may_print": can(actor(), Permission.CASE_PRINT, case.subject),
        "may_review": can(actor(), Permission.PLAN_REVIEW, case.subject),
    }
    words: dict[str, Any] = {"words": dict(worded(WORDS, WORDS)), "deed_words": dict(worded(DEED_WORDS, DEED_WORDS))}
    return page(template, case=case, lists=reference(), **words, **rights, **known)


def _free_kinds(case: CaseView) -> list[tuple[str, str]]:
    """Return the kinds of plan that may be started: the pathway's own, valid today, and not open already."""
    taken = {plan.kind for plan in queries.plans_of(uow(), case.id) if plan.ended_on is None}
    kinds = reference().plan_kinds
    free = [kind for kind in pathway(case.model_key, case.model_version).plan_kinds if kind not in taken]
    return [(kind, kinds.label(kind)) for kind in free if kinds.pick(kind, today())]


def _default_kind(case: CaseView, advice: Advice, form: StartForm) -> str:
    """Return the kind that is chosen beforehand: the one advised if it may be started, else the pathway's own."""
    free = {one.value for one in form.kind.offered()}
    own = pathway(case.model_key, case.model_version).default_plan_kind(today())
    return advice.kind if advice.kind in free and advice.kind else own


def _start(case: CaseView, form: StartForm) -> str:
    version_id = services.start_plan(uow(), case, kind=form.kind.data, actor=actor(), now=moment())
    return url_for("plans.edit", case_id=case.id, version_id=version_id)


def _asked(version: VersionView) -> FieldSet | None:
    sheet = queries.sheet_of(version, today())
    return sheet.fields if sheet else None


def _typed(version: VersionView) -> PlanForm:
    """Return the form as it was sent, after a press of a button in it; rows left empty go when it is saved."""
    press, asked = request.form.get("tee", ""), _asked(version)
    values = with_period(request.form.to_dict(), press, today())
    rows = rows_of(values)
    change = change_rows(rows, press)
    if change is not None:
        return make_plan_form(values, change.rows, change.focus, asked=asked)
    return make_plan_form(values, rows if press else without_empty(rows), asked=asked)


def _stored(case: CaseView, version: VersionView) -> PlanForm:
    """Return the form as the actor left it, or as the draft stands, with a day proposed for the next review."""
    kept = drafts.find_draft(uow(), form=DRAFT, subject_id=version.head.id, actor=actor())
    values = kept.fields if kept else values_of_content(version.content, proposal=_proposal(case, version))
    form = make_plan_form(values, rows_of(values), asked=_asked(version))
    form.open_on(kept.base_version if kept else version.head.version)
    form.kept_at = kept.saved_at if kept else None
    return form


def _proposal(case: CaseView, version: VersionView) -> date | None:
    day = _due(case, version).proposal
    return day if day is not None and day > today() else None


def _due(case: CaseView, version: VersionView) -> DueDay:
    plan = queries.plan_of(uow(), case.id, version.head.plan_id)
    return queries.due_of(case, plan, in_force_on=today(), period_end=version.head.period_end)


def _rows(case: CaseView, version: VersionView, form: PlanForm) -> ResponseReturnValue:
    """Show the rows as they are now, or what was counted; without script the whole page."""
    part = PARTS.get(request.form["tee"].partition(":")[0])
    if wants_fragment() and part:
        return fragment(part, form=form, broken=_broken(version, form), periods=PERIODS)
    if wants_fragment():
        return fragment("plans/_rows.html", form=form)
    return _edit_page(case, version, form)


def _broken(version: VersionView, form: PlanForm) -> tuple[Breach, ...]:
    sheet = queries.sheet_of(version, form.written.start or today())
    return breaches(form.written.agreed(), sheet.limits) if sheet else ()


def _edit_page(case: CaseView, version: VersionView, form: PlanForm) -> ResponseReturnValue:
    """Show the form; after a conflict beside what the other one wrote, so that saving again is a choice."""
    theirs = None
    if visit().status == Conflict.status or form.seen not in {None, version.head.version}:
        theirs = queries.version_of(uow(), case.id, version.head.id)
    if visit().status == Conflict.status and theirs is not None:
        form.open_on(theirs.head.version)
    client, is_first = clients.client_of(uow(), case.client_id), version.head.number == 1
    shown = {"form": form, "version": version, "theirs": theirs, "client": client, "is_first": is_first}
    other = printed(theirs, queries.sheet_of(theirs, today())) if theirs else None
    shown |= {
        "source": source_of(uow(), case.id, version),
        "asked": form.asked,
        "other": other,
        "broken": _broken(version, form),
        "periods": PERIODS,
    }
    return _page("plans/edit.html", case, due=_due(case, version), **shown)


def _write(case: CaseView, version: VersionView, form: PlanForm) -> str:
    plan = queries.plan_of(uow(), case.id, version.head.plan_id)
    known = queries.known_rows(uow(), case.id, plan, version)
    services.write_version(
        uow(),
        case,
        version.head.id,
        content=form.content(known),
        expected_version=form.seen,
        actor=actor(),
        now=moment(),
    )
    draft_acts.drop_draft(uow(), form=DRAFT, subject_id=version.head.id, actor=actor())
    return url_for("plans.show", case_id=case.id, version_id=version.head.id)


def _may_sign(version: VersionView) -> list[str]:
    """Return the parties of the plan whose signature is not on record yet."""
    kind = reference().plan_kinds.get(version.kind)
    return [one for one in parties_of(kind, version.answers) if version.signature_of(one) is None]


def _missing(version: VersionView) -> tuple[str, ...]:
    kind = reference().plan_kinds.get(version.kind)
    return unsigned(kind, {one.party for one in version.signatures})


def _systems() -> list[tuple[str, str]]:
    return [(one.code, str(one.label)) for one in reference().systems.on(today())]


def _party(party: str) -> str | None:
    return say(name_of(party, reference()))


def _ready(version: VersionView) -> dict[str, Any]:
    """Return the version as it is read, and what must be written before it comes into force."""
    sheet = queries.sheet_of(version, today())
    lacking = content_problems(version.content, today=today(), is_final=True, sheet=sheet)
    return {"read": printed(version, sheet), "lacking": lacking}


def _above() -> Above:
    above: Above = current_app.extensions[EXTENSION]
    return above


def _start_check(case: CaseView, version: VersionView) -> StartCheck | None:
    return start_check(uow(), case, version, today(), _above().facts_of(uow(), case, today()))


def _contract_note(case: CaseView, version: VersionView) -> Text | None:
    if version.kind != GROUP:
        return None
    return contract_note(version, _above().contract_of(uow(), case, today()))


def _sign(case: CaseView, version_id: UUID, form: SignForm) -> str:
    services.record_signatures(uow(), case, version_id, signatures=form.entries, actor=actor(), now=moment())
    return url_for("plans.show", case_id=case.id, version_id=version_id)


def _accept(case: CaseView, version_id: UUID, form: AcceptForm) -> str:
    services.bring_into_force(
        uow(),
        case,
        version_id,
        in_force_on=form["in_force_on"].data,
        signatures=form.entries,
        reasons=form.reasons,
        client_comment=form["client_comment"].data,
        facts=_above().facts_of(uow(), case, today()),
        expected_version=form.seen,
        actor=actor(),
        now=moment(),
    )
    _above().after_acceptance(uow(), case, actor(), moment())
    return url_for("plans.show", case_id=case.id, version_id=version_id)
