"""Reading staff accounts, teams and sessions."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, any_, bindparam, func, literal, or_, select, true
from sqlalchemy.dialects.postgresql import aggregate_order_by

from app.access.actor import Actor, Role
from app.accounts.domain import AbsenceView, Density, TeamView, Theme, UserView, normal_username
from app.accounts.models import Absence, Team, TeamMember, User
from app.core.errors import NotFound
from app.core.uow import UnitOfWork


def find_user(uow: UnitOfWork, user_id: UUID, *, now: datetime | None = None) -> UserView | None:
    """The user, or None. Teams are those of `now`; without it, those not ended."""
    return _view_or_none(uow.session.execute(_users(now).where(User.id == user_id)).one_or_none())


def get_user(uow: UnitOfWork, user_id: UUID, *, now: datetime | None = None) -> UserView:
    """The user; raises NotFound."""
    found = find_user(uow, user_id, now=now)
    if found is None:
        raise NotFound
    return found


def list_users(uow: UnitOfWork, now: datetime) -> list[UserView]:
    """All users, active ones first, in the order of their names."""
    rows = uow.session.execute(_users(now).order_by(User.is_active.desc(), func.fi_key(User.full_name), User.id))
    return [_view(row) for row in rows]


def workers_of_teams(uow: UnitOfWork, team_ids: Collection[UUID], now: datetime) -> list[UserView]:
    """The active own workers of the teams, each once, in the order of their names."""
    if not team_ids:
        return []
    mine = select(TeamMember.user_id).where(TeamMember.team_id.in_(team_ids), _is_member(now))
    found = _users(now).where(User.is_active, literal(Role.OWN_WORKER.value) == any_(User.roles), User.id.in_(mine))
    return [_view(row) for row in uow.session.execute(found.order_by(func.fi_key(User.full_name), User.id))]


def active_users(uow: UnitOfWork, now: datetime) -> list[UserView]:
    """Every active user, in the order of their names."""
    found = _users(now).where(User.is_active).order_by(func.fi_key(User.full_name), User.id)
    return [_view(row) for row in uow.session.execute(found)]


def users_by_name(uow: UnitOfWork, usernames: Iterable[str]) -> dict[str, UserView]:
    """Users by user name, in one statement; names nobody has are left out. Keys are spelled as they were asked."""
    asked = {name: normal_username(name) for name in usernames}
    if not asked:
        return {}
    rows = uow.session.execute(_users(None).where(User.username.in_(set(asked.values()))))
    found = {row.username: _view(row) for row in rows}
    return {name: found[normal] for name, normal in asked.items() if normal in found}


def full_names(uow: UnitOfWork, ids: Iterable[UUID]) -> dict[UUID, str]:
    """Names by user id, in one statement."""
    wanted = set(ids)
    if not wanted:
        return {}
    rows = uow.session.execute(select(User.id, User.full_name).where(User.id.in_(wanted)))
    return {row.id: row.full_name for row in rows}


def team_names(uow: UnitOfWork) -> dict[UUID, str]:
    """Names of all teams, closed ones too, in Finnish order."""
    rows = uow.session.execute(select(Team.id, Team.name).order_by(func.fi_key(Team.name)))
    return {row.id: row.name for row in rows}


def open_team_names(uow: UnitOfWork) -> dict[UUID, str]:
    """Names of the teams that are in use, in Finnish order."""
    rows = uow.session.execute(select(Team.id, Team.name).where(Team.is_active).order_by(func.fi_key(Team.name)))
    return {row.id: row.name for row in rows}


def list_teams(uow: UnitOfWork, now: datetime) -> list[TeamView]:
    """All teams with member counts and leads, those in use first."""
    rows = uow.session.execute(_teams(now).order_by(Team.is_active.desc(), func.fi_key(Team.name)))
    return [_team(row) for row in rows]


def get_team(uow: UnitOfWork, team_id: UUID, now: datetime) -> TeamView:
    """The team; raises NotFound."""
    found = uow.session.execute(_teams(now).where(Team.id == team_id)).one_or_none()
    if found is None:
        raise NotFound
    return _team(found)


def primary_team_of(uow: UnitOfWork, user_id: UUID, now: datetime) -> UUID | None:
    """The team a worker's cases belong to: the one they have been in longest."""
    return uow.session.execute(
        select(TeamMember.team_id)
        .where(TeamMember.user_id == user_id, _is_member(now))
        .order_by(TeamMember.valid_from, TeamMember.id)
        .limit(1)
    ).scalar_one_or_none()


def leads_of(uow: UnitOfWork, team_id: UUID, now: datetime) -> list[UUID]:
    """The active leads of a team, in the order of their names."""
    return list(
        uow.session.scalars(
            select(User.id)
            .join(TeamMember, TeamMember.user_id == User.id)
            .where(TeamMember.team_id == team_id, TeamMember.is_lead, _is_member(now), User.is_active)
            .order_by(func.fi_key(User.full_name), User.id)
        )
    )


def absences_of(uow: UnitOfWork, user_id: UUID, *, since: date) -> list[AbsenceView]:
    """The user's absences that last at least to a day, the next one first."""
    rows = uow.session.execute(
        select(Absence.id, Absence.from_on, Absence.to_on, Absence.deputy_id, User.full_name)
        .outerjoin(User, User.id == Absence.deputy_id)
        .where(Absence.user_id == user_id, Absence.to_on >= since)
        .order_by(Absence.from_on, Absence.id)
    )
    return [AbsenceView(row.id, row.from_on, row.to_on, row.deputy_id, row.full_name or "") for row in rows]


def load_actor(
    uow: UnitOfWork,
    user_id: UUID,
    *,
    now: datetime,
    session_id: UUID | None = None,
    request_id: str = "",
    address: str = "",
) -> Actor | None:
    """The active user as an actor with the teams of this moment, in one statement; None when there is no such user."""
    row = uow.session.connection().execute(_ACTOR, {"user_id": user_id, "now": now}).one_or_none()
    if row is None:
        return None
    found = actor_from(row, user_id)
    return replace(found, session_id=session_id, request_id=request_id, address=address)


def actor_from(row: Any, user_id: UUID) -> Actor:  # noqa: ANN401 - a row with ACTOR_COLUMNS and teams
    """Return the user of a row as an actor, with the teams the row was read with."""
    return Actor(
        kind="user",
        id=user_id,
        name=row.full_name,
        username=row.username,
        roles=frozenset(map(Role, row.roles)),
        professions=frozenset(row.professions),
        team_ids=frozenset(row.team_ids or ()),
        led_team_ids=frozenset(row.led_team_ids or ()),
    )


def _is_member(now: Any) -> ColumnElement[bool]:  # noqa: ANN401 - a moment, a bound parameter, or None
    if now is None:
        return TeamMember.valid_to.is_(None)
    return and_(TeamMember.valid_from <= now, or_(TeamMember.valid_to.is_(None), TeamMember.valid_to > now))


def with_teams(of: Select[*tuple[Any, ...]], now: Any) -> Select[*tuple[Any, ...]]:  # noqa: ANN401 - as above
    """Add `team_ids` and `led_team_ids` to a statement on users; both are read by one look at the memberships."""
    teams = (
        select(
            func.array_agg(TeamMember.team_id).label("team_ids"),
            func.array_agg(TeamMember.team_id).filter(TeamMember.is_lead).label("led_team_ids"),
        )
        .where(TeamMember.user_id == User.id, _is_member(now))
        .correlate(User)
        .lateral("teams")
    )
    return of.add_columns(teams.c.team_ids, teams.c.led_team_ids).join(teams, true())


def _users(now: datetime | None) -> Select[*tuple[Any, ...]]:
    return with_teams(select(*_USER_COLUMNS).select_from(User), now)


def _view_or_none(row: Row[*tuple[Any, ...]] | None) -> UserView | None:
    return None if row is None else _view(row)


def _view(row: Row[*tuple[Any, ...]]) -> UserView:
    return UserView(
        id=row.id,
        username=row.username,
        full_name=row.full_name,
        roles=frozenset(map(Role, row.roles)),
        professions=tuple(row.professions),
        email=row.email,
        phone=row.phone,
        is_active=row.is_active,
        team_ids=frozenset(row.team_ids or ()),
        led_team_ids=frozenset(row.led_team_ids or ()),
        must_change_password=row.must_change_password,
        is_demo=row.is_demo,
        theme=Theme(row.theme),
        density=Density(row.density),
        version=row.version,
    )


def _teams(now: datetime) -> Select[*tuple[Any, ...]]:
    members = and_(TeamMember.team_id == Team.id, _is_member(now), User.id == TeamMember.user_id, User.is_active)
    count = select(func.count()).where(members).correlate(Team).scalar_subquery()
    leads = (
        select(func.array_agg(aggregate_order_by(User.full_name, func.fi_key(User.full_name))))
        .where(members, TeamMember.is_lead)
        .correlate(Team)
        .scalar_subquery()
    )
    return select(Team.id, Team.name, Team.is_active, Team.version, count.label("member_count"), leads.label("leads"))


def _team(row: Row[*tuple[Any, ...]]) -> TeamView:
    return TeamView(row.id, row.name, row.is_active, row.member_count, tuple(row.leads or ()), row.version)


_USER_COLUMNS: Final = (
    User.id,
    User.username,
    User.full_name,
    User.roles,
    User.professions,
    User.email,
    User.phone,
    User.is_active,
    User.must_change_password,
    User.is_demo,
    User.theme,
    User.density,
    User.version,
)
# What an actor is made of, beside the teams; for statements on users that go through `with_teams`.
ACTOR_COLUMNS: Final = (User.username, User.full_name, User.roles, User.professions)
_ACTOR: Final = with_teams(
    select(*ACTOR_COLUMNS).select_from(User).where(User.id == bindparam("user_id"), User.is_active), bindparam("now")
)
