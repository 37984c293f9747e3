"""How the import compares with the least that can be done: COPY of the very same rows into the same tables."""

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

import pytest
from psycopg import Cursor, sql

from app.access.actor import system_actor
from app.core.uow import UnitOfWork
from app.intake import runs, services
from app.intake.bulk import RegisterBatch
from tests.factories.intake import create_workers, many_rows, source_of

ROWS: Final = 1_500
MOST: Final = 10.0
ALSO_WRITTEN: Final = ("reminder_entry", "notice")


def seconds(act: Callable[[], object]) -> float:
    """How long something takes."""
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def dumped(cursor: Cursor[Any], table: str) -> bytes:
    """The rows of a table as COPY writes them."""
    with cursor.copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))) as out:
        return b"".join(bytes(block) for block in out)


def load(cursor: Cursor[Any], rows: Mapping[str, bytes]) -> None:
    """Write the rows back, table by table."""
    for table, content in rows.items():
        with cursor.copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table))) as into:
            into.write(content)


def test_the_import_takes_at_most_ten_times_the_copy_of_its_rows(
    uow: UnitOfWork, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    create_workers(uow)
    uow.commit()
    batches: list[RegisterBatch] = []

    def spied(*args: Any, **keywords: Any) -> RegisterBatch:  # noqa: ANN401 - whatever a batch takes
        batches.append(RegisterBatch(*args, **keywords))
        return batches[0]

    monkeypatch.setattr(runs, "RegisterBatch", spied)
    source = source_of(*many_rows(ROWS))
    robot = system_actor("system:intake")
    ours = seconds(lambda: services.run_import(uow, source, dry_run=False, actor=robot, now=now))

    driver = uow.session.connection().connection.driver_connection
    assert driver is not None
    with driver.cursor() as cursor:
        # The trail holds rows from before the import; without it the comparison is only the stricter.
        written = [table for table, count in batches[0].counts.items() if count and table != "audit_event"]
        rows = {table: dumped(cursor, table) for table in (*written, *ALSO_WRITTEN)}
        uow.rollback()
        uow.session.connection()
        least = seconds(lambda: load(cursor, rows))

    per_second = ROWS / ours
    print(f"import: {ours:.2f} s for {ROWS} rows ({per_second:.0f}/s), COPY {least:.2f} s, ratio {ours / least:.1f}")
    assert ours / least <= MOST
