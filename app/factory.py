"""Builds the application: the one module that knows every feature, and hands each what it must not import."""

import os
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from celery import Celery
from flask import Blueprint
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.middleware.proxy_fix import ProxyFix

from app.access.actor import CLIENT_WORK, Actor, Role
from app.accounts import queries as accounts
from app.accounts import views as accounts_views
from app.accounts.domain import AccountsGround, Limit, SessionLimits, SignInLimits
from app.accounts.passwords import Hasher
from app.activity import queries as activity_queries
from app.activity import services as activity
from app.activity import views as activity_views
from app.assessments import views as assessments_views
from app.audit import services as audit
from app.cases.domain import CaseView
from app.clients import views as clients_views
from app.closing import views as closing_views
from app.consents import views as consents_views
from app.coordination import queries as coordination
from app.coordination import views as coordination_views
from app.core import clock
from app.core.crypto import Vault
from app.core.db import make_engine, make_sessions
from app.core.texts import N_, Text
from app.core.uow import UnitOfWork
from app.demo import views as demo_views
from app.drafts import views as drafts_views
from app.duties.domain import DutyOutcome
from app.intake import views as intake_views
from app.measures import views as measures_views
from app.network import services as network
from app.network import views as network_views
from app.papers import views as papers_views
from app.papers.press import Press
from app.participation import queries as participation
from app.participation import views as participation_views
from app.participation.domain import GoalAnswerView
from app.pathways import loader as pathways
from app.pathways import views as pathways_views
from app.plans import views as plans_views
from app.reference import loader as reference
from app.reminders import queries as reminders
from app.reminders import views as reminders_views
from app.reviews import views as reviews_views
from app.supervision import views as supervision_views
from app.upkeep.services import startup_problems
from app.web import front
from app.web import request as visits
from app.web.app import PolkuFlask
from app.web.guards import assert_all_guarded
from app.web.setup import init_app
from app.web.texts import say
from app.web.wiring import Denial, NavItem, Wiring
from app.workbench import events as path_events
from app.workbench import queries as workbench
from app.workbench import views as workbench_views
from app.workbench.domain import CaseShell
from app.worklist import views as worklist_views
from config.logging import configure_logging
from config.settings import Settings

BLUEPRINTS: Final[Sequence[Blueprint]] = (
    front.blueprint,
    accounts_views.blueprint,
    clients_views.blueprint,
    drafts_views.blueprint,
    pathways_views.blueprint,
    consents_views.blueprint,
    network_views.blueprint,
    measures_views.blueprint,
    plans_views.blueprint,
    activity_views.blueprint,
    reviews_views.blueprint,
    assessments_views.blueprint,
    participation_views.blueprint,
    reminders_views.blueprint,
    workbench_views.blueprint,
    papers_views.blueprint,
    closing_views.blueprint,
    intake_views.blueprint,
    worklist_views.blueprint,
    coordination_views.blueprint,
    supervision_views.blueprint,
)


class MenuItem(NamedTuple):
    """One item of the main menu, who has it, and whose pages light it."""

    words: Text
    endpoint: str
    roles: frozenset[Role]
    sections: frozenset[str]


NOTICES: Final = "reminders.notices"
MENU: Final = (
    MenuItem(N_("Work list"), "worklist.home", CLIENT_WORK, frozenset({"worklist"})),
    MenuItem(
        N_("Clients"),
        "clients.index",
        CLIENT_WORK,
        frozenset(
            {
                *("clients", "closing", "workbench", "assessments", "plans", "reviews", "consents", "network"),
                *("activity", "measures", "participation", "papers"),
            }
        ),
    ),
    MenuItem(N_("Allocation"), "coordination.board", frozenset({Role.COORDINATOR}), frozenset({"coordination"})),
    MenuItem(N_("Management"), "supervision.board", frozenset({Role.SUPERVISOR}), frozenset({"supervision"})),
    MenuItem(N_("Import"), "intake.upload", frozenset({Role.COORDINATOR, Role.SUPERVISOR}), frozenset({"intake"})),
    MenuItem(N_("Reminders"), NOTICES, CLIENT_WORK, frozenset({"reminders"})),
    MenuItem(N_("Pathways"), "pathways.index", CLIENT_WORK, frozenset({"pathways"})),
    MenuItem(N_("Log"), "supervision.log", frozenset({Role.PRIVACY_OFFICER}), frozenset({"supervision"})),
    MenuItem(N_("Administration"), "accounts.users", frozenset({Role.ADMIN}), frozenset({"accounts"})),
)


def make_vault(settings: Settings) -> Vault:
    """The vault with the keys of the settings."""
    return Vault(settings.field_keys, settings.protected_keys, settings.index_key)


def configure(settings: Settings) -> None:
    """Give the clock, the reference facts and the pathway models what the settings say; for every process."""
    clock.configure(settings.clock or None)
    reference.configure(settings.root / "config" / "reference")
    pathways.configure(settings.root / "config" / "pathways")


def create_app(settings: Settings, sessions: sessionmaker[Session] | None = None) -> PolkuFlask:
    """Build the application. `sessions` replaces the database connections, for tests."""
    configure(settings)
    app = PolkuFlask("app", static_folder="static", template_folder=None)
    limits = session_limits(settings)
    init_app(app, settings, sessions or _web_sessions(settings), make_vault(settings), _wiring(limits))
    accounts_views.init_app(app, _accounts_ground(settings, limits))
    consents_views.init_app(app, _follow_consent)
    measures_views.init_app(app, path_events.events_of)
    papers_views.init_app(app, Press(settings.root))
    activity_views.init_app(app, workbench.facts_of)
    plans_views.init_app(
        app,
        plans_views.Above(
            facts_of=workbench.facts_of, contract_of=activity_queries.contract_of, after_acceptance=_follow_plan
        ),
    )
    app.extensions[intake_views.QUEUE] = Queue(settings.broker_url)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    if settings.env == "demo":
        app.register_blueprint(demo_views.blueprint)
    app.jinja_env.globals["case_shell"] = _case_shell
    app.jinja_env.globals["goal_answers"] = _goal_answers
    if settings.is_production:
        # only the proxy in front reaches this port (docs/operations.md)
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]  # Flask's way to wrap itself
    assert_all_guarded(app)
    return app


def web() -> PolkuFlask:
    """The web application of this process's environment; called by the web server in each of its workers."""
    configure_logging("web")
    settings = Settings.from_env(os.environ)
    refuse_to_start(start_problems(settings))
    return create_app(settings)


def start_problems(settings: Settings) -> list[str]:
    """Return in plain lines what keeps this process from serving: the settings first, then the database."""
    problems = settings.check()
    if problems:
        return problems
    engine = make_engine(settings.database_url, pool_size=1)
    try:
        return startup_problems(engine, make_vault(settings), root=settings.root, is_production=settings.is_production)
    finally:
        engine.dispose()


def refuse_to_start(problems: list[str]) -> None:
    """End the process with one line for each problem; without any, go on."""
    if problems:
        print("\n".join(problems), file=sys.stderr)  # noqa: T201 - the log is for what runs
        raise SystemExit(3)


class Queue:
    """Wakes a worker for one row by its id; when the broker is away, the next tick finds the row all the same."""

    def __init__(self, broker_url: str) -> None:
        self._celery = Celery("polku", broker=broker_url)
        self._celery.conf.update(
            task_serializer="json",
            task_default_queue="polku",
            broker_connection_timeout=1,
            broker_transport_options={"socket_connect_timeout": 1, "socket_timeout": 2},
        )

    def __call__(self, task: str, row_id: UUID) -> None:
        """Send the task; raises `OperationalError` of kombu when the broker does not answer."""
        self._celery.send_task(task, args=[str(row_id)], retry=False)


def session_limits(settings: Settings) -> SessionLimits:
    """How long sessions live by the settings."""
    return SessionLimits(
        idle=timedelta(minutes=settings.session_idle_minutes),
        idle_privileged=timedelta(minutes=settings.session_idle_minutes_privileged),
        absolute=timedelta(hours=settings.session_absolute_hours),
    )


def make_hasher(settings: Settings) -> Hasher:
    """The password hasher at the cost of the settings."""
    cost = settings.argon2
    return Hasher(memory_kib=cost.memory_kib, time_cost=cost.time_cost, parallelism=cost.parallelism)


def _web_sessions(settings: Settings) -> sessionmaker[Session]:
    engine = make_engine(
        settings.database_url,
        pool_size=settings.web_threads,
        max_overflow=settings.web_pool_overflow,
        statement_timeout_ms=settings.statement_timeout_web * 1000,
    )
    return make_sessions(engine)


def _wiring(limits: SessionLimits) -> Wiring:
    return Wiring(
        load_actor=_load_actor,
        sessions=accounts_views.session_store(limits, waiting=reminders.unseen_of),
        nav_items=_menu_of,
        record_denial=_record_denial,
        settings_endpoint="accounts.settings",
        home_endpoint="front.home",
        search_endpoint="clients.search",
        about_endpoint="front.about",
    )


def _accounts_ground(settings: Settings, limits: SessionLimits) -> AccountsGround:
    return AccountsGround(
        hasher=make_hasher(settings),
        sign_in_limits=SignInLimits(
            account=Limit(*settings.login_account_limit),
            account_and_address=Limit(*settings.login_account_ip_limit),
            address=Limit(*settings.login_ip_limit),
            everybody=Limit(*settings.login_global_limit),
        ),
        session_limits=limits,
        open_cases_of=lambda user_id: coordination.open_cases_of(visits.uow(), user_id),
        professions=lambda: [
            (row.code, str(row.label)) for row in reference.reference().professions.on(visits.today())
        ],
    )


def _load_actor(uow: UnitOfWork, user_id: UUID, now: datetime) -> Actor | None:
    return accounts.load_actor(uow, user_id, now=now)


def _menu_of(actor: Actor) -> list[NavItem]:
    stored = visits.signed_in_session()
    unseen = stored.waiting if stored else 0
    return [
        NavItem(
            say(item.words),
            item.endpoint,
            count=(unseen or None) if item.endpoint == NOTICES else None,
            sections=item.sections,
        )
        for item in MENU
        if actor.has(*item.roles)
    ]


def _record_denial(uow: UnitOfWork, denial: Denial) -> None:
    audit.record(
        uow,
        "denied",
        actor=denial.actor,
        at=denial.at,
        object_kind=denial.endpoint[:60] or "page",
        outcome=str(denial.status),
        detail=dict(denial.view_args),
    )


def _follow_consent(uow: UnitOfWork, case: CaseView, actor: Actor, now: datetime) -> None:
    network.check_members(uow, case, actor=actor, now=now)


def _follow_plan(uow: UnitOfWork, case: CaseView, actor: Actor, now: datetime) -> None:
    activity.settle_duties(uow, case, outcome=DutyOutcome.SUPERSEDED, actor=actor, now=now)


def _goal_answers(case_id: UUID) -> dict[UUID, GoalAnswerView]:
    """Plans stand below participation and cannot ask; their page shows what the client says of each goal."""
    return participation.goal_answers_of(visits.uow(), case_id)


def _case_shell(case_id: UUID) -> CaseShell:
    return workbench.case_shell(visits.uow(), visits.actor(), case_id, now=visits.moment(), today=visits.today())


if __name__ == "__main__":
    # Asked once before the web server starts, which would start a worker that refuses over and over again.
    refuse_to_start(start_problems(Settings.from_env(os.environ)))
