"""The ground of the integration tests is what production has."""

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import ProgrammingError

from app.core.uow import UnitOfWork


def test_the_tests_work_as_the_applications_role_which_owns_nothing(engine: Engine) -> None:
    with engine.connect() as connection:
        role, is_super = connection.execute(
            text("SELECT current_user, rolsuper FROM pg_roles WHERE rolname = current_user")
        ).one()
        owned = connection.scalar(text("SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole"))
    assert (role, is_super, owned) == ("polku_app", False, 0)


def test_the_applications_role_cannot_make_a_table(uow: UnitOfWork) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        uow.session.execute(text("CREATE TABLE sneaky (id int)"))


def test_letters_are_lowered_as_in_finnish_and_commits_are_durable(engine: Engine) -> None:
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT lower('ÄÖÅŠ')")) == "äöåš"
        assert [
            connection.scalar(text(f"SHOW {name}")) for name in ("fsync", "full_page_writes", "synchronous_commit")
        ] == ["on", "on", "on"]
