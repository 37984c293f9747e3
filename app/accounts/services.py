"""Changing staff accounts, teams and absences."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Select, any_, delete, func, literal, select, update
from sqlalchemy.orm.attributes import flag_modified

from app.access.actor import Actor, Role
from app.access.permissions import Permission
from app.access.policy import ensure
from app.accounts import queries
from app.accounts.domain import Density, Place, Theme, UserView, identity_problems, normal_username
from app.accounts.models import Absence, Team, TeamMember, User, UserSession
from app.accounts.passwords import Hasher, password_problems
from app.audit import services as audit
from app.core import limits
from app.core.errors import Conflict, FieldProblem, NotFound, Refused
from app.core.texts import N_, N_n
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
    password: str | None = None,
    actor: Actor,
    now: datetime,
) -> UserView:
    """Make an account that cannot sign in before `set_password`, with its places in teams.

    Raises Refused with every reason at its field; `password`, when the form has one, is judged here with the rest.
    """
    ensure(actor, Permission.USERS_MANAGE)
    username = normal_username(username)
    _check_identity(uow, username=username, full_name=full_name, email=email, password=password, but=None)
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


def change_user(
    uow: UnitOfWork,
    user_id: UUID,
    *,
    expected_version: int | None,
    username: str,
    full_name: str,
    roles: Collection[Role],
    professions: Collection[str],
    email: str,
    phone: str,
    places: Collection[Place],
    actor: Actor,
    now: datetime,
) -> None:
    """Write the account as the form shows it, places in teams included; another role signs the user out.

    Raises Conflict when somebody changed the account after the form was opened, Refused at the fields otherwise.
    """
    ensure(actor, Permission.USERS_MANAGE)
    admins = _held_admins(uow)
    user = _locked(uow, user_id)
    if user.version != expected_version:
        raise Conflict(N_("Somebody else changed this account. Open the page again and do your change anew."))
    username = normal_username(username)
    _check_identity(uow, username=username, full_name=full_name, email=email, but=user_id)
    is_other_role = set(user.roles) != set(roles)
    if Role.ADMIN not in roles:
        _check_admin_remains(admins, but=user_id, field="roles")
    before = _outline(user)
    user.username, user.full_name = username, full_name.strip()
    user.email, user.phone = email.strip(), phone.strip()
    user.roles, user.professions = sorted(roles), list(professions)
    # The places belong to the form, so the version grows even when they alone have changed.
    flag_modified(user, "full_name")
    uow.flush()
    _settle_places(uow, user_id, places, actor=actor, now=now)
    if is_other_role:
        end_all_sessions(uow, user_id, but=actor.session_id)
    detail = {"before": before, "after": _outline(user)}
    audit.record(uow, "user_changed", actor=actor, at=now, object_kind="user", object_id=user_id, detail=detail)


def set_password(
    uow: UnitOfWork,
    user_id: UUID,
    password: str,
    *,
    hasher: Hasher,
    must_change: bool = True,
    actor: Actor,
    now: datetime,
) -> None:
    """Give the user a password, to be changed at the next sign-in unless told otherwise, and end their sessions.

    Raises Refused at `password` when it is not a good one.
    """
    ensure(actor, Permission.USERS_MANAGE)
    _store_password(uow, _locked(uow, user_id), password, hasher=hasher, must_change=must_change)
    end_all_sessions(uow, user_id)
    audit.record(uow, "password_set", actor=actor, at=now, object_kind="user", object_id=user_id)


def change_own_password(
    uow: UnitOfWork, *, current: str, password: str, hasher: Hasher, actor: Actor, now: datetime
) -> None:
    """Change the actor's own password and end their other sessions.

    Raises Refused at `current_password` when it is not the present password, at `password` when the new one is the
    same or not a good one. The caller counts the tries.
    """
    user = _locked(uow, actor.user_id)
    if not hasher.matches(user.password_hash, current):
        raise Refused(N_("The present password is not right."), "current_password")
    if password == current:
        raise Refused(N_("Write a password that is not the present one."), "password")
    _store_password(uow, user, password, hasher=hasher, must_change=False)
    end_all_sessions(uow, user.id, but=actor.session_id)
    audit.record(uow, "password_changed", actor=actor, at=now, object_kind="user", object_id=user.id)


def count_password_try(uow: UnitOfWork, *, actor: Actor, now: datetime) -> bool:
    """Count a try at the actor's own password; False when it is one too many. Commit at once, whatever follows."""
    return limits.hit(uow, "password.own", str(actor.user_id), limit=10, seconds=300, now=now)


def choose_look(uow: UnitOfWork, *, theme: Theme, density: Density, actor: Actor, now: datetime) -> None:
    """Keep how the actor wants the pages to look."""
    uow.session.execute(
        update(User)
        .where(User.id == actor.user_id)
        .values(theme=theme.value, density=density.value)
        .execution_options(synchronize_session=False)
    )
    detail = {"theme": theme.value, "density": density.value}
    audit.record(uow, "look_chosen", actor=actor, at=now, object_kind="user", object_id=actor.user_id, detail=detail)


def deactivate_user(uow: UnitOfWork, user: UserView, *, actor: Actor, now: datetime, open_cases: int = 0) -> None:
    """Close the account and end its sessions in the same transaction; somebody closed already stays so.

    `open_cases` is how many open cases the user is responsible for, counted by the caller. Raises Refused while there
    are any, for oneself, and for the last administrator.
    """
    ensure(actor, Permission.USERS_MANAGE)
    if actor.id == user.id:
        raise Refused(N_("You cannot close your own account. Ask another administrator."))
    if open_cases:
        raise Refused(
            N_n(
                "The user is responsible for %(num)s open case. Move it to somebody else first.",
                "The user is responsible for %(num)s open cases. Move them to somebody else first.",
                open_cases,
            )
        )
    _check_admin_remains(_held_admins(uow), but=user.id, field=None)
    found = _locked(uow, user.id)
    if not found.is_active:
        return
    found.is_active, found.deactivated_at = False, now
    uow.flush()
    end_all_sessions(uow, user.id)
    audit.record(uow, "user_deactivated", actor=actor, at=now, object_kind="user", object_id=user.id)


def reactivate_user(uow: UnitOfWork, user: UserView, *, actor: Actor, now: datetime) -> None:
    """Open a closed account again, with the password and the places it had; the password is to be changed."""
    ensure(actor, Permission.USERS_MANAGE)
    found = _locked(uow, user.id)
    if found.is_active:
        return
    found.is_active, found.deactivated_at, found.must_change_password = True, None, True
    uow.flush()
    audit.record(uow, "user_reactivated", actor=actor, at=now, object_kind="user", object_id=user.id)


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


def change_team(
    uow: UnitOfWork, team_id: UUID, *, expected_version: int | None, name: str, actor: Actor, now: datetime
) -> None:
    """Give the team another name; raises Conflict and, at `name`, Refused."""
    ensure(actor, Permission.USERS_MANAGE)
    team = _locked_team(uow, team_id, expected_version)
    name = name.strip()
    _check_team_name(uow, name, but=team_id)
    team.name = name
    uow.flush()
    audit.record(uow, "team_renamed", actor=actor, at=now, object_kind="team", object_id=team_id)


def close_team(uow: UnitOfWork, team_id: UUID, *, expected_version: int | None, actor: Actor, now: datetime) -> None:
    """Take the team out of use. Raises Refused while an active user is in it: a lead would lose what the team does."""
    ensure(actor, Permission.USERS_MANAGE)
    team = _locked_team(uow, team_id, expected_version)
    members = queries.get_team(uow, team_id, now).member_count
    if members:
        raise Refused(
            N_n(
                "The team has %(num)s member. Move them to another team first.",
                "The team has %(num)s members. Move them to another team first.",
                members,
            )
        )
    team.is_active = False
    uow.flush()
    audit.record(uow, "team_closed", actor=actor, at=now, object_kind="team", object_id=team_id)


def add_absence(
    uow: UnitOfWork, user_id: UUID, *, from_on: date, to_on: date, deputy_id: UUID | None, actor: Actor, now: datetime
) -> UUID:
    """Note the days a user is away, both included, and who stands in; raises Refused at the fields."""
    ensure(actor, Permission.USERS_MANAGE)
    _locked(uow, user_id)
    if to_on < from_on:
        raise Refused(N_("The last day must not be before the first day."), "to_on")
    if deputy_id == user_id:
        raise Refused(N_("Nobody can stand in for themselves. Choose somebody else."), "deputy")
    deputy = queries.find_user(uow, deputy_id, now=now) if deputy_id else None
    if deputy_id and not (deputy and deputy.is_active):
        raise Refused(N_("The deputy's account is closed. Choose somebody else."), "deputy")
    if any(away.from_on <= to_on for away in queries.absences_of(uow, user_id, since=from_on)):
        raise Refused(N_("The user is already away on these days. Remove the earlier absence first."), "from_on")
    absence = Absence(user_id=user_id, deputy_id=deputy_id, from_on=from_on, to_on=to_on)
    uow.session.add(absence)
    uow.flush()
    detail = {"from": from_on.isoformat(), "to": to_on.isoformat(), "deputy": str(deputy_id or "")}
    audit.record(uow, "absence_added", actor=actor, at=now, object_kind="user", object_id=user_id, detail=detail)
    return absence.id


def remove_absence(uow: UnitOfWork, user_id: UUID, absence_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Take an absence of the user away; one that is gone already stays so."""
    ensure(actor, Permission.USERS_MANAGE)
    absence = uow.session.get(Absence, absence_id)
    if absence is None or absence.user_id != user_id:
        return
    detail = {"from": absence.from_on.isoformat(), "to": absence.to_on.isoformat()}
    uow.session.delete(absence)
    uow.flush()
    audit.record(uow, "absence_removed", actor=actor, at=now, object_kind="user", object_id=user_id, detail=detail)


def end_all_sessions(uow: UnitOfWork, user_id: UUID, *, but: UUID | None = None) -> int:
    """Sign the user out everywhere, in this transaction, except in the session `but`; returns how many ended."""
    ended = delete(UserSession).where(UserSession.user_id == user_id).returning(UserSession.id)
    return len(uow.session.scalars(ended if but is None else ended.where(UserSession.id != but)).all())


def _locked(uow: UnitOfWork, user_id: UUID) -> User:
    """The user's row, read anew and held until the transaction ends."""
    user = uow.session.get(User, user_id, with_for_update={"key_share": True}, populate_existing=True)
    if user is None:
        raise NotFound
    return user


def _locked_team(uow: UnitOfWork, team_id: UUID, expected_version: int | None) -> Team:
    team = uow.session.get(Team, team_id, with_for_update=True, populate_existing=True)
    if team is None:
        raise NotFound
    if team.version != expected_version:
        raise Conflict(N_("Somebody else changed this team. Open the page again and do your change anew."))
    return team


def _store_password(uow: UnitOfWork, user: User, password: str, *, hasher: Hasher, must_change: bool) -> None:
    problems = password_problems(password, username=user.username, full_name=user.full_name)
    if problems:
        raise Refused.because(FieldProblem("password", problem) for problem in problems)
    user.password_hash, user.must_change_password = hasher.hash(password), must_change
    uow.flush()


def _settle_places(uow: UnitOfWork, user_id: UUID, places: Collection[Place], *, actor: Actor, now: datetime) -> None:
    wanted = {place.team_id for place in places}
    for present in uow.session.scalars(_present_places(user_id)).all():
        if present.team_id not in wanted:
            leave_team(uow, user_id, present.team_id, actor=actor, now=now)
    for place in places:
        join_team(uow, user_id, place.team_id, is_lead=place.is_lead, actor=actor, now=now)


def _held_admins(uow: UnitOfWork) -> frozenset[UUID]:
    """The active administrators, held and in one order, so that two of them cannot close each other out at once."""
    admin = literal(Role.ADMIN.value) == any_(User.roles)
    held = select(User.id).where(User.is_active, admin).order_by(User.id).with_for_update(key_share=True)
    return frozenset(uow.session.scalars(held))


def _check_admin_remains(admins: frozenset[UUID], *, but: UUID, field: str | None) -> None:
    if admins == {but}:
        raise Refused(N_("This is the last administrator. Make somebody else an administrator first."), field)


def _outline(user: User) -> dict[str, list[str]]:
    """What the trail keeps of an account: codes, no names."""
    return {"roles": sorted(user.roles), "professions": sorted(user.professions)}


def _present_places(user_id: UUID) -> Select[TeamMember]:
    return select(TeamMember).where(TeamMember.user_id == user_id, TeamMember.valid_to.is_(None))


def _check_identity(
    uow: UnitOfWork, *, username: str, full_name: str, email: str, password: str | None = None, but: UUID | None
) -> None:
    problems = identity_problems(username=username, full_name=full_name, email=email)
    if uow.session.scalar(select(User.id).where(User.username == username, User.id != but)) is not None:
        problems.append(FieldProblem("username", N_("The user name is in use. Choose another.")))
    poor = () if password is None else password_problems(password, username=username, full_name=full_name)
    problems.extend(FieldProblem("password", reason) for reason in poor)
    if problems:
        raise Refused.because(problems)


def _check_team_name(uow: UnitOfWork, name: str, *, but: UUID | None) -> None:
    if not name:
        raise Refused(N_("Write the name of the team."), "name")
    if uow.session.scalar(select(Team.id).where(func.lower(Team.name) == name.lower(), Team.id != but)) is not None:
        raise Refused(N_("A team has this name already."), "name")
