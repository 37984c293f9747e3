"""Changing staff accounts, teams and absences."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, delete, func, select

from app.access.actor import Actor, Role
from app.access.permissions import Permission
from app.access.policy import ensure
from app.accounts import queries
from app.accounts.domain import USERNAME_LETTERS, Place, UserView, normal_username
from app.accounts.models import Team, TeamMember, User, UserSession
from app.audit import services as audit
from app.core.errors import FieldProblem, Refused
from app.core.texts import N_
from app.core.uow import UnitOfWork


def create_user(
    uow: UnitOfWork,
    *,
    username: str,
    full_name: str,
    roles: Collection[Role],
    professions: Collection[str] = (),
    email: str = "",
    phone: str = "",
    places: Collection[Place] = (),
    is_demo: bool = False,
    actor: Actor,
    now: datetime,
) -> UserView:
    """Make an account that cannot sign in before `set_password`, with its places in teams.

    Raises Refused, at the fields, for a user name in use or badly spelled and for a missing name.
    """
    ensure(actor, Permission.USERS_MANAGE)
    username = normal_username(username)
    _check_identity(uow, username=username, full_name=full_name, but=None)
    user = User(
        username=username,
        full_name=full_name.strip(),
        email=email.strip(),
        phone=phone.strip(),
        roles=sorted(roles),
        professions=list(professions),
        must_change_password=True,
        is_demo=is_demo,
        created_at=now,
    )
    uow.session.add(user)
    uow.flush()
    for place in places:
        join_team(uow, user.id, place.team_id, is_lead=place.is_lead, actor=actor, now=now)
    detail = {"roles": sorted(roles), "professions": list(professions)}
    audit.record(uow, "user_created", actor=actor, at=now, object_kind="user", object_id=user.id, detail=detail)
    return queries.get_user(uow, user.id, now=now)


def create_team(uow: UnitOfWork, *, name: str, actor: Actor, now: datetime) -> UUID:
    """Make a team; raises Refused when the name is missing or in use."""
    ensure(actor, Permission.USERS_MANAGE)
    name = name.strip()
    _check_team_name(uow, name, but=None)
    team = Team(name=name)
    uow.session.add(team)
    uow.flush()
    audit.record(uow, "team_created", actor=actor, at=now, object_kind="team", object_id=team.id)
    return team.id


def join_team(
    uow: UnitOfWork, user_id: UUID, team_id: UUID, *, is_lead: bool = False, actor: Actor, now: datetime
) -> None:
    """Place the user in the team from now on, as lead or not; a present place that is the same stays as it is.

    Raises Refused for a team that is closed or not there.
    """
    ensure(actor, Permission.USERS_MANAGE)
    team = uow.session.get(Team, team_id, with_for_update={"read": True})
    if team is None or not team.is_active:
        raise Refused(N_("The team is closed. Choose another team."), "teams")
    present = uow.session.scalars(_present_places(user_id).where(TeamMember.team_id == team_id)).one_or_none()
    if present is not None and present.is_lead == is_lead:
        return
    if present is not None:
        present.valid_to = now
        uow.flush()
    uow.session.add(TeamMember(team_id=team_id, user_id=user_id, is_lead=is_lead, valid_from=now))
    uow.flush()
    detail = {"team": str(team_id), "is_lead": is_lead}
    audit.record(uow, "team_joined", actor=actor, at=now, object_kind="user", object_id=user_id, detail=detail)


def leave_team(uow: UnitOfWork, user_id: UUID, team_id: UUID, *, actor: Actor, now: datetime) -> None:
    """End the user's place in the team now; somebody who is not there stays away."""
    ensure(actor, Permission.USERS_MANAGE)
    present = uow.session.scalars(_present_places(user_id).where(TeamMember.team_id == team_id)).one_or_none()
    if present is None:
        return
    present.valid_to = now
    uow.flush()
    audit.record(
        uow, "team_left", actor=actor, at=now, object_kind="user", object_id=user_id, detail={"team": str(team_id)}
    )


def end_all_sessions(uow: UnitOfWork, user_id: UUID, *, but: UUID | None = None) -> int:
    """Sign the user out everywhere, in this transaction, except in the session `but`; returns how many ended."""
    ended = delete(UserSession).where(UserSession.user_id == user_id).returning(UserSession.id)
    return len(uow.session.scalars(ended if but is None else ended.where(UserSession.id != but)).all())


def _present_places(user_id: UUID) -> Select[TeamMember]:
    return select(TeamMember).where(TeamMember.user_id == user_id, TeamMember.valid_to.is_(None))


def _check_identity(uow: UnitOfWork, *, username: str, full_name: str, but: UUID | None) -> None:
    problems: list[FieldProblem] = []
    if not 2 <= len(username) <= 80 or not USERNAME_LETTERS.issuperset(username):
        problems.append(
            FieldProblem("username", N_("Write a user name of 2–80 characters: letters, numbers and the marks . _ - @"))
        )
    elif uow.session.scalar(select(User.id).where(User.username == username, User.id != but)) is not None:
        problems.append(FieldProblem("username", N_("The user name is in use. Choose another.")))
    if not full_name.strip():
        problems.append(FieldProblem("full_name", N_("Write the name.")))
    if problems:
        raise Refused.because(problems)


def _check_team_name(uow: UnitOfWork, name: str, *, but: UUID | None) -> None:
    if not name:
        raise Refused(N_("Write the name of the team."), "name")
    if uow.session.scalar(select(Team.id).where(func.lower(Team.name) == name.lower(), Team.id != but)) is not None:
        raise Refused(N_("A team has this name already."), "name")
