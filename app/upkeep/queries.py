"""Compares what is kept for speed with what it was made from. Reads every feature's rows, changes none."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, String, and_, cast, exists, func, literal, or_, select, text
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from app.access.models import Standing
from app.access.predicates import StandingKind
from app.accounts.models import User
from app.activity.models import ActivityEvaluation, ActivityPeriod
from app.assessments.models import NeedsAssessment
from app.assessments.needs import limits_of
from app.assessments.queries import head_of
from app.assessments.services import REOPENED as ANEW
from app.cases.models import Case, NextStep, StageVisit
from app.clients.domain import name_prefixes
from app.clients.models import Client, ClientToken
from app.consents.models import Consent
from app.core.crypto import SealBroken
from app.core.uow import UnitOfWork
from app.duties.domain import POSTPONINGS, DutyKind
from app.duties.models import Duty
from app.network.domain import BESIDE, PeriodKind
from app.network.models import NetworkMember, ResponsiblePeriod
from app.pathways.engine import first_days, stage_map
from app.plans.domain import REOPENED, DueDay, VersionState, explain_due
from app.plans.models import Plan, PlanVersion, Review
from app.protection.models import SealedContact
from app.reference.loader import cadence_for, reference
from app.upkeep.domain import Drift, Finding

PERIOD: Final = "activity_period"
BATCH: Final = 2000
LINE: Final = {
    (PeriodKind.PRIMARY,): StandingKind.RESPONSIBLE.value,
    BESIDE: StandingKind.PAIR.value,
}


def _ref() -> ColumnElement[str]:
    return literal("A-") + cast(Client.ref_number, String) + "/" + cast(Case.ordinal, String)


def _of_cases(*columns: Any) -> Select[*tuple[Any, ...]]:  # noqa: ANN401 - columns of any kind
    return select(_ref().label("ref"), *columns).select_from(Case).join(Client, Client.id == Case.client_id)


def _findings(uow: UnitOfWork, drift: Drift, statement: Select[*tuple[Any, ...]]) -> Iterator[Finding]:
    for row in uow.session.execute(statement):
        yield Finding(drift, row[0], str(row[1]) if len(row) > 1 else "")


# -- stages, line, rights ----------------------------------------------------------------------------------------------


def wrong_stages(uow: UnitOfWork) -> Iterator[Finding]:
    """Cases whose stage, its day, or first days of stages 2 and 4 are not those their visits give (ruling 12)."""
    kept = (Case.current_stage, Case.current_since, Case.identified_on, Case.planned_on)
    rows = uow.session.execute(
        _of_cases(Case.id, *kept, StageVisit.stage, StageVisit.state, StageVisit.entered_on)
        .outerjoin(StageVisit, StageVisit.case_id == Case.id)
        .where(Case.closed_at.is_(None))
        .order_by(Case.id, StageVisit.ordinal)
        .execution_options(yield_per=BATCH)
    )
    for _, visits in groupby(rows, key=lambda row: row.id):
        stays = list(visits)
        case, walked = stays[0], [row for row in stays if row.stage is not None]
        found = stage_map(walked)
        was = (case.current_stage, case.current_since, case.identified_on, case.planned_on)
        now = (str(found.current), found.since, *first_days(walked))
        if was != now:
            yield Finding(Drift.STAGE, case.ref, " / ".join(", ".join(map(str, side)) for side in (was, now)))


def wrong_workers(uow: UnitOfWork) -> Iterator[Finding]:
    """Cases whose worker is not the one of the line; a closed case has an ended line."""
    open_now = (
        select(ResponsiblePeriod.user_id)
        .where(
            ResponsiblePeriod.case_id == Case.id,
            ResponsiblePeriod.kind == "primary",
            func.upper_inf(ResponsiblePeriod.during),
        )
        .correlate(Case)
        .scalar_subquery()
    )
    differs = Case.primary_worker_id.is_distinct_from(open_now)
    return _findings(uow, Drift.WORKER, _of_cases().where(differs))


def wrong_standings(uow: UnitOfWork) -> Iterator[Finding]:
    """Rights without their source, and sources without their right (ruling 2)."""
    for kinds, standing in LINE.items():
        line = and_(ResponsiblePeriod.kind.in_(kinds), func.upper_inf(ResponsiblePeriod.during))
        right = and_(Standing.kind == standing, Standing.valid_to.is_(None))
        has_right = exists().where(right, Standing.case_id == Case.id, Standing.user_id == ResponsiblePeriod.user_id)
        has_line = exists().where(
            line, ResponsiblePeriod.case_id == Case.id, ResponsiblePeriod.user_id == Standing.user_id
        )
        without = _of_cases(literal(standing)).join(ResponsiblePeriod, ResponsiblePeriod.case_id == Case.id)
        yield from _findings(uow, Drift.STANDING_MISSING, without.where(line, ~has_right))
        extra = _of_cases(literal(standing)).join(Standing, Standing.case_id == Case.id)
        yield from _findings(uow, Drift.STANDING_EXTRA, extra.where(right, ~has_line))


# -- duties ------------------------------------------------------------------------------------------------------------


def wrong_duties(uow: UnitOfWork) -> Iterator[Finding]:
    """Duties that are missing, left over, or due on another day than their source says (architecture 2.4)."""
    yield from _findings(uow, Drift.DUTY_EXTRA, _orphans())
    for kind, subject_kind, source in _dated_sources():
        asked = source.subquery()
        of_source = and_(_is_open(kind), Duty.subject_kind == subject_kind, Duty.subject_id == asked.c.id)
        missing = _of_cases(literal(kind.value)).join(asked, asked.c.case_id == Case.id)
        yield from _findings(uow, Drift.DUTY_MISSING, missing.where(~exists().where(of_source)))
        moved = missing.join(Duty, of_source).where(Duty.due_on != asked.c.due_on)
        yield from _findings(uow, Drift.DUTY_DAY, moved)
    yield from _wrong_reviews(uow)
    yield from _wrong_assessments(uow)


def _is_open(kind: DutyKind) -> ColumnElement[bool]:
    return and_(Duty.kind == kind, Duty.closed_at.is_(None))


def _dated_sources() -> Iterator[tuple[DutyKind, str, Select[*tuple[Any, ...]]]]:
    is_open = Case.closed_at.is_(None)
    consents = select(Consent.id, Consent.case_id, Consent.valid_until.label("due_on"))
    yield (
        DutyKind.CONSENT_EXPIRY,
        "consent",
        consents.join(Case, Case.id == Consent.case_id).where(
            is_open, Consent.valid_until >= Case.opened_on, Consent.withdrawn_on.is_(None), _not_closed("consent")
        ),
    )
    steps = select(NextStep.id, NextStep.case_id, NextStep.due_on)
    yield (
        DutyKind.TASK,
        "next_step",
        steps.join(Case, Case.id == NextStep.case_id).where(
            is_open,
            NextStep.due_on.is_not(None),
            NextStep.done_on.is_(None),
            NextStep.dropped_on.is_(None),
            _not_closed("next_step"),
        ),
    )
    yield from _activity_sources(is_open)


def _activity_sources(
    is_open: ColumnElement[bool],
) -> Iterator[tuple[DutyKind, str, Select[*tuple[Any, ...]]]]:
    """What unsettled periods owe; a plan that ends on the same day asks for the end of both (app.activity.owed)."""
    period = ActivityPeriod
    unsettled = and_(is_open, period.end_reason.is_(None))
    evaluated = exists().where(ActivityEvaluation.period_id == period.id)
    asked_by_plan = exists().where(
        _is_open(DutyKind.PLAN_PERIOD_END), Duty.case_id == period.case_id, Duty.due_on == period.ends_on
    )
    due = select(period.id, period.case_id, period.evaluate_on.label("due_on")).join(Case, Case.id == period.case_id)
    yield (
        DutyKind.ACTIVITY_EVALUATION,
        PERIOD,
        due.where(unsettled, period.evaluate_on.is_not(None), ~evaluated),
    )
    ends = select(period.id, period.case_id, period.ends_on.label("due_on")).join(Case, Case.id == period.case_id)
    yield DutyKind.ACTIVITY_PERIOD_END, PERIOD, ends.where(unsettled, ~asked_by_plan)


def _not_closed(subject_kind: str) -> ColumnElement[bool]:
    """Nobody has settled a duty about it: a task that ended with its case, a consent that was let end."""
    subject_id = Consent.id if subject_kind == "consent" else NextStep.id
    settled = Duty.outcome.in_(("done", "not_needed", "case_closed", "withdrawn"))
    return ~exists().where(Duty.subject_kind == subject_kind, Duty.subject_id == subject_id, settled)


def _orphans() -> Select[*tuple[Any, ...]]:
    """Open duties of closed cases, and of sources that are over."""
    plan_over = ~exists().where(
        Plan.id == Duty.subject_id, PlanVersion.plan_id == Plan.id, PlanVersion.state == VersionState.IN_FORCE
    )
    member_gone = exists().where(NetworkMember.id == Duty.subject_id, NetworkMember.removed_at.is_not(None))
    step_over = or_(NextStep.done_on.is_not(None), NextStep.dropped_on.is_not(None))
    step_done = exists().where(NextStep.id == Duty.subject_id, step_over)
    withdrawn = exists().where(Consent.id == Duty.subject_id, Consent.withdrawn_on.is_not(None))
    period_settled = exists().where(ActivityPeriod.id == Duty.subject_id, ActivityPeriod.end_reason.is_not(None))
    activity = (DutyKind.ACTIVITY_EVALUATION, DutyKind.ACTIVITY_PERIOD_END)
    return (
        _of_cases(Duty.kind)
        .join(Duty, Duty.case_id == Case.id)
        .where(
            Duty.closed_at.is_(None),
            or_(
                Case.closed_at.is_not(None),
                and_(Duty.kind.in_((DutyKind.PLAN_REVIEW, DutyKind.PLAN_PERIOD_END)), plan_over),
                and_(Duty.kind == DutyKind.MEMBER_WITHOUT_BASIS, member_gone),
                and_(Duty.kind == DutyKind.TASK, step_done),
                and_(Duty.kind == DutyKind.CONSENT_EXPIRY, withdrawn),
                and_(Duty.kind.in_(activity), period_settled),
            ),
        )
    )


def _wrong_assessments(uow: UnitOfWork) -> Iterator[Finding]:
    """Needs assessments that nobody is reminded of or on another day than 1301/2014 36 § and the group give; and over.

    A day given anew with a reopened case is a decision of its own.
    """
    is_finished = NeedsAssessment.finished_on.is_not(None)
    over = {
        DutyKind.NEEDS_ASSESSMENT_START: or_(NeedsAssessment.started_on.is_not(None), is_finished),
        DutyKind.NEEDS_ASSESSMENT_DONE: is_finished,
    }
    for kind, is_over in over.items():
        of_one = and_(Duty.kind == kind, Duty.subject_id == NeedsAssessment.id)
        is_owed = exists().where(of_one, Duty.closed_at.is_(None))
        is_settled = exists().where(of_one, Duty.outcome.in_(("done", "not_needed")))
        cases = _of_cases(literal(kind.value)).join(NeedsAssessment, NeedsAssessment.case_id == Case.id)
        open_cases = cases.where(Case.closed_at.is_(None))
        yield from _findings(uow, Drift.DUTY_MISSING, open_cases.where(~is_over, ~is_owed, ~is_settled))
        yield from _findings(uow, Drift.DUTY_EXTRA, open_cases.where(is_over, is_owed))
        owed = open_cases.add_columns(NeedsAssessment, Duty.due_on).join(Duty, of_one).where(~is_over)
        for ref, _, row, due_on in uow.session.execute(owed.where(Duty.closed_at.is_(None), Duty.rule_code != ANEW)):
            limit_on = limits_of(head_of(row), reference())[kind].limit_on
            if due_on != limit_on:
                yield Finding(Drift.DUTY_DAY, ref, f"{kind} {due_on} / {limit_on}")


MOVED: Final = frozenset({REOPENED, *POSTPONINGS})
"""Reviews whose day is a decision of its own: given anew with a reopened case, or put off."""


def _wrong_reviews(uow: UnitOfWork) -> Iterator[Finding]:
    rows = uow.session.execute(_plans_in_force().execution_options(yield_per=BATCH))
    for row in rows:
        if row.review_on is None and row.period_due_on is None:
            yield Finding(Drift.DUTY_MISSING, row.ref, DutyKind.PLAN_REVIEW)
        elif row.review_on is not None and row.rule_code not in MOVED and row.review_on != _review_day(row):
            yield Finding(Drift.DUTY_DAY, row.ref, f"{DutyKind.PLAN_REVIEW} {row.review_on} / {_review_day(row)}")


def _plans_in_force() -> Select[*tuple[Any, ...]]:
    """Every plan in force of an open case, with what its next review is reckoned from and the duties it has."""
    begun = select(func.min(PlanVersion.in_force_on)).where(PlanVersion.plan_id == Plan.id)
    held = (
        select(func.array_agg(aggregate_order_by(Review.held_on, Review.held_on)))
        .where(Review.plan_id == Plan.id)
        .correlate(Plan)
        .scalar_subquery()
    )
    next_on = (
        select(Review.next_review_on)
        .where(Review.plan_id == Plan.id)
        .order_by(Review.held_on.desc(), Review.recorded_at.desc())
        .limit(1)
        .correlate(Plan)
        .scalar_subquery()
    )
    return (
        _of_cases(
            Case.model_key,
            Plan.kind,
            PlanVersion.in_force_on,
            PlanVersion.period_end,
            PlanVersion.next_review_on,
            begun.correlate(Plan).scalar_subquery().label("first_on"),
            held.label("held"),
            next_on.label("agreed_on"),
            _open_duty(DutyKind.PLAN_REVIEW, Duty.due_on).label("review_on"),
            _open_duty(DutyKind.PLAN_REVIEW, Duty.rule_code).label("rule_code"),
            _open_duty(DutyKind.PLAN_PERIOD_END, Duty.due_on).label("period_due_on"),
        )
        .join(Plan, Plan.case_id == Case.id)
        .join(PlanVersion, and_(PlanVersion.plan_id == Plan.id, PlanVersion.state == VersionState.IN_FORCE))
        .where(Case.closed_at.is_(None))
    )


def _open_duty(kind: DutyKind, wanted: Any) -> Any:  # noqa: ANN401 - a column, a scalar subquery of its type
    of_plan = and_(_is_open(kind), Duty.subject_kind == "plan", Duty.subject_id == Plan.id)
    return select(wanted).where(of_plan).correlate(Plan).scalar_subquery()


def _review_day(row: Any) -> date | None:  # noqa: ANN401 - a row of `_plans_in_force`
    """The day agreed, or else the limit; the same as `plans.queries.agreed_day` and `due_now` say of one plan."""
    held = list(row.held or ())
    is_after = bool(held) and held[-1] >= row.in_force_on
    agreed: date | None = row.agreed_on if is_after else row.next_review_on
    return agreed or _due(row, held).limit_on


def _due(row: Any, held: list[date]) -> DueDay:  # noqa: ANN401 - as above
    cadences = cadence_for(row.model_key, row.kind, held[-1] if held else row.first_on)
    return explain_due(in_force_on=row.first_on, held=held, cadences=cadences, period_end=row.period_end)


# -- the register, the trail, the server -------------------------------------------------------------------------------


def clients_without_tokens(uow: UnitOfWork) -> Iterator[Finding]:
    """Clients that no search by name can find."""
    ref = literal("A-") + cast(Client.ref_number, String)
    has_token = exists().where(ClientToken.client_id == Client.id)
    return _findings(uow, Drift.TOKENS, select(ref).where(~has_token))


def trail_rights(uow: UnitOfWork) -> frozenset[str]:
    """What the present role may do to the trail; it should be SELECT and INSERT."""
    asked = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE")
    held = uow.session.execute(select(*(func.has_table_privilege("audit_event", right) for right in asked))).one()
    return frozenset(right for right, has in zip(asked, held, strict=True) if has)


@dataclass(frozen=True, slots=True)
class ServerState:
    """What a start asks of the database."""

    revision: str | None
    settings_off: tuple[str, ...]
    lowers_finnish: bool
    sorted_words: tuple[str, ...] | None
    is_superuser: bool
    owns_tables: bool
    has_demo_users: bool


NAMES: Final = ("Zetterberg", "Åberg", "Äijälä", "Öhman")
DURABLE: Final = ("fsync", "full_page_writes", "synchronous_commit")
_OFF: Final = text("SELECT name FROM pg_settings WHERE name = ANY(:names) AND setting = 'off' ORDER BY name")
_ROLE: Final = text(
    "SELECT rolsuper, EXISTS (SELECT FROM pg_class WHERE relowner = pg_roles.oid AND relkind = 'r' "
    "AND relnamespace = 'public'::regnamespace) FROM pg_roles WHERE rolname = current_user"
)
_ORDER: Final = text('SELECT name FROM unnest(CAST(:names AS text[])) name ORDER BY fi_key(name) COLLATE "C"')
_REVISION: Final = text("SELECT version_num FROM alembic_version")
_HAS: Final = text("SELECT to_regclass('public.alembic_version') IS NOT NULL")


def server_state(session: Session, *, newest: str | None) -> ServerState:
    """Ask the database what a start must know; one that is not at the newest revision is not asked for its rows."""
    revision = session.scalar(_REVISION) if session.scalar(_HAS) else None
    is_made = revision is not None and revision == newest
    role = session.execute(_ROLE).one()
    return ServerState(
        revision=revision,
        settings_off=tuple(session.scalars(_OFF, {"names": list(DURABLE)})),
        lowers_finnish=session.scalar(select(func.lower("Ä"))) == "ä",
        sorted_words=tuple(session.scalars(_ORDER, {"names": list(NAMES[::-1])})) if is_made else None,
        is_superuser=role[0],
        owns_tables=role[1],
        has_demo_users=is_made and bool(session.scalar(select(exists().where(User.is_demo, User.is_active)))),
    )


def keys_that_do_not_fit(uow: UnitOfWork) -> list[str]:
    """Return which settings of keys do not open, or do not find, the first and the last client and a sealed address."""
    wrong = dict[str, None]()
    for order in (Client.ref_number.asc(), Client.ref_number.desc()):
        row = uow.session.execute(select(Client.id, Client.last_name).order_by(order).limit(1)).one_or_none()
        if row is None:
            continue
        try:
            name = uow.vault.open("client", "last_name", row.id, row.last_name)
        except SealBroken:
            wrong["POLKU_FIELD_KEYS"] = None
        else:
            if not _is_found_by(uow, row.id, name):
                wrong["POLKU_INDEX_KEY"] = None
    if not _opens_protected(uow):
        wrong["POLKU_PROTECTED_KEYS"] = None
    return list(wrong)


def _is_found_by(uow: UnitOfWork, client_id: UUID, name: str) -> bool:
    """Whether a client is filed under a name; one that is filed under none says nothing of the key."""
    filed = set(uow.session.scalars(select(ClientToken.token).where(ClientToken.client_id == client_id)))
    return not filed or not filed.isdisjoint(map(uow.vault.name_token, name_prefixes(name)))


def _opens_protected(uow: UnitOfWork) -> bool:
    for column in (SealedContact.municipality, SealedContact.address, SealedContact.phone, SealedContact.email):
        row = uow.session.execute(select(SealedContact.id, column).where(column.is_not(None)).limit(1)).one_or_none()
        if row is not None:
            try:
                uow.vault.protected.open_optional("sealed_contact", column.key, row[0], row[1])
            except SealBroken:
                return False
    return True
