"""The invented region of the demo, made for tests as the command makes it."""

from datetime import datetime
from typing import Any

from sqlalchemy import text

from app.access.actor import system_actor
from app.accounts.passwords import Hasher
from app.core.uow import UnitOfWork
from app.demo.domain import DemoSummary
from app.demo.services import make_demo

HASHER = Hasher(memory_kib=8, time_cost=1, parallelism=1)
EARLIEST = """
    SELECT c.id, c.current_stage, c.model_key, d.due_on, d.waits_for FROM pathway_case c
    JOIN user_account u ON u.id = c.primary_worker_id
    LEFT JOIN LATERAL (
        SELECT due_on, waits_for FROM duty WHERE case_id = c.id AND closed_at IS NULL ORDER BY due_on LIMIT 1
    ) d ON true
    WHERE u.username = :name AND c.closed_on IS NULL
"""


def make_region(uow: UnitOfWork, now: datetime, *, clients: int = 300, seed: int = 1, **more: Any) -> DemoSummary:  # noqa: ANN401 - passed on
    """Make the region of so many clients; `more` goes to `make_demo`."""
    actor = system_actor("system:demo")
    more.setdefault("is_demo", True)
    return make_demo(uow, clients=clients, seed=seed, hasher=HASHER, actor=actor, now=now, **more)


def rows(uow: UnitOfWork, statement: str, **values: Any) -> list[Any]:  # noqa: ANN401 - statement parameters
    """Ask the database itself."""
    with uow.session.begin_nested():  # a statement that fails spoils no other test of the region
        return list(uow.session.execute(text(statement), values))


def names(uow: UnitOfWork) -> list[tuple[str, str, str | None]]:
    """Return everybody by reference: last name, first names, identity code."""
    found = rows(uow, "SELECT id, last_name, first_names, identity_code FROM client ORDER BY ref_number")
    opened = uow.vault.open_optional
    return [
        (
            uow.vault.open("client", "last_name", row.id, row.last_name),
            uow.vault.open("client", "first_names", row.id, row.first_names),
            opened("client", "identity_code", row.id, row.identity_code),
        )
        for row in found
    ]
