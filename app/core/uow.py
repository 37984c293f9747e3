"""The unit of work: one user act or one job step is one transaction."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session, sessionmaker

from app.core.crypto import Vault


class UnitOfWork:
    """A database session and the vault that opens its sealed columns.

    Services change and flush; the request, the task or the command that opened the unit commits it.
    """

    def __init__(self, session: Session, vault: Vault) -> None:
        self.session = session
        self.vault = vault
        self._then: list[Callable[[], None]] = []

    def flush(self) -> None:
        """Send pending changes to the database, so that its constraints speak now."""
        self.session.flush()

    def commit(self) -> None:
        """Make the act permanent, and then do what waits for that."""
        self.session.commit()
        waiting, self._then = self._then, []
        for act in waiting:
            act()

    def then(self, act: Callable[[], None]) -> None:
        """Do something once the act is permanent, such as waking a worker that must find the rows; it must not raise.

        Nothing may depend on it: a crash in between loses it. A rollback forgets it.
        """
        self._then.append(act)

    def rollback(self) -> None:
        """Forget everything since the last commit."""
        self._then = []
        self.session.rollback()

    def close(self) -> None:
        """Give the connection back; what was not committed is gone."""
        self.session.close()


@contextmanager
def unit_of_work(sessions: sessionmaker[Session], vault: Vault) -> Iterator[UnitOfWork]:
    """Commit when the block ends, roll back when it raises."""
    uow = UnitOfWork(sessions(), vault)
    try:
        yield uow
        uow.commit()
    except BaseException:
        uow.rollback()
        raise
    finally:
        uow.close()
