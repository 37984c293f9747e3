"""One client's run of one pathway: the case, its stage visits, notes, next steps and what was recorded elsewhere."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Code, Id, Instant, Sealed, Small


class Case(Base):
    """A pathway that a client walks.

    `current_stage`, `current_since`, `identified_on`, `planned_on`, `primary_worker_id` and `last_contact_*` are kept
    by the services in the transaction of the act that changes them, so that a list reads one row; `polku check`
    recomputes them.
    """

    __tablename__ = "pathway_case"
    __table_args__ = (
        CheckConstraint("(closed_on IS NULL) = (closed_at IS NULL)", name="closed_once"),
        CheckConstraint("closed_on IS NULL OR closed_on >= opened_on", name="closed_after_opening"),
        Index("uq_pathway_case_client_ordinal", "client_id", "ordinal", unique=True),
        Index(
            "uq_pathway_case_open_model", "client_id", "model_key", unique=True, postgresql_where="closed_at IS NULL"
        ),
        Index("ix_pathway_case_team_open", "team_id", postgresql_where="closed_at IS NULL"),
        Index("ix_pathway_case_worker_open", "primary_worker_id", postgresql_where="closed_at IS NULL"),
        Index(
            "ix_pathway_case_unassigned",
            "opened_on",
            "id",
            postgresql_where="closed_at IS NULL AND primary_worker_id IS NULL",
        ),
        Index("ix_pathway_case_follows", "follows_case_id", postgresql_where="follows_case_id IS NOT NULL"),
    )

    id: Mapped[Id]
    client_id: Mapped[UUID] = mapped_column(ForeignKey("client.id"))
    ordinal: Mapped[Small]
    model_key: Mapped[Code]
    model_version: Mapped[Small]
    opened_on: Mapped[date]
    opened_at: Mapped[Instant]
    opened_by: Mapped[UUID | None]
    contact_source: Mapped[str] = mapped_column(String(60), default="")
    follows_case_id: Mapped[UUID | None] = mapped_column(ForeignKey("pathway_case.id"))
    source: Mapped[str] = mapped_column(String(20), default="work")
    team_id: Mapped[UUID | None] = mapped_column(ForeignKey("team.id"))
    primary_worker_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    current_stage: Mapped[Code]
    current_since: Mapped[date | None]  # the day the current stage was opened; NULL: it is not open, or not known
    identified_on: Mapped[date | None]  # the first known days of stages 2 and 4: the lead time that supervisors watch
    planned_on: Mapped[date | None]
    last_contact_on: Mapped[date | None]
    last_contact_kind: Mapped[str | None] = mapped_column(String(60))
    closed_on: Mapped[date | None]
    closed_at: Mapped[Instant | None]
    closed_by: Mapped[UUID | None]
    outcome: Mapped[str | None] = mapped_column(String(60))
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own attribute


class CaseClosing(Base):
    """One closing of a case, and its reopening if there was one; the case itself keeps only the present state.

    `ground` says whether a ground for the client relationship remains (1301/2014 section 34); it and
    `is_feedback_asked` are NULL where nobody was asked: a closing of a register, a model outside social welfare.
    """

    __tablename__ = "case_closing"
    __table_args__ = (
        CheckConstraint("(reopened_at IS NULL) = (reopening_reason IS NULL)", name="reopened_with_reason"),
        CheckConstraint("ground IN ('over', 'remains')", name="known_ground"),
        Index("ix_case_closing_case", "case_id"),
        Index("uq_case_closing_standing", "case_id", unique=True, postgresql_where="reopened_at IS NULL"),
    )

    id: Mapped[Id]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("pathway_case.id"))
    closed_on: Mapped[date]
    closed_at: Mapped[Instant]
    closed_by: Mapped[UUID | None]
    outcome: Mapped[str] = mapped_column(String(60))
    text: Mapped[Sealed | None]
    client_estimate: Mapped[Sealed | None]
    ground: Mapped[str | None] = mapped_column(String(20))
    supported_by: Mapped[Sealed | None]
    is_feedback_asked: Mapped[bool | None]
    reopened_at: Mapped[Instant | None]
    reopened_by: Mapped[UUID | None]
    reopening_reason: Mapped[Sealed | None]


class StageVisit(Base):
    """One stay in one stage. A stage can be visited again; nothing is overwritten."""

    __tablename__ = "stage_visit"
    __table_args__ = (
        CheckConstraint("state IN ('in_progress', 'done', 'not_needed')", name="known_state"),
        CheckConstraint("left_on IS NULL OR entered_on IS NULL OR left_on >= entered_on", name="leaves_after_entering"),
        Index("uq_stage_visit_open", "case_id", "stage", unique=True, postgresql_where="state = 'in_progress'"),
        Index("uq_stage_visit_ordinal", "case_id", "ordinal", unique=True),
        # the newest finished stays of a stage, from which the county's median is reckoned
        Index(
            "ix_stage_visit_finished",
            "stage",
            "left_on",
            postgresql_include=["case_id", "entered_on"],
            postgresql_where="state = 'done' AND entered_on IS NOT NULL",
        ),
    )

    id: Mapped[Id]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("pathway_case.id"))
    ordinal: Mapped[Small]
    stage: Mapped[Code]
    state: Mapped[str] = mapped_column(String(20))
    entered_on: Mapped[date | None]
    left_on: Mapped[date | None]
    opened_by: Mapped[UUID | None]
    finished_by: Mapped[UUID | None]
    reason: Mapped[Sealed | None]
    source: Mapped[str] = mapped_column(String(20), default="work")
    opened_at: Mapped[Instant]


class NeedException(Base):
    """A missing need that the worker passed with a reason; only needs that remind can be passed."""

    __tablename__ = "need_exception"
    __table_args__ = (Index("ix_need_exception_case", "case_id"),)

    id: Mapped[Id]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("pathway_case.id"))
    stage: Mapped[Code]
    need: Mapped[Code]
    reason: Mapped[Sealed]
    passed_by: Mapped[UUID]
    passed_at: Mapped[Instant]


class Note(Base):
    """One entry of the case notes (703/2023 section 44): event, day, who took part, what was agreed."""

    __tablename__ = "note"
    __table_args__ = (Index("ix_note_case", "case_id", "happened_on", "written_at", "id"),)

    id: Mapped[Id]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("pathway_case.id"))
    kind: Mapped[Code]
    topic: Mapped[str] = mapped_column(String(60), default="")
    happened_on: Mapped[date]
    line: Mapped[Sealed]
    text: Mapped[Sealed | None]
    is_visible_to_client: Mapped[bool] = mapped_column(default=False)
    stage: Mapped[Code]
    author_id: Mapped[UUID | None]
    source: Mapped[str] = mapped_column(String(20), default="work")
    written_at: Mapped[Instant]


class NextStep(Base):
    """A promise made in a note: who does what by when. Its due date lives in the duty ledger.

    It ends once: kept (`done_on`), or dropped with the reason. One that moves to another case of the client is dropped
    here and goes on there, and the row there names this one.
    """

    __tablename__ = "next_step"
    __table_args__ = (
        CheckConstraint("done_on IS NULL OR dropped_on IS NULL", name="ends_once"),
        Index("ix_next_step_case", "case_id"),
        Index("uq_next_step_moved_from", "moved_from_id", unique=True, postgresql_where="moved_from_id IS NOT NULL"),
    )

    id: Mapped[Id]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("pathway_case.id"))
    note_id: Mapped[UUID | None] = mapped_column(ForeignKey("note.id"))
    owner: Mapped[str] = mapped_column(String(20))
    text: Mapped[Sealed]
    due_on: Mapped[date | None]
    done_on: Mapped[date | None]
    dropped_on: Mapped[date | None]
    drop_reason: Mapped[Sealed | None]
    moved_from_id: Mapped[UUID | None] = mapped_column(ForeignKey("next_step.id"))
    promised_at: Mapped[Instant]
    promised_by: Mapped[UUID | None]


class RecordedElsewhere(Base):
    """Kirjattu muualle: a document that lives in another system, by reference (domain 1.10)."""

    __tablename__ = "recorded_elsewhere"
    __table_args__ = (Index("ix_recorded_elsewhere_case", "case_id"),)

    id: Mapped[Id]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("pathway_case.id"))
    document: Mapped[Code]
    system: Mapped[Code]
    recorded_on: Mapped[date]
    reference: Mapped[Sealed | None]
    recorded_by: Mapped[UUID | None]
    noted_at: Mapped[Instant]


class CaseBackground(Base):
    """One version of what is known of the client's benefit, work and services; a change is the next version.

    Codes, days and numbers stay clear: the rules of eligibility and the boards read them. No municipality here, since
    an address under protection has it in its own sealed place only.
    """

    __tablename__ = "case_background"
    __table_args__ = (Index("uq_case_background_number", "case_id", "number", unique=True),)

    id: Mapped[Id]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("pathway_case.id"))
    number: Mapped[Small]
    benefit: Mapped[str | None] = mapped_column(String(60))
    benefit_days: Mapped[int | None] = mapped_column(SmallInteger)
    is_allowance_used: Mapped[bool | None]
    is_unemployed: Mapped[bool | None]
    unemployed_since: Mapped[date | None]
    assistance_since: Mapped[date | None]
    is_disability_client: Mapped[bool | None]
    is_in_day_activity: Mapped[bool | None]
    is_beyond_public_services: Mapped[bool | None]
    needs_joint_support: Mapped[bool | None]
    wish: Mapped[str | None] = mapped_column(String(60))
    noted_at: Mapped[Instant]
    noted_by: Mapped[UUID | None]


class CarriedOver(Base):
    """Something of an earlier case that this one goes on with, by reference: `subject_id` is the row that was there.

    A network member is a row of the case it stands in, so there the subject is the member who came over.
    """

    __tablename__ = "carried_over"
    __table_args__ = (
        Index("uq_carried_over_subject", "case_id", "kind", "subject_id", unique=True),
        Index("ix_carried_over_subject", "subject_id"),
    )

    id: Mapped[Id]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("pathway_case.id"))
    from_case_id: Mapped[UUID] = mapped_column(ForeignKey("pathway_case.id"))
    kind: Mapped[Code]
    subject_id: Mapped[UUID]
    carried_at: Mapped[Instant]
    carried_by: Mapped[UUID | None]
