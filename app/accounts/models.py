"""Users, teams, absences and server-side sessions."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Id, Instant


class Team(Base):
    """A unit of workers with a lead."""

    __tablename__ = "team"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(120), unique=True)
    is_active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own attribute


class User(Base):
    """A staff account. Names of staff are clear; clients' names never are."""

    __tablename__ = "user_account"

    id: Mapped[Id]
    username: Mapped[str] = mapped_column(String(80), unique=True)
    full_name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(200), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    roles: Mapped[list[str]] = mapped_column(ARRAY(String(40)), default=list)
    professions: Mapped[list[str]] = mapped_column(ARRAY(String(60)), default=list)
    password_hash: Mapped[str] = mapped_column(String(200), default="")
    must_change_password: Mapped[bool] = mapped_column(default=False)
    is_active: Mapped[bool] = mapped_column(default=True)
    is_demo: Mapped[bool] = mapped_column(default=False)
    theme: Mapped[str] = mapped_column(String(10), default="auto")
    density: Mapped[str] = mapped_column(String(12), default="comfortable")
    created_at: Mapped[Instant]
    deactivated_at: Mapped[Instant | None]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own attribute


class TeamMember(Base):
    """A user's place in a team, with dates; the lead gets the escalations."""

    __tablename__ = "team_member"
    __table_args__ = (
        Index("uq_team_member_open", "team_id", "user_id", unique=True, postgresql_where="valid_to IS NULL"),
        Index("ix_team_member_user", "user_id"),
    )

    id: Mapped[Id]
    team_id: Mapped[UUID] = mapped_column(ForeignKey("team.id"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    is_lead: Mapped[bool] = mapped_column(default=False)
    valid_from: Mapped[Instant]
    valid_to: Mapped[Instant | None]


class Absence(Base):
    """Days when a user is away, and who stands in."""

    __tablename__ = "absence"
    __table_args__ = (
        CheckConstraint("to_on >= from_on", name="ends_after_start"),
        Index("ix_absence_user", "user_id", "to_on"),
    )

    id: Mapped[Id]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    deputy_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    from_on: Mapped[date]
    to_on: Mapped[date]


class UserSession(Base):
    """A signed-in browser. Only the SHA-256 of its cookie is kept; ending it is deleting it."""

    __tablename__ = "user_session"
    __table_args__ = (Index("ix_user_session_user", "user_id"),)

    id: Mapped[Id]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[Instant]
    authenticated_at: Mapped[Instant]
    last_seen_at: Mapped[Instant]
    factors: Mapped[list[str]] = mapped_column(ARRAY(String(20)), default=list)
    content: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    address: Mapped[str] = mapped_column(String(45), default="")
    agent: Mapped[str] = mapped_column(String(200), default="")


class SignInPlace(Base):
    """An address the user has signed in from: guesses made elsewhere do not lock the user out here."""

    __tablename__ = "sign_in_place"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    address: Mapped[str] = mapped_column(String(45), primary_key=True)
    used_at: Mapped[Instant]
