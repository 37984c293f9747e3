"""Turns what comes in bulk into the rows of the tables, sealed where the table says so; `bulk` writes them.

The rules are those of the features: stages by `pathways.engine`, the next review by `plans.domain`. The rows are what
the features' own services would have written, one act after the other.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, Final, TypeAlias
from uuid import UUID

from app.access.actor import Actor
from app.access.predicates import StandingKind
from app.clients.domain import NIL_TEAM, match_text
from app.clients.services import token_rows
from app.core.clock import local_date, start_of_day
from app.core.crypto import Vault
from app.core.ids import new_id
from app.duties.domain import DutyKind
from app.intake.entries import NewCase, NewClient, NewConsent, NewMember, NewNote, NewPlan, NewPromise, NewVisit
from app.pathways.domain import StageCode
from app.pathways.engine import Visit, stage_map
from app.pathways.engine import StageState as State
from app.pathways.loader import latest
from app.plans.domain import CHOSEN, PERIOD_END, VersionState, explain_due
from app.reference.domain import Cadence
from app.reference.loader import reference

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
        " source team_id primary_worker_id current_stage current_since last_contact_on last_contact_kind closed_on"
        " closed_at closed_by outcome version",
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
        " next_review_reason summary accepted_on acceptance_way client_comment written_at written_by version",
        "goal": "id plan_version_id ordinal text",
        "plan_action": "id goal_id ordinal text owner due_on state",
        "review": "id case_id plan_id plan_version_id held_on participants situation changes late_reason"
        " next_review_on source recorded_at recorded_by",
        "review_outcome": "id review_id goal_id outcome",
        "duty": "id case_id kind subject_kind subject_id waits_for rule_code anchor_on due_on opened_at opened_by",
        "audit_event": "at actor_kind actor_id actor_name action object_kind object_id client_id case_id purpose"
        " outcome detail request_id session_id address",
    }.items()
}

_MORNING: Final = timedelta(hours=9)


class RowMaker:
    """Makes the rows of one client after another into `tables`.

    `is_backdated`: what happened on a day is written as if it had been recorded that morning (demo); else now.
    """

    def __init__(self, vault: Vault, *, actor: Actor, now: datetime, source: str, is_backdated: bool) -> None:
        self.vault = vault
        self.actor = actor
        self.now = now
        self.today = local_date(now)
        self.source = source
        self.is_backdated = is_backdated
        self.tables: dict[str, list[Row]] = {table: [] for table in COLUMNS}
        self.overdue: list[UUID] = []
        self._tokens = lru_cache(maxsize=50_000)(self._tokens_of_word)

    def take(self) -> dict[str, list[Row]]:
        """Hand over the rows made so far and start with none."""
        made, self.tables = self.tables, {table: [] for table in COLUMNS}
        return made

    def add(self, client: NewClient) -> None:
        """Make the rows of a client and everything that hangs on it."""
        self._client(client)
        for ordinal, case in enumerate(client.cases, 1):
            self._case(client, case, ordinal)

    # ------------------------------------------------------------ what the rows share

    def _at(self, day: date | None) -> datetime:
        if not self.is_backdated or day is None:
            return self.now
        return min(start_of_day(day) + _MORNING, self.now)

    def _seal(self, table: str, row_id: UUID) -> Callable[[str, str | None], bytes | None]:
        seal = self.vault.seal

        def sealed(column: str, text: str | None) -> bytes | None:
            return None if text is None else seal(table, column, row_id, text)

        return sealed

    def _trace(
        self, action: str, of: tuple[str, UUID], client: NewClient, case_id: UUID | None, at: datetime, **detail: Any  # noqa: ANN401 - JSON
    ) -> None:
        actor = self.actor
        said = json.dumps({"source": self.source, **detail})
        self.tables["audit_event"].append(
            (at, actor.kind, actor.id, actor.username or actor.name, action, *of, client.id, case_id, "", "ok")
            + (said, actor.request_id, actor.session_id, actor.address)
        )

    # ------------------------------------------------------------ the person

    def _client(self, client: NewClient) -> None:
        seal = self._seal("client", client.id)
        code, born = client.identity_code, client.birth_on
        is_open = not client.is_protected
        at = self._at(min((case.opened_on for case in client.cases), default=None))
        self.tables["client"].append(
            (
                client.id,
                seal("identity_code", code),
                self.vault.identity_hash(code) if code else None,
                self.vault.match_hash(match_text(client.last_name, client.first_names, born)),
                seal("last_name", client.last_name),
                seal("first_names", client.first_names),
                seal("call_name", client.call_name),
                seal("birth_on", born.isoformat() if born else None),
                client.contact_language,
                client.interpreter_language,
                client.needs_plain_language,
                client.is_protected,
                client.municipality_code if is_open else None,
                seal("phone", client.phone) if is_open else None,
                seal("email", client.email) if is_open else None,
                seal("address", client.address) if is_open else None,
                client.contact_source,
                self.source,
                at,
                self.actor.id,
                1,
            )
        )
        self._file_names(client)
        self._trace("registered", ("client", client.id), client, None, at, has_code=code is not None)
        if client.is_protected:
            self._protect(client, at)

    def _file_names(self, client: NewClient) -> None:
        words = f"{client.last_name} {client.first_names} {client.call_name or ''}".split()
        tokens = {token for word in words for token in self._tokens(word)}
        teams = teams_of(client)
        self.tables["client_token"] += [(token, team, client.id) for token in tokens for team in teams]

    def _tokens_of_word(self, word: str) -> tuple[int, ...]:
        return tuple(token_rows(self.vault, word, ""))

    def _protect(self, client: NewClient, at: datetime) -> None:
        row_id = new_id()

        def seal(column: str, text: str | None) -> bytes | None:
            return self.vault.protected.seal_optional("sealed_contact", column, row_id, text)

        contact = (
            seal("municipality", client.municipality_code),
            seal("address", client.address),
            seal("phone", client.phone),
            seal("email", client.email),
        )
        self.tables["sealed_contact"].append((row_id, client.id, *contact, at))
        for worker in dict.fromkeys(case.worker_id for case in client.cases if case.worker_id):
            self.tables["protected_handler"].append((new_id(), client.id, worker, at))
            self._trace("handler_named", ("sealed_contact", worker), client, None, at)

    # ------------------------------------------------------------ the case

    def _case(self, client: NewClient, case: NewCase, ordinal: int) -> None:
        version = case.model_version or latest(case.model).version
        stages = stage_map(_visits(case.visits))
        contact = self._last_contact(case.notes)
        opened_at, closed_at = self._at(case.opened_on), self._at(case.closed_on) if case.closed_on else None
        closed_by = self.actor.id if closed_at else None
        self.tables["pathway_case"].append(
            (case.id, client.id, ordinal, case.model, version, case.opened_on, opened_at, self.actor.id)
            + (case.contact_source, self.source, case.team_id, case.worker_id, stages.current)
            + (stages.since or case.opened_on, *contact, case.closed_on, closed_at, closed_by, case.outcome, 1)
        )
        self._trace("case_opened", ("case", case.id), client, case.id, opened_at, model=f"{case.model}.v{version}")
        for number, visit in enumerate(case.visits, 1):
            self._visit(case, number, visit)
        self._line(client, case)
        for note in case.notes:
            self._note(case, note, stages.current)
        self._hangers_on(client, case)
        if closed_at:
            self._closing(client, case, closed_at)

    def _hangers_on(self, client: NewClient, case: NewCase) -> None:
        for plan in case.plans:
            self._plan(client, case, plan)
        for consent in case.consents:
            self._consent(client, case, consent)
        for member in case.members:
            self._member(case, member)
        for one in case.measures:
            row_id = new_id()
            remark = self._seal("measure_value", row_id)("remark", one.remark)
            row = (row_id, client.id, case.id, one.measure, one.value, one.measured_on, remark)
            self.tables["measure_value"].append((*row, self._at(one.measured_on), self.actor.id))
        for paper in case.recorded:
            row_id = new_id()
            where = self._seal("recorded_elsewhere", row_id)("reference", paper.reference)
            row = (row_id, case.id, paper.document, paper.system, paper.recorded_on, where)
            self.tables["recorded_elsewhere"].append((*row, self.actor.id, self._at(paper.recorded_on)))

    def _last_contact(self, notes: Iterable[NewNote]) -> tuple[date | None, str | None]:
        contacts = [note for note in notes if _is_contact(note.kind)]
        latest_one = max(contacts, key=lambda note: note.happened_on, default=None)
        return (latest_one.happened_on, latest_one.kind) if latest_one else (None, None)

    def _closing(self, client: NewClient, case: NewCase, at: datetime) -> None:
        row_id = new_id()
        text = self._seal("case_closing", row_id)("text", case.closing_text)
        self.tables["case_closing"].append((row_id, case.id, case.closed_on, at, self.actor.id, case.outcome, text))
        self._trace("case_closed", ("case", case.id), client, case.id, at, outcome=case.outcome)

    def _visit(self, case: NewCase, number: int, visit: NewVisit) -> None:
        row_id = new_id()
        is_known = visit.entered_on is not None or visit.left_on is not None
        by = self.actor.id if is_known else None
        finished_by = None if visit.state == State.IN_PROGRESS else by
        reason = self._seal("stage_visit", row_id)("reason", visit.reason)
        row = (row_id, case.id, number, visit.stage, visit.state, visit.entered_on, visit.left_on, by, finished_by)
        self.tables["stage_visit"].append((*row, reason, self.source, self._at(visit.entered_on or case.opened_on)))

    def _line(self, client: NewClient, case: NewCase) -> None:
        ends = [one.since for one in case.line[1:]] + [self._at(case.closed_on) if case.closed_on else None]
        for one, end in zip(case.line, ends, strict=False):
            row_id = new_id()
            seal = self._seal("responsible_period", row_id)
            sealed = (seal("reason", one.reason), seal("profession_exception", one.profession_exception))
            row = (row_id, case.id, one.user_id, "primary", _during(one.since, end), one.since, self.actor.id)
            self.tables["responsible_period"].append(row + sealed)
            self._stand(client, case, one.user_id, StandingKind.RESPONSIBLE, one.since, end)
            worker = {"worker": str(one.user_id)}
            self._trace("worker_assigned", ("responsible_period", row_id), client, case.id, one.since, **worker)
        since = case.line[-1].since if case.line else self._at(case.opened_on)
        for user_id in case.pair_ids:
            row = (new_id(), case.id, user_id, "pair", _during(since, ends[-1]), since, self.actor.id, None, None)
            self.tables["responsible_period"].append(row)
            self._stand(client, case, user_id, StandingKind.PAIR, since, ends[-1])

    def _stand(
        self, client: NewClient, case: NewCase, user_id: UUID, kind: str, since: datetime, until: datetime | None
    ) -> None:
        self.tables["standing"].append((new_id(), user_id, client.id, case.id, kind, since, until))

    def _note(self, case: NewCase, note: NewNote, current: StageCode) -> None:
        row_id = new_id()
        seal = self._seal("note", row_id)
        at, by = note.written_at or self._at(note.happened_on), note.author_id or self.actor.id
        row = (row_id, case.id, note.kind, note.topic, note.happened_on, seal("line", note.line))
        row += (seal("text", note.text), note.is_visible_to_client, note.stage or current, by, self.source, at)
        self.tables["note"].append(row)
        for promise in note.promises:
            self._promise(case, row_id, promise, note.happened_on, at, by)

    def _promise(
        self, case: NewCase, note_id: UUID, promise: NewPromise, on: date, at: datetime, by: UUID | None
    ) -> None:
        row_id = new_id()
        text = self._seal("next_step", row_id)("text", promise.text)
        row = (row_id, case.id, note_id, promise.owner, text, promise.due_on, promise.done_on, at, by)
        self.tables["next_step"].append(row)
        if promise.due_on is not None and promise.done_on is None:
            self._duty(case, DutyKind.TASK, ("next_step", row_id), "next_step", on, promise.due_on, promise.owner)

    def _duty(
        self, case: NewCase, kind: str, of: tuple[str, UUID], rule: str, anchor: date, due: date, waits_for: str = "worker"
    ) -> None:
        """Open what falls due; a closed case owes nothing any more."""
        if case.closed_on is not None:
            return
        row = (new_id(), case.id, kind, *of, waits_for, rule, anchor, due, self._at(anchor), self.actor.id)
        self.tables["duty"].append(row)
        if due < self.today:
            self.overdue.append(case.id)

    # ------------------------------------------------------------ plans, consents, network

    def _plan(self, client: NewClient, case: NewCase, plan: NewPlan) -> None:
        plan_id, version_id = new_id(), new_id()
        at = self._at(plan.in_force_on)
        ended_on = case.closed_on if plan.in_force_on else None
        self.tables["plan"].append((plan_id, case.id, plan.kind, at, self.actor.id, ended_on, self.source, 1))
        due_on = self._review_duties(case, plan, plan_id)
        seal = self._seal("plan_version", version_id)
        row = (version_id, plan_id, 1, _state_of(case, plan), plan.period_start, plan.period_end, plan.in_force_on)
        row += (due_on, seal("next_review_reason", plan.next_review_reason), seal("summary", plan.summary))
        row += (plan.accepted_on, plan.acceptance_way, seal("client_comment", plan.client_comment), at)
        self.tables["plan_version"].append((*row, self.actor.id, 1))
        goals = [self._goal(version_id, number, plan) for number in range(len(plan.goals))]
        self._reviews(case, plan, plan_id, version_id, goals)
        if plan.in_force_on:
            detail = {"kind": plan.kind, "on": plan.in_force_on.isoformat()}
            self._trace("plan_in_force", ("plan", plan_id), client, case.id, at, **detail)

    def _review_duties(self, case: NewCase, plan: NewPlan, plan_id: UUID) -> date | None:
        """Open the duties of a plan in force and return the day of its next review (rulings 15 and 16)."""
        if plan.in_force_on is None:
            return plan.next_review_on
        held = [review.held_on for review in plan.reviews]
        due = explain_due(
            in_force_on=plan.in_force_on,
            held=held,
            cadences=_cadences(case.model, plan.kind, plan.in_force_on),
            period_end=plan.period_end,
        )
        chosen, of = plan.next_review_on or due.cadence_limit_on, ("plan", plan_id)
        if chosen is not None and (plan.next_review_on or not due.ends_first):
            rule = CHOSEN if plan.next_review_on else due.rule_code
            self._duty(case, DutyKind.PLAN_REVIEW, of, rule, due.anchor_on, chosen)
        if plan.period_end is not None:
            self._duty(case, DutyKind.PLAN_PERIOD_END, of, PERIOD_END, plan.in_force_on, plan.period_end)
        return plan.next_review_on or (None if due.ends_first else due.limit_on)

    def _goal(self, version_id: UUID, number: int, plan: NewPlan) -> UUID:
        goal, goal_id = plan.goals[number], new_id()
        text = self.vault.seal("goal", "text", goal_id, goal.text)
        self.tables["goal"].append((goal_id, version_id, number + 1, text))
        for place, action in enumerate(goal.actions, 1):
            row_id = new_id()
            sealed = self.vault.seal("plan_action", "text", row_id, action.text)
            row = (row_id, goal_id, place, sealed, action.owner, action.due_on, action.state)
            self.tables["plan_action"].append(row)
        return goal_id

    def _reviews(
        self, case: NewCase, plan: NewPlan, plan_id: UUID, version_id: UUID, goal_ids: Sequence[UUID]
    ) -> None:
        for number, review in enumerate(plan.reviews):
            row_id = new_id()
            seal = self._seal("review", row_id)
            following = plan.reviews[number + 1].held_on if number + 1 < len(plan.reviews) else plan.next_review_on
            row = (row_id, case.id, plan_id, version_id, review.held_on, seal("participants", review.participants))
            row += (seal("situation", review.situation), seal("changes", review.changes))
            row += (seal("late_reason", review.late_reason), following, self.source)
            self.tables["review"].append((*row, self._at(review.held_on), self.actor.id))
            outcomes = zip(goal_ids, review.outcomes, strict=False)
            self.tables["review_outcome"] += [(new_id(), row_id, goal_id, outcome) for goal_id, outcome in outcomes]

    def _consent(self, client: NewClient, case: NewCase, one: NewConsent) -> None:
        row_id, at = new_id(), self._at(one.given_on)
        seal = self._seal("consent", row_id)
        row = (row_id, client.id, case.id, one.kind, one.basis, one.given_by, one.given_on, one.form)
        row += (one.text_version, one.valid_until, seal("remark", one.remark), at, self.actor.id)
        withdrawn = (None, None, None)
        if one.withdrawn_on:
            withdrawn = (one.withdrawn_on, self._at(one.withdrawn_on), self.actor.id)
        self.tables["consent"].append((*row, *withdrawn, seal("withdrawal_reason", one.withdrawal_reason)))
        self.tables["consent_item"] += [
            (new_id(), row_id, item.party, item.category, item.purpose, item.answer) for item in one.items
        ]
        self._trace("consent_recorded", ("consent", row_id), client, case.id, at, kind=one.kind, basis=one.basis)
        if one.valid_until and not one.withdrawn_on and one.kind != "statutory":
            of = ("consent", row_id)
            self._duty(case, DutyKind.CONSENT_EXPIRY, of, "CONSENT_VALIDITY", one.given_on, one.valid_until)

    def _member(self, case: NewCase, member: NewMember) -> None:
        row_id = new_id()
        seal = self._seal("network_member", row_id)
        row = (row_id, case.id, seal("name", member.name), seal("contact", member.contact), member.party, member.role)
        self.tables["network_member"].append((*row, self._at(case.opened_on), self.actor.id))
        if member.lacks_basis:
            of = ("network_member", row_id)
            self._duty(case, DutyKind.MEMBER_WITHOUT_BASIS, of, "MEMBER_BASIS", self.today, self.today)


def teams_of(client: NewClient) -> frozenset[UUID]:
    """Return the teams the names are filed under: those of the cases; the nil team where coordinators must find it."""
    teams = {case.team_id for case in client.cases if case.team_id}
    if any(case.worker_id is None and case.closed_on is None for case in client.cases):
        teams.add(NIL_TEAM)
    return frozenset(teams or {NIL_TEAM})


def _visits(visits: Iterable[NewVisit]) -> list[Visit]:
    return [Visit(visit.stage, State(visit.state), visit.entered_on, visit.left_on) for visit in visits]


def _state_of(case: NewCase, plan: NewPlan) -> str:
    if plan.in_force_on is None:
        return VersionState.DRAFT
    return VersionState.ENDED if case.closed_on else VersionState.IN_FORCE


def _during(since: datetime, until: datetime | None) -> str:
    return f"[{since.isoformat()},{until.isoformat() if until else ''})"


@lru_cache(maxsize=10_000)
def _cadences(model: str, plan_kind: str, on: date) -> tuple[Cadence, ...]:
    return reference().cadence_for(model, plan_kind, on)


def _is_contact(kind: str) -> bool:
    return reference().note_kinds.get(kind).is_contact
