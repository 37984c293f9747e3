"""Pages of signing in, of one's own settings, and of users and teams."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

from flask import Blueprint, Flask, Response, current_app, request, session, url_for
from flask.typing import ResponseReturnValue

from app.access.permissions import Permission
from app.accounts import domain, forms, queries, services, sessions
from app.core.errors import Refused, TooMany
from app.core.texts import N_
from app.core.uow import UnitOfWork
from app.web import wiring
from app.web.forms import PolkuForm, refuse, submit
from app.web.guards import guard_of, public, requires, signed_in
from app.web.page import page, see_other
from app.web.request import actor, apart, maybe_actor, moment, signed_in_session, today, uow, visit
from app.web.session import end_session, is_own_path, start_session, take_next
from app.web.texts import _

blueprint = Blueprint("accounts", __name__)

EXTENSION: Final = "polku.accounts"
MUST_CHANGE: Final = "must_change_password"
# A browser keeps our cookie on plain http only for names it knows to be this machine.
THIS_MACHINE: Final = frozenset({"127.0.0.1", "localhost", "::1"})


def init_app(app: Flask, ground: domain.AccountsGround) -> None:
    """Give the pages what they need, and send whoever must change a password there first."""
    app.extensions[EXTENSION] = ground
    app.before_request(_ask_for_own_password)


def session_store(limits: domain.SessionLimits, waiting: sessions.Counted) -> wiring.SessionStore:
    """The sessions of accounts as the web layer wants them; `waiting` counts what the menu shows of a user."""
    statement = sessions.token_statement(waiting)

    def find(unit: UnitOfWork, token_hash: bytes, now: datetime) -> wiring.StoredSession | None:
        found = sessions.find(unit, token_hash, limits=limits, now=now, statement=statement)
        return None if found is None else _stored(found)

    def save(unit: UnitOfWork, session_id: UUID, values: Mapping[str, Any]) -> None:
        sessions.save(unit, session_id, {key: value for key, value in values.items() if key != MUST_CHANGE})

    return wiring.SessionStore(
        find=find,
        begin=lambda unit, new, now: _stored(sessions.begin(unit, new, limits=limits, now=now)),
        touch=lambda unit, session_id, now: sessions.touch(unit, session_id, now=now),
        save=save,
        end=lambda unit, session_id, _now: sessions.end(unit, session_id),
    )


@blueprint.route("/kirjaudu", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    """Let a user in, and take them to the page they wanted."""
    wanted = request.args.get("next", "")
    if request.method == "GET" and maybe_actor() is not None:
        return see_other(wanted if is_own_path(wanted) else _first_page())
    if is_own_path(wanted):
        session["next"] = wanted
    form = forms.SignInForm()
    entered = _enter(form) if form.validate_on_submit() else None
    return entered or page("accounts/sign_in.html", form=form, is_unsafe=_is_unsafe())


@blueprint.route("/kirjaudu-ulos", methods=["POST"])
@public
def sign_out() -> ResponseReturnValue:
    """End the session, if there still is one."""
    if maybe_actor() is not None:
        sessions.sign_out(uow(), actor=actor(), now=moment())
        end_session()
    return see_other(url_for("accounts.sign_in"))


@blueprint.route("/oma", methods=["GET", "POST"])
@signed_in
def settings() -> ResponseReturnValue:
    """Show and change how the pages look; list the user's own sessions."""
    user = queries.get_user(uow(), actor().user_id)
    form = forms.LookForm(data={"theme": user.theme.value, "density": user.density.value})

    def act() -> str:
        theme, density = domain.Theme(form.theme.data), domain.Density(form.density.data)
        services.choose_look(uow(), theme=theme, density=density, actor=actor(), now=moment())
        return url_for("accounts.settings")

    done = submit(form, act, said=_("Settings saved"))
    return done or page("accounts/settings.html", form=form, user=user, roles=domain.ROLE_NAMES, live=_own_sessions())


@blueprint.route("/oma/istunnot/paata", methods=["POST"])
@signed_in
def end_others() -> ResponseReturnValue:
    """End the user's other sessions."""

    def act() -> str:
        sessions.end_others(uow(), actor=actor(), now=moment())
        return url_for("accounts.settings")

    return submit(PolkuForm(), act, said=_("Other sessions ended")) or see_other(url_for("accounts.settings"))


@blueprint.route("/oma/salasana", methods=["GET", "POST"])
@signed_in
def change_password() -> ResponseReturnValue:
    """Change one's own password; also the first page of somebody who was given one."""
    form = forms.OwnPasswordForm()
    done = submit(form, lambda: _change_own_password(form), said=_("Password changed"))
    return done or page("accounts/change_password.html", form=form, must_change=_must_change())


@blueprint.route("/yllapito/kayttajat")
@requires(Permission.USERS_MANAGE)
def users() -> ResponseReturnValue:
    """List the accounts, those in use first."""
    found = queries.list_users(uow(), moment())
    return page("accounts/users.html", users=found, teams=queries.team_names(uow()), roles=domain.ROLE_NAMES)


@blueprint.route("/yllapito/kayttajat/uusi", methods=["GET", "POST"])
@requires(Permission.USERS_MANAGE)
def new_user() -> ResponseReturnValue:
    """Make an account with its first password."""
    form = forms.NewUserForm()
    _offer(form)

    def act() -> str:
        password = form.password.data or ""
        made = services.create_user(uow(), **form.details(), password=password, actor=actor(), now=moment())
        _set_first_password(made.id, form)
        return url_for("accounts.users")

    return submit(form, act, said=_("User added")) or page("accounts/new_user.html", form=form)


@blueprint.route("/yllapito/kayttajat/<uuid:user_id>", methods=["GET", "POST"])
@requires(Permission.USERS_MANAGE)
def edit_user(user_id: UUID) -> ResponseReturnValue:
    """Change an account."""
    user = queries.get_user(uow(), user_id, now=moment())
    form = forms.UserForm(data=forms.standing_values(user))
    _offer(form)

    def act() -> str:
        version = form.seen
        services.change_user(uow(), user_id, expected_version=version, **form.details(), actor=actor(), now=moment())
        return url_for("accounts.users")

    return submit(form, act, said=_("Changes saved")) or page("accounts/edit_user.html", form=form, user=user)


@blueprint.route("/yllapito/kayttajat/<uuid:user_id>/salasana", methods=["GET", "POST"])
@requires(Permission.USERS_MANAGE)
def set_password(user_id: UUID) -> ResponseReturnValue:
    """Give a user a new first password."""
    user = queries.get_user(uow(), user_id)
    form = forms.FirstPasswordForm()

    def act() -> str:
        _set_first_password(user_id, form)
        return url_for("accounts.edit_user", user_id=user_id)

    return submit(form, act, said=_("Password set")) or page("accounts/set_password.html", form=form, user=user)


@blueprint.route("/yllapito/kayttajat/<uuid:user_id>/sulje", methods=["GET", "POST"])
@requires(Permission.USERS_MANAGE)
def deactivate_user(user_id: UUID) -> ResponseReturnValue:
    """Close an account whose cases have been moved."""
    user = queries.get_user(uow(), user_id)
    form = PolkuForm()

    def act() -> str:
        cases = _ground().open_cases_of(user_id)
        services.deactivate_user(uow(), user, actor=actor(), now=moment(), open_cases=cases)
        return url_for("accounts.users")

    return submit(form, act, said=_("Account closed")) or page("accounts/deactivate_user.html", form=form, user=user)


@blueprint.route("/yllapito/kayttajat/<uuid:user_id>/avaa", methods=["POST"])
@requires(Permission.USERS_MANAGE)
def reactivate_user(user_id: UUID) -> ResponseReturnValue:
    """Open a closed account again."""
    user = queries.get_user(uow(), user_id)
    shown = url_for("accounts.edit_user", user_id=user_id)

    def act() -> str:
        services.reactivate_user(uow(), user, actor=actor(), now=moment())
        return shown

    return submit(PolkuForm(), act, said=_("Account opened")) or see_other(shown)


@blueprint.route("/yllapito/kayttajat/<uuid:user_id>/poissaolot", methods=["GET", "POST"])
@requires(Permission.USERS_MANAGE)
def absences(user_id: UUID) -> ResponseReturnValue:
    """List the days a user is away, and add some."""
    user = queries.get_user(uow(), user_id)
    form = forms.AbsenceForm()
    others = [other for other in queries.active_users(uow(), moment()) if other.id != user_id]
    form.deputy.offer([(str(other.id), other.full_name) for other in others])

    def act() -> str:
        services.add_absence(uow(), user_id, **form.details(), actor=actor(), now=moment())
        return url_for("accounts.absences", user_id=user_id)

    coming = queries.absences_of(uow(), user_id, since=today())
    done = submit(form, act, said=_("Absence added"))
    return done or page("accounts/absences.html", form=form, user=user, absences=coming)


@blueprint.route("/yllapito/kayttajat/<uuid:user_id>/poissaolot/<uuid:absence_id>/poista", methods=["POST"])
@requires(Permission.USERS_MANAGE)
def remove_absence(user_id: UUID, absence_id: UUID) -> ResponseReturnValue:
    """Take an absence away."""
    shown = url_for("accounts.absences", user_id=user_id)

    def act() -> str:
        services.remove_absence(uow(), user_id, absence_id, actor=actor(), now=moment())
        return shown

    return submit(PolkuForm(), act, said=_("Absence removed")) or see_other(shown)


@blueprint.route("/yllapito/tiimit")
@requires(Permission.USERS_MANAGE)
def teams() -> ResponseReturnValue:
    """List the teams."""
    return page("accounts/teams.html", teams=queries.list_teams(uow(), moment()))


@blueprint.route("/yllapito/tiimit/uusi", methods=["GET", "POST"])
@requires(Permission.USERS_MANAGE)
def new_team() -> ResponseReturnValue:
    """Make a team."""
    form = forms.TeamForm()

    def act() -> str:
        services.create_team(uow(), name=form.name.data or "", actor=actor(), now=moment())
        return url_for("accounts.teams")

    return submit(form, act, said=_("Team added")) or page("accounts/new_team.html", form=form)


@blueprint.route("/yllapito/tiimit/<uuid:team_id>", methods=["GET", "POST"])
@requires(Permission.USERS_MANAGE)
def edit_team(team_id: UUID) -> ResponseReturnValue:
    """Give a team another name."""
    team = queries.get_team(uow(), team_id, moment())
    form = forms.TeamForm(data={"name": team.name, "version": team.version})

    def act() -> str:
        version, name = form.seen, form.name.data or ""
        services.change_team(uow(), team_id, expected_version=version, name=name, actor=actor(), now=moment())
        return url_for("accounts.teams")

    return submit(form, act, said=_("Changes saved")) or page("accounts/edit_team.html", form=form, team=team)


@blueprint.route("/yllapito/tiimit/<uuid:team_id>/sulje", methods=["GET", "POST"])
@requires(Permission.USERS_MANAGE)
def close_team(team_id: UUID) -> ResponseReturnValue:
    """Take a team out of use."""
    team = queries.get_team(uow(), team_id, moment())
    form = PolkuForm(data={"version": team.version})

    def act() -> str:
        version = form.seen
        services.close_team(uow(), team_id, expected_version=version, actor=actor(), now=moment())
        return url_for("accounts.teams")

    return submit(form, act, said=_("Team closed")) or page("accounts/close_team.html", form=form, team=team)


def _ground() -> domain.AccountsGround:
    found: domain.AccountsGround = current_app.extensions[EXTENSION]
    return found


def _stored(live: domain.LiveSession) -> wiring.StoredSession:
    return wiring.StoredSession(
        id=live.id,
        user_id=live.user_id,
        started_at=live.started_at,
        last_seen_at=live.last_seen_at,
        ends_at=live.ends_at,
        idle_seconds=int(live.idle.total_seconds()),
        values={**live.content, MUST_CHANGE: True} if live.must_change_password else live.content,
        theme="" if live.theme == domain.Theme.AUTO else live.theme.value,
        density=live.density.value if live.density == domain.Density.COMPACT else "",
        actor=live.actor,
        waiting=live.waiting,
    )


def _must_change() -> bool:
    stored = signed_in_session()
    return stored is not None and MUST_CHANGE in stored.values


def _ask_for_own_password() -> ResponseReturnValue | None:
    guard = guard_of(current_app, str(request.endpoint))
    is_open = guard is None or guard.is_public or request.endpoint == "accounts.change_password"
    return see_other(url_for("accounts.change_password")) if _must_change() and not is_open else None


def _is_unsafe() -> bool:
    return not request.is_secure and urlsplit(request.host_url).hostname not in THIS_MACHINE


def _enter(form: forms.SignInForm) -> Response | None:
    password = form.password.data or ""
    try:
        tried = _knock(form.username.data or "", password)
        return see_other(_let_in(tried, password))
    except (Refused, TooMany) as error:
        refuse(form, error)
        return None


def _knock(username: str, password: str) -> domain.Knock:
    """Count the try and check the password, outside the transaction of the request: a refused try must count."""
    who = domain.visitor(address=request.remote_addr or "", request_id=visit().request_id)
    limits = _ground().sign_in_limits
    with apart() as own:
        tried = sessions.knock(own, username, address=who.address, limits=limits, actor=who, now=moment())
    if not tried.is_allowed:
        raise TooMany(N_("Too many tries to sign in. Wait five minutes and try again."))
    if not sessions.is_right(_ground().hasher, tried, password):
        with apart() as own:
            sessions.refuse_entry(own, tried, actor=who, now=moment())
        raise Refused(N_("The user name or the password is wrong."))
    return tried


def _let_in(tried: domain.Knock, password: str) -> str:
    wanted = take_next()
    start_session(tried.known_id)
    sessions.sign_in(
        uow(),
        tried,
        password,
        address=request.remote_addr or "",
        hasher=_ground().hasher,
        limits=_ground().sign_in_limits,
        actor=actor(),
        now=moment(),
    )
    if _must_change():
        session["next"] = wanted
        return url_for("accounts.change_password")
    return wanted or _first_page()


def _first_page() -> str:
    """The first page of the menu; somebody without a menu has their settings."""
    items = wiring.ground().wiring.nav_items(actor())
    return url_for(items[0].endpoint if items else "accounts.settings")


def _own_sessions() -> list[tuple[bool, domain.SessionView]]:
    found = sessions.list_of(uow(), actor().user_id, limits=_ground().session_limits, now=moment())
    return [(live.id == actor().session_id, live) for live in found]


def _change_own_password(form: forms.OwnPasswordForm) -> str:
    with apart() as own:
        is_allowed = services.count_password_try(own, actor=actor(), now=moment())
    if not is_allowed:
        raise Refused(N_("Too many tries. Wait five minutes and try again."))
    services.change_own_password(
        uow(),
        current=form.current_password.data or "",
        password=form.password.data or "",
        hasher=_ground().hasher,
        actor=actor(),
        now=moment(),
    )
    wanted = take_next() or url_for("accounts.settings")
    start_session(actor().user_id)
    return wanted


def _set_first_password(user_id: UUID, form: forms.FirstPasswordForm) -> None:
    password = form.password.data or ""
    services.set_password(uow(), user_id, password, hasher=_ground().hasher, actor=actor(), now=moment())


def _offer(form: forms.UserForm) -> None:
    form.offer(professions=_ground().professions(), teams=queries.open_team_names(uow()).items())
