"""The ground floor stands on fakes: a session that records what is asked of it, and a tiny blueprint of its own."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Self
from uuid import UUID, uuid4

import pytest
from flask import Blueprint, abort, flash, url_for
from flask.testing import FlaskClient
from flask.typing import ResponseReturnValue
from jinja2 import ChoiceLoader, DictLoader
from sqlalchemy.exc import OperationalError

from app.access.actor import Actor, Role
from app.access.permissions import Permission
from app.core import clock, once
from app.core.crypto import Vault
from app.core.errors import Conflict, FieldProblem, Forbidden, NotFound, Refused, TooMany
from app.core.texts import N_
from app.core.uow import UnitOfWork
from app.web.app import PolkuFlask
from app.web.forms import DayField, LongTextField, Needed, PolkuForm, TextField, submit
from app.web.guards import assert_all_guarded, public, requires, signed_in
from app.web.page import fragment, page, see_other
from app.web.request import uow
from app.web.session import end_session, start_session, take_next
from app.web.setup import init_app
from app.web.wiring import Denial, NavItem, NewSession, SessionStore, StoredSession, Wiring
from tests.strict import StrictClient

USER_ID = UUID("00000000-0000-4000-8000-000000000001")
WORKER = Actor(kind="user", id=USER_ID, name="Anna Mäki", username="anna", roles=frozenset({Role.OWN_WORKER}))
VAULT = Vault({1: bytes(range(32))}, {1: bytes(range(32, 64))}, bytes(range(64, 96)))
NINE = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)


@dataclass
class Ledger:
    """What happened to the transactions, in order."""

    deeds: list[str] = field(default_factory=list)
    commit_fails: bool = False
    is_down: bool = False
    denials: list[Denial] = field(default_factory=list)
    rows: dict[bytes, StoredSession] = field(default_factory=dict)
    touched: list[datetime] = field(default_factory=list)
    actor: Actor | None = WORKER


class FakeSession:
    """Stands where SQLAlchemy's session stands."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        return None

    def execute(self, *_args: object) -> None:
        if self.ledger.is_down:
            raise OperationalError("SELECT 1", {}, OSError("down"))

    def flush(self) -> None:
        self.ledger.deeds.append("flush")

    def commit(self) -> None:
        if self.ledger.commit_fails:
            raise RuntimeError("disk full")
        self.ledger.deeds.append("commit")

    def rollback(self) -> None:
        self.ledger.deeds.append("rollback")

    def close(self) -> None:
        self.ledger.deeds.append("close")


@dataclass(frozen=True)
class FakeSettings:
    """The settings the ground reads."""

    secret_key: str = "s" * 40
    base_url: str = "https://polku.example"
    metrics_token: str = "figures"


class NoteForm(PolkuForm):
    """Two fields."""

    day = DayField("Päivä", validators=[Needed("Kirjoita päivä")])
    what = LongTextField("Mitä sovittiin", validators=[Needed("Kirjoita, mitä sovittiin")])
    place = TextField("Paikka")


def blueprint() -> Blueprint:
    """Make the views that the tests call."""
    views = Blueprint("tiny", __name__)
    _add_pages(views)
    _add_acts(views)
    _add_door(views)
    return views


def _add_pages(views: Blueprint) -> None:
    @views.get("/avoin")
    @public
    def open_page() -> ResponseReturnValue:
        return page("tiny/open.html")

    @views.get("/etusivu")
    @signed_in
    def home() -> ResponseReturnValue:
        uow().flush()
        return page("tiny/open.html")

    @views.get("/esihenkilo")
    @requires(Permission.SUPERVISE)
    def board() -> ResponseReturnValue:
        return page("tiny/open.html")

    @views.get("/osa")
    @signed_in
    def part() -> ResponseReturnValue:
        return fragment("tiny/part.html", said="Tallennettu")


def _add_acts(views: Blueprint) -> None:
    @views.get("/rikki/<kind>")
    @signed_in
    def broken(kind: str) -> ResponseReturnValue:
        uow().flush()
        errors: Mapping[str, Exception] = {
            "404": NotFound(),
            "403": Forbidden(),
            "409": Conflict(N_("The record was changed after you opened it.")),
            "422": Refused(N_("The values cannot be accepted.")),
            "429": TooMany(N_("The same thing was tried too often in a short time.")),
            "500": RuntimeError("salaisuus"),
        }
        if kind in errors:
            raise errors[kind]
        abort(int(kind))

    @views.route("/kirjaa", methods=["GET", "POST"])
    @signed_in
    def note() -> ResponseReturnValue:
        form = NoteForm()

        def act() -> str:
            uow().flush()
            if form.what.data == "kielletty":
                raise Refused.because([FieldProblem("what", N_("Write the date, for example 5.2.2026."))])
            if form.what.data == "muuttunut":
                raise Conflict(N_("The record was changed after you opened it."))
            return url_for("tiny.home")

        return submit(form, act, said="Kirjaus tallennettu") or page("tiny/form.html", form=form)


def _add_door(views: Blueprint) -> None:
    @views.post("/kirjaudu")
    @public
    def sign_in() -> ResponseReturnValue:
        start_session(USER_ID)
        return see_other(take_next() or url_for("tiny.home"))

    @views.get("/kirjaudu")
    @public
    def sign_in_page() -> ResponseReturnValue:
        return page("tiny/open.html")

    @views.post("/ulos")
    @signed_in
    def sign_out() -> ResponseReturnValue:
        end_session()
        flash("Olet kirjautunut ulos")
        return see_other(url_for("tiny.sign_in_page"))


def store(ledger: Ledger) -> SessionStore:  # noqa: C901 - one small function a deed
    """Keep sessions in a dict."""

    def find(uow: UnitOfWork, key: bytes, _now: datetime) -> StoredSession | None:
        uow.session.execute("SELECT")  # type: ignore[call-overload] # the fake takes anything
        return ledger.rows.get(key)

    def begin(_uow: UnitOfWork, new: NewSession, now: datetime) -> StoredSession:
        row = StoredSession(
            id=uuid4(), user_id=new.user_id, started_at=now, last_seen_at=now,
            ends_at=now.replace(hour=17), idle_seconds=1200, values=dict(new.values),
        )  # fmt: skip
        ledger.rows[new.token_hash] = row
        return row

    def touch(_uow: UnitOfWork, _session_id: UUID, now: datetime) -> None:
        ledger.touched.append(now)

    def save(_uow: UnitOfWork, session_id: UUID, values: Mapping[str, Any]) -> None:
        for key, row in ledger.rows.items():
            if row.id == session_id:
                ledger.rows[key] = replace(row, values=dict(values))

    def end(_uow: UnitOfWork, session_id: UUID, _now: datetime) -> None:
        for key in [key for key, row in ledger.rows.items() if row.id == session_id]:
            del ledger.rows[key]

    return SessionStore(find=find, begin=begin, touch=touch, save=save, end=end)


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture(autouse=True)
def _one_morning() -> Iterator[None]:
    clock.configure("2026-11-24T09:00+02:00")
    yield
    clock.configure(None)


@pytest.fixture
def app(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> PolkuFlask:
    """An application of the ground floor and the tiny blueprint."""
    seen: dict[UUID, str] = {}
    monkeypatch.setattr(once, "claim", lambda _uow, key, *_rest, **_more: seen.get(key))
    monkeypatch.setattr(once, "settle", lambda _uow, key, location: seen.__setitem__(key, location))
    made = PolkuFlask("app")
    made.config["PROPAGATE_EXCEPTIONS"] = False
    wiring = Wiring(
        load_actor=lambda _uow, _id, _now: ledger.actor,
        sessions=store(ledger),
        nav_items=lambda _actor: [NavItem("Työlista", "tiny.home", count=3)],
        record_denial=lambda _uow, denial: ledger.denials.append(denial),
        sign_in_endpoint="tiny.sign_in_page",
        sign_out_endpoint="tiny.sign_out",
        home_endpoint="tiny.home",
    )
    init_app(made, FakeSettings(), lambda: FakeSession(ledger), VAULT, wiring)  # type: ignore[arg-type] # fakes
    made.jinja_env.loader = ChoiceLoader([DictLoader(TEMPLATES), made.jinja_env.loader])  # type: ignore[list-item]  # never None here
    made.register_blueprint(blueprint())
    assert_all_guarded(made)
    return made


TEMPLATES = {
    "tiny/open.html": '{% extends "layouts/base.html" %}{% block title %}Avoin{% endblock %}'
    '{% block main %}<h1>Avoin</h1><form method="post">'
    '<input type="hidden" name="csrf_token" value="{{ csrf_token() }}"></form>{% endblock %}',
    "tiny/part.html": "<p>osa</p>",
    "tiny/form.html": '{% extends "layouts/base.html" %}'
    '{% from "components/forms.html" import error_summary, hidden, field, buttons with context %}'
    "{% block title %}Kirjaus{% endblock %}{% block main %}{{ error_summary(form) }}<h1>Kirjaus</h1>"
    "<form method=post novalidate>"
    "{{ hidden(form) }}"
    '{{ field(form.day) }}{{ field(form.what) }}{{ field(form.place) }}{{ buttons("Tallenna") }}</form>{% endblock %}',
}


@pytest.fixture
def client(app: PolkuFlask) -> FlaskClient:
    """A browser at the https address that accepts no sloppy page."""
    app.test_client_class = StrictClient
    return app.test_client()


@pytest.fixture
def before(client: FlaskClient) -> str:
    """The form token of a page before sign-in."""
    return token_in(client.get("/avoin").text)


@pytest.fixture
def signed(client: FlaskClient, before: str) -> FlaskClient:
    """A browser that has signed in."""
    assert client.post("/kirjaudu", data={"csrf_token": before}).status_code == 303
    return client


@pytest.fixture
def csrf(signed: FlaskClient) -> str:
    """The form token of a signed-in page."""
    return token_in(signed.get("/kirjaa").text)


def token_in(text: str) -> str:
    """Return the form token of a page."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', text)
    assert found is not None
    return found[1]
