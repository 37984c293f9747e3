"""The rows on their way in: what each table takes, and what every row shares (instants, seals, the trail, duties)."""

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final, TypeAlias
from uuid import UUID

from app.access.actor import Actor
from app.core.clock import local_date, start_of_day
from app.core.crypto import Vault
from app.core.ids import new_id
from app.intake.entries import NewCase

Row: TypeAlias = tuple[Any, ...]

# The tables in the order they can be written in, each with the columns a row here holds, in that order.
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    table: tuple(columns.split())
    for table, columns in {
        "client": "id identity_code identity_hash match_hash last_name first_names call_name birth_on contact_language"
        " interpreter_language needs_plain_language has_address_protection municipality_code phone email address"
        " contact_source source registered_at registered_by version",
        "client_token": "token team_id client_id",
        "sealed_contact": "id client_id municipality address phone email changed_at",
        "protected_handler": "id client_id user_id valid_from",
        "pathway_case": "id client_id ordinal model_key model_version opened_on opened_at opened_by contact_source"
        " source team_id primary_worker_id current_stage current_since identified_on planned_on"
        " last_contact_on last_contact_kind closed_on closed_at closed_by outcome version",
        "case_closing": "id case_id closed_on closed_at closed_by outcome text",
        "stage_visit": "id case_id ordinal stage state entered_on left_on opened_by finished_by reason source"
        " opened_at",
        "note": "id case_id kind topic happened_on line text is_visible_to_client stage author_id source written_at",
        "next_step": "id case_id note_id owner text due_on done_on promised_at promised_by",
        "recorded_elsewhere": "id case_id document system recorded_on reference recorded_by noted_at",
        "responsible_period": "id case_id user_id kind during assigned_at assigned_by reason profession_exception",
        "standing": "id user_id client_id case_id kind valid_from valid_to",
        "network_member": "id case_id name contact party role added_at added_by",
        "measure_value": "id client_id case_id measure value measured_on remark entered_at entered_by",
        "consent": "id client_id case_id kind basis given_by given_on form text_version valid_until remark"
        " recorded_at recorded_by withdrawn_on withdrawn_at withdrawn_by withdrawal_reason",
        "consent_item": "id consent_id party category purpose answer",
        "plan": "id case_id kind started_at started_by ended_on source version",
        "plan_version": "id plan_id number state period_start period_end in_force_on next_review_on"
        " next_review_reason summary client_comment written_at written_by version",
        "plan_signature": "id plan_version_id party signed_on way recorded_at recorded_by",
        "goal": "id plan_version_id ordinal text",
        "plan_action": "id goal_id ordinal text owner due_on state",
        "review": "id case_id plan_id plan_version_id held_on parties participants situation changes late_reason"
        " next_review_on source recorded_at recorded_by",
        "review_outcome": "id review_id goal_id outcome",
        "duty": "id case_id kind subject_kind subject_id waits_for rule_code anchor_on due_on law_limit_on"
        " opened_at opened_by",
        "audit_event": "at actor_kind actor_id actor_name action object_kind object_id client_id case_id purpose"
        " outcome detail request_id session_id address",
    }.items()
}

_MORNING: Final = timedelta(hours=9)


class Tables:
    """Rows by table, made under one actor at one moment.

    `is_backdated`: what happened on a day is written as if it had been recorded that morning (demo); else now.
    """

    def __init__(self, vault: Vault, *, actor: Actor, now: datetime, source: str, is_backdated: bool) -> None:
        self.vault = vault
        self.actor = actor
        self.now = now
        self.today = local_date(now)
        self.source = source
        self.is_backdated = is_backdated
        self.rows: dict[str, list[Row]] = {table: [] for table in COLUMNS}
        self.overdue: set[UUID] = set()
        """Cases that owe something already late."""
        self.tokens_by_word: dict[str, tuple[int, ...]] = {}

    def take(self) -> dict[str, list[Row]]:
        """Hand over the rows made so far and start with none."""
        made, self.rows = self.rows, {table: [] for table in COLUMNS}
        return made

    def at(self, day: date | None) -> datetime:
        """Return when something of that day is recorded."""
        if not self.is_backdated or day is None:
            return self.now
        return min(start_of_day(day) + _MORNING, self.now)

    def seal(self, table: str, row_id: UUID) -> Callable[[str, str | None], bytes | None]:
        """Return what seals the columns of one row; None stays None."""
        seal = self.vault.seal

        def sealed(column: str, text: str | None) -> bytes | None:
            return None if text is None else seal(table, column, row_id, text)

        return sealed

    def trace(
        self,
        action: str,
        of: tuple[str, UUID],
        case: NewCase | None,
        client_id: UUID,
        *,
        at: datetime,
        **detail: object,
    ) -> None:
        """Add a row to the trail; `detail` holds codes, ids and days only."""
        actor, case_id = self.actor, case.id if case else None
        said = json.dumps({"source": self.source, **detail}, default=str)
        row = (at, actor.kind, actor.id, actor.username or actor.name, action, *of, client_id, case_id, "", "ok", said)
        self.rows["audit_event"].append((*row, actor.request_id, actor.session_id, actor.address))

    def owe(
        self,
        case: NewCase,
        kind: str,
        of: tuple[str, UUID],
        *,
        rule: str,
        anchor: date,
        due: date,
        law_limit: date | None = None,
        waits_for: str = "worker",
    ) -> None:
        """Open a duty about something; a closed case owes nothing any more."""
        if case.closed_on is not None:
            return
        row = (new_id(), case.id, kind, *of, waits_for, rule, anchor, due, law_limit, self.at(anchor), self.actor.id)
        self.rows["duty"].append(row)
        if due < self.today:
            self.overdue.add(case.id)
