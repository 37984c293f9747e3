"""Turns a client and the cases that come in bulk into rows, sealed where the table says so.

The rows are what the features' own services would have written, one act after the other; the stages follow from
`pathways.engine`. What hangs on a case (plans, consents, network) is made in `agreed`.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final
from uuid import UUID

from app.access.predicates import StandingKind
from app.clients.domain import NIL_TEAM, match_text
from app.clients.services import token_rows
from app.core.crypto import Vault
from app.core.ids import new_id
from app.duties.domain import DutyKind
from app.intake.agreed import add_agreed
from app.intake.entries import NewCase, NewClient, NewNote, NewPromise, NewVisit
from app.intake.tables import Tables
from app.network.domain import Span, end_of
from app.pathways.domain import StageCode
from app.pathways.engine import StageState, Visit, first_days, stage_map
from app.pathways.loader import latest
from app.reference.loader import reference

STEP: Final = "next_step"


def add_client(tables: Tables, client: NewClient) -> None:
    """Add the rows of a person and everything that hangs on it."""
    at = tables.at(min((case.opened_on for case in client.cases), default=None))
    _person(tables, client, at)
    _names(tables, client)
    tables.trace("registered", ("client", client.id), None, client.id, at=at, has_code=client.identity_code is not None)
    if client.is_protected:
        _protect(tables, client, at)
    for ordinal, case in enumerate(client.cases, 1):
        _case(tables, client, case, ordinal)


def teams_of(client: NewClient) -> frozenset[UUID]:
    """Return the teams the names are filed under: those of the cases; the nil team where coordinators must find it."""
    teams = {case.team_id for case in client.cases if case.team_id}
    if any(case.worker_id is None and case.closed_on is None for case in client.cases):
        teams.add(NIL_TEAM)
    return frozenset(teams or {NIL_TEAM})


# ---------------------------------------------------------------- the person


def _person(tables: Tables, client: NewClient, at: datetime) -> None:
    seal, vault = tables.seal("client", client.id), tables.vault
    code, born = client.identity_code, client.birth_on
    row: tuple[object, ...] = (
        client.id,
        seal("identity_code", code),
        vault.identity_hash(code) if code else None,
        vault.match_hash(match_text(client.last_name, client.first_names, born)),
        seal("last_name", client.last_name),
        seal("first_names", client.first_names),
        seal("call_name", client.call_name),
        seal("birth_on", born.isoformat() if born else None),
        client.contact_language,
        client.interpreter_language,
        client.needs_plain_language,
        client.is_protected,
    )
    if client.is_protected:
        row += (None, None, None, None)
    else:
        sealed = (seal("phone", client.phone), seal("email", client.email), seal("address", client.address))
        row += (client.municipality_code, *sealed)
    tables.rows["client"].append((*row, client.contact_source, tables.source, at, tables.actor.id, 1))


def _names(tables: Tables, client: NewClient) -> None:
    """File the name under the teams. Names repeat, so the fingerprints of a word are made once."""
    known, tokens = tables.tokens_by_word, set[int]()
    for word in f"{client.last_name} {client.first_names} {client.call_name or ''}".split():
        found = known.get(word)
        if found is None:
            found = known[word] = _tokens(tables.vault, word)
        tokens.update(found)
    teams = teams_of(client)
    tables.rows["client_token"] += [(token, team, client.id) for token in tokens for team in teams]


def _tokens(vault: Vault, word: str) -> tuple[int, ...]:
    return tuple(token_rows(vault, word, ""))


def _protect(tables: Tables, client: NewClient, at: datetime) -> None:
    row_id, vault = new_id(), tables.vault.protected
    contact = {
        "municipality": client.municipality_code,
        "address": client.address,
        "phone": client.phone,
        "email": client.email,
    }
    sealed = (vault.seal_optional("sealed_contact", column, row_id, text) for column, text in contact.items())
    tables.rows["sealed_contact"].append((row_id, client.id, *sealed, at))
    for worker in dict.fromkeys(case.worker_id for case in client.cases if case.worker_id):
        tables.rows["protected_handler"].append((new_id(), client.id, worker, at))
        tables.trace("handler_named", ("sealed_contact", worker), None, client.id, at=at)


# ---------------------------------------------------------------- the case


def _case(tables: Tables, client: NewClient, case: NewCase, ordinal: int) -> None:
    version = case.model_version or latest(case.model).version
    visits = _visits(case.visits)
    stages = stage_map(visits)
    at, closed_at = tables.at(case.opened_on), tables.at(case.closed_on) if case.closed_on else None
    row = (case.id, client.id, ordinal, case.model, version, case.opened_on, at, tables.actor.id, case.contact_source)
    place = (tables.source, case.team_id, case.worker_id, stages.current, stages.since)
    closing = (case.closed_on, closed_at, tables.actor.id if closed_at else None, case.outcome)
    tables.rows["pathway_case"].append((*row, *place, *first_days(visits), *_last_contact(case.notes), *closing, 1))
    tables.trace("case_opened", ("case", case.id), case, client.id, at=at, stage=stages.current, model=case.model)
    for number, visit in enumerate(case.visits, 1):
        _visit(tables, case, number, visit)
    _line(tables, client, case, closed_at)
    for note in case.notes:
        _note(tables, client, case, note, stages.current)
    add_agreed(tables, client.id, case)
    if closed_at:
        _closing(tables, client, case, closed_at)


def _visits(visits: Iterable[NewVisit]) -> list[Visit]:
    return [Visit(visit.stage, StageState(visit.state), visit.entered_on, visit.left_on) for visit in visits]


def _last_contact(notes: Iterable[NewNote]) -> tuple[date | None, str | None]:
    contacts = [note for note in notes if reference().note_kinds.get(note.kind).is_contact]
    if not contacts:
        return None, None
    last = max(contacts, key=lambda note: note.happened_on)
    return last.happened_on, last.kind


def _closing(tables: Tables, client: NewClient, case: NewCase, at: datetime) -> None:
    row_id = new_id()
    text = tables.seal("case_closing", row_id)("text", case.closing_text)
    tables.rows["case_closing"].append((row_id, case.id, case.closed_on, at, tables.actor.id, case.outcome, text))
    tables.trace("case_closed", ("case", case.id), case, client.id, at=at, outcome=case.outcome)


def _visit(tables: Tables, case: NewCase, number: int, visit: NewVisit) -> None:
    """A stay whose days are not known was nobody's act here: the register only says that it was."""
    row_id = new_id()
    is_known = visit.entered_on is not None or visit.left_on is not None
    by = tables.actor.id if is_known else None
    finished_by = None if visit.state == StageState.IN_PROGRESS else by
    reason = tables.seal("stage_visit", row_id)("reason", visit.reason)
    row = (row_id, case.id, number, visit.stage, visit.state, visit.entered_on, visit.left_on, by, finished_by, reason)
    at = tables.at(visit.entered_on or visit.left_on or case.opened_on)
    tables.rows["stage_visit"].append((*row, tables.source, at))


def _line(tables: Tables, client: NewClient, case: NewCase, closed_at: datetime | None) -> None:
    ends = [*(one.since for one in case.line[1:]), closed_at]
    for one, end in zip(case.line, ends, strict=False):
        row_id = new_id()
        seal = tables.seal("responsible_period", row_id)
        sealed = (seal("reason", one.reason), seal("profession_exception", one.profession_exception))
        _period(tables, client, case, of=(row_id, one.user_id), span=("primary", one.since, end), sealed=sealed)
        of, worker = ("responsible_period", row_id), str(one.user_id)
        tables.trace("worker_assigned", of, case, client.id, at=one.since, worker=worker)
    since = case.line[-1].since if case.line else tables.at(case.opened_on)
    for user_id in case.pair_ids:
        _period(tables, client, case, of=(new_id(), user_id), span=("pair", since, closed_at))


def _period(
    tables: Tables,
    client: NewClient,
    case: NewCase,
    *,
    of: tuple[UUID, UUID],
    span: tuple[str, datetime, datetime | None],
    sealed: tuple[bytes | None, bytes | None] = (None, None),
) -> None:
    """A period of the line and the right that rests on it; neither is ever empty."""
    kind, since, until = span
    until = end_of(Span(since), until) if until else None
    during = f"[{since.isoformat()},{until.isoformat() if until else ''})"
    row_id, user_id = of
    row = (row_id, case.id, user_id, kind, during, since, tables.actor.id, *sealed)
    tables.rows["responsible_period"].append(row)
    right = StandingKind.PAIR if kind == "pair" else StandingKind.RESPONSIBLE
    tables.rows["standing"].append((new_id(), user_id, client.id, case.id, right, since, until))


# ---------------------------------------------------------------- entries


def _note(tables: Tables, client: NewClient, case: NewCase, note: NewNote, current: StageCode) -> None:
    row_id = new_id()
    seal = tables.seal("note", row_id)
    at, by = note.written_at or tables.at(note.happened_on), note.author_id or tables.actor.id
    row = (row_id, case.id, note.kind, note.topic, note.happened_on, seal("line", note.line), seal("text", note.text))
    tables.rows["note"].append((*row, note.is_visible_to_client, note.stage or current, by, tables.source, at))
    tables.trace("note_written", ("note", row_id), case, client.id, at=at, kind=note.kind)
    for promise in note.promises:
        _promise(tables, case, promise, of=(row_id, note.happened_on), made=(at, by))


def _promise(
    tables: Tables, case: NewCase, promise: NewPromise, *, of: tuple[UUID, date], made: tuple[datetime, UUID | None]
) -> None:
    row_id, (note_id, on) = new_id(), of
    text = tables.seal(STEP, row_id)("text", promise.text)
    row = (row_id, case.id, note_id, promise.owner, text, promise.due_on, promise.done_on, *made)
    tables.rows[STEP].append(row)
    if promise.due_on is not None and promise.done_on is None:
        step, waits_for = (STEP, row_id), promise.owner
        tables.owe(case, DutyKind.TASK, step, rule=STEP, anchor=on, due=promise.due_on, waits_for=waits_for)
