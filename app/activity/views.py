"""The activity pages of a case: the period and its counters, the week, and what is agreed, evaluated and ended."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, Final, TypeAlias
from uuid import UUID

from flask import Blueprint, Flask, current_app, request, url_for
from flask.typing import ResponseReturnValue

from app.access.permissions import Permission
from app.access.policy import can
from app.accounts import queries as accounts
from app.activity import grounds, pages, queries, services
from app.activity.counters import monday_of
from app.activity.domain import (
    CONTRACTS,
    END_REASONS,
    NEXT_STEPS,
    PERIOD_STATES,
    ActivityKind,
    NextStep,
    PeriodView,
    hours_words,
    renewed,
)
from app.activity.forms import (
    EndForm,
    EvaluationForm,
    PeriodForm,
    StewardForm,
    WeekForm,
    make_period_form,
    make_week_form,
    meet,
    row_name,
    week_words,
)
from app.activity.pages import ActivityPage
from app.cases import queries as cases
from app.cases.domain import CaseView
from app.cases.services import look_at
from app.core.errors import NotFound
from app.core.ids import read_id
from app.core.uow import UnitOfWork
from app.pathways.domain import Facts
from app.reference.loader import reference
from app.web.charts import BarChart, BarRow, bars
from app.web.forms import submit
from app.web.guards import requires
from app.web.page import page
from app.web.request import actor, moment, today, uow
from app.web.texts import _

blueprint = Blueprint("activity", __name__)

EXTENSION: Final = "polku.activity"
FactsOf: TypeAlias = Callable[[UnitOfWork, CaseView, date], Facts]
BASE: Final = "/polut/<uuid:case_id>/toiminta"
WORDS: Final[dict[str, Any]] = {
    "states": PERIOD_STATES,
    "end_reasons": END_REASONS,
    "next_steps": NEXT_STEPS,
    "contracts": CONTRACTS,
    "hours_words": hours_words,
    "one_week": timedelta(weeks=1),
    "row_name": row_name,
    "week_words": week_words,
}
"""What the templates of the page say codes and hours with."""


def init_app(app: Flask, facts_of: FactsOf) -> None:
    """Take the reading of what is on record for a case: the pathway decides by it whether activity may begin."""
    app.extensions[EXTENSION] = facts_of


@blueprint.route(BASE)
@requires(Permission.CASE_VIEW)
def index(case_id: UUID) -> ResponseReturnValue:
    """Show the present period, its counters and the week to be marked."""
    case = _seen(case_id, Permission.CASE_VIEW)
    return _show(case, pages.activity_page(uow(), case, today=today()))


@blueprint.route(f"{BASE}/<uuid:period_id>/<week>", methods=["GET", "POST"])
@requires(Permission.CASE_VIEW)
def week(case_id: UUID, period_id: UUID, week: str) -> ResponseReturnValue:
    """Show a week of a period and take its marks in."""
    case = _seen(case_id, Permission.CASE_VIEW)
    shown = pages.activity_page(uow(), case, today=today(), period_id=period_id, monday=_monday(week))
    if shown.week is None:
        raise NotFound
    form = make_week_form(shown.week, today())
    done = submit(form, lambda: _mark(case, shown, form), said=_("The week is saved"))
    return done or _show(case, shown, form, is_behind=meet(form, shown.week))


@blueprint.route(f"{BASE}/uusi", methods=["GET", "POST"])
@requires(Permission.PLAN_EDIT)
def agree(case_id: UUID) -> ResponseReturnValue:
    """Put an agreed period on record, a new one or one that renews another."""
    case = _seen(case_id, Permission.PLAN_EDIT)
    kind, follows_id = _kind(case), read_id(request.args.get("jatkaa", ""))
    form = _period_form(case, kind)
    if request.method == "GET":
        _prefill(case, form, follows_id)
    done = submit(form, lambda: _agree(case, form, follows_id), said=_("The period is on record"))
    missing = services.missing_for_start(case, _facts(case))
    return done or page("activity/agree.html", case=case, form=form, kind=kind, missing=missing, renews=follows_id)


@blueprint.route(f"{BASE}/<uuid:period_id>/muuta", methods=["GET", "POST"])
@requires(Permission.PLAN_EDIT)
def change(case_id: UUID, period_id: UUID) -> ResponseReturnValue:
    """Change the days, the place or the rest of what is agreed; the first and the last day stay."""
    case = _seen(case_id, Permission.PLAN_EDIT)
    period = queries.period_of(uow(), case.id, period_id)
    form = _period_form(case, period.kind, rests_on=period.content.plan_version_id, is_change=True)
    if request.method == "GET":
        form.show(period.content)
        form.open_on(period.version)
    done = submit(form, lambda: _change(case, period, form), said=_("The change is saved"))
    return done or page("activity/change.html", case=case, form=form, kind=period.kind, period=period)


@blueprint.route(f"{BASE}/<uuid:period_id>/luottamusmies", methods=["GET", "POST"])
@requires(Permission.ACTIVITY_EDIT)
def steward(case_id: UUID, period_id: UUID) -> ResponseReturnValue:
    """Record that the shop steward of the place was told."""
    case = _seen(case_id, Permission.ACTIVITY_EDIT)
    period, form = queries.period_of(uow(), case.id, period_id), StewardForm()
    if request.method == "GET":
        form.told_on.process_data(today())
        form.told_by.process_data(accounts.full_names(uow(), [actor().user_id]).get(actor().user_id, ""))
    done = submit(form, lambda: _steward(case, period_id, form), said=_("The notice is on record"))
    return done or page("activity/steward.html", case=case, form=form, period=period)


@blueprint.route(f"{BASE}/<uuid:period_id>/arvioi", methods=["GET", "POST"])
@requires(Permission.PLAN_EDIT)
def evaluate(case_id: UUID, period_id: UUID) -> ResponseReturnValue:
    """Record the evaluation of a period and what follows."""
    case = _seen(case_id, Permission.PLAN_EDIT)
    period, form = queries.period_of(uow(), case.id, period_id), EvaluationForm()
    form.offer()
    if request.method == "GET":
        form.held_on.process_data(today())
    done = submit(form, lambda: _evaluate(case, period_id, form), said=_("The evaluation is on record"))
    return done or page("activity/evaluate.html", case=case, form=form, period=period)


@blueprint.route(f"{BASE}/<uuid:period_id>/paata", methods=["GET", "POST"])
@requires(Permission.PLAN_EDIT)
def end(case_id: UUID, period_id: UUID) -> ResponseReturnValue:
    """End a period with its reason."""
    case = _seen(case_id, Permission.PLAN_EDIT)
    period, form = queries.period_of(uow(), case.id, period_id), EndForm()
    form.offer()
    if request.method == "GET":
        form.ended_on.process_data(min(today(), period.content.ends_on))
    done = submit(form, lambda: _end(case, period_id, form), said=_("The period has ended"))
    return done or page("activity/end.html", case=case, form=form, period=period)


def _seen(case_id: UUID, permission: Permission) -> CaseView:
    return look_at(uow(), actor(), case_id, page="activity", now=moment(), permission=permission)


def _show(
    case: CaseView, shown: ActivityPage, form: WeekForm | None = None, *, is_behind: bool = False
) -> ResponseReturnValue:
    may_mark = can(actor(), Permission.ACTIVITY_EDIT, case.subject)
    if form is None and shown.week is not None and may_mark:
        form = make_week_form(shown.week, today())
    return page(
        "activity/index.html",
        case=case,
        shown=shown,
        form=form if may_mark and shown.week and shown.week.can_be_marked else None,
        chart=_chart(shown),
        is_behind=is_behind,
        lists=reference(),
        **WORDS,
        may_mark=may_mark,
        may_agree=can(actor(), Permission.PLAN_EDIT, case.subject),
    )


def _chart(shown: ActivityPage) -> BarChart | None:
    """Draw the days of the twelve months beside the limit; the table above says the same."""
    if shown.limits is None or shown.year is None:
        return None
    rows = [
        BarRow(_("Attended"), (float(shown.year.used),)),
        BarRow(_("Agreed, to come"), (float(shown.coming),)),
        BarRow(_("Limit"), (float(shown.year.most),)),
    ]
    return bars(_("Days of the 12 months beside the limit"), rows)


def _monday(week: str) -> date:
    """Return the Monday of the week that a day in an address lies in."""
    try:
        return monday_of(date.fromisoformat(week))
    except ValueError:
        raise NotFound from None


def _kind(case: CaseView) -> ActivityKind:
    kind = queries.kind_of(case)
    if kind is None:
        raise NotFound
    return kind


def _facts(case: CaseView) -> Facts:
    facts_of: FactsOf = current_app.extensions[EXTENSION]
    return facts_of(uow(), case, today())


def _period_form(
    case: CaseView, kind: ActivityKind, *, rests_on: UUID | None = None, is_change: bool = False
) -> PeriodForm:
    form = make_period_form(kind, is_change=is_change)
    teams = {case.team_id} if case.team_id else set()
    form.offer(
        plans=queries.plan_versions_of(uow(), case.id, also=rests_on),
        decisions=[one for one in cases.recorded_elsewhere_of(uow(), case.id) if one.document == services.DECISION],
        instructors=accounts.workers_of_teams(uow(), actor().team_ids | actor().led_team_ids | teams, moment()),
    )
    return form


def _prefill(case: CaseView, form: PeriodForm, follows_id: UUID | None) -> None:
    """A renewal starts with what was agreed before, a first period with the plan and the decision there are."""
    if follows_id is not None:
        form.show(renewed(queries.period_of(uow(), case.id, follows_id).content))
    elif (planned := grounds.planned_of(uow(), case)) is not None:
        form.show(planned)
    for name in ("plan_version_id", "decision_id"):
        choices = form[name].choices
        if len(choices) == 1 and not form[name].data:
            form[name].process_data(choices[0].value)


def _agree(case: CaseView, form: PeriodForm, follows_id: UUID | None) -> str:
    services.agree_period(
        uow(), case, form.content(), facts=_facts(case), follows_id=follows_id, actor=actor(), now=moment()
    )
    return _after(case)


def _change(case: CaseView, period: PeriodView, form: PeriodForm) -> str:
    services.change_period(
        uow(),
        case,
        period.id,
        form.content(starts_on=period.content.starts_on, ends_on=period.content.ends_on),
        days_from=form["days_from"].data,
        expected_version=form.seen,
        actor=actor(),
        now=moment(),
    )
    return _after(case)


def _mark(case: CaseView, shown: ActivityPage, form: WeekForm) -> str:
    if shown.week is None or shown.period is None:
        raise NotFound
    services.mark_week(
        uow(),
        case,
        shown.period.id,
        shown.week.monday,
        marks=form.marks(shown.week),
        remark=form.remark.data or None,
        expected_count=form.seen,
        actor=actor(),
        now=moment(),
    )
    return url_for("activity.week", case_id=case.id, period_id=shown.period.id, week=shown.week.monday.isoformat())


def _steward(case: CaseView, period_id: UUID, form: StewardForm) -> str:
    services.tell_steward(
        uow(), case, period_id, told_on=form.told_on.data, told_by=form.told_by.data, actor=actor(), now=moment()
    )
    return _after(case)


def _evaluate(case: CaseView, period_id: UUID, form: EvaluationForm) -> str:
    services.evaluate(
        uow(),
        case,
        period_id,
        held_on=form.held_on.data,
        effect=form.effect.data,
        next_step=form.next_step.data,
        participants=form.participants.data or None,
        actor=actor(),
        now=moment(),
    )
    if form.next_step.data == NextStep.RENEW:  # the new period is written at once
        return url_for("activity.agree", case_id=case.id, jatkaa=period_id)
    return _after(case)


def _end(case: CaseView, period_id: UUID, form: EndForm) -> str:
    services.end_period(
        uow(),
        case,
        period_id,
        ended_on=form.ended_on.data,
        reason=form.reason.data,
        remark=form.remark.data or None,
        heard_on=form.heard_on.data,
        actor=actor(),
        now=moment(),
    )
    return _after(case)


def _after(case: CaseView) -> str:
    return url_for("activity.index", case_id=case.id)
