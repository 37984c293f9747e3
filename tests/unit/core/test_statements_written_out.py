"""A statement that is built once has its constants in its text, and binds only what is given at each run."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Column, Date, MetaData, Select, String, Table, bindparam, case, literal, select
from sqlalchemy.dialects import postgresql

from app.core.db import written_out
from app.duties.domain import DutyKind

PROMISE = Table("promise", MetaData(), Column("words", String), Column("due_on", Date))


def sent(statement: Select[*tuple[Any, ...]]) -> tuple[str, dict[str, object]]:
    """The text that goes to the server, on one line, and what is bound."""
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy has no types for it
    compiled = written_out(statement).compile(dialect=dialect)
    return " ".join(str(compiled).split()), dict(compiled.params)


def test_words_days_and_lists_of_ours_are_in_the_text_and_what_is_given_stays_bound() -> None:
    late = case((PROMISE.c.due_on < date(2026, 11, 24), literal("it's late")), else_=literal(DutyKind.TASK, String))
    asked = select(late).where(PROMISE.c.words == bindparam("words"), PROMISE.c.words.in_(["a", "b"]))
    text, bound = sent(asked)
    assert "(promise.due_on < '2026-11-24') THEN 'it''s late' ELSE 'task'" in text
    assert "promise.words IN ('a', 'b')" in text
    assert bound == {"words": None}


def test_a_constant_that_the_driver_would_read_as_a_place_is_refused() -> None:
    with pytest.raises(ValueError, match="spells this out"):
        written_out(select(literal("100 %")))
