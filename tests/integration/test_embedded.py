"""The embedded servers in the places a clone may lie, and the command line that borrows them."""

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from config.embedded.lock import is_locked, locked, socket_folder
from config.embedded.postgres import find_seat
from config.embedded.process import StartProblem
from config.embedded.servers import borrowed

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def clone() -> Iterator[Path]:
    """A folder that only its owner may enter, as the home of root is."""
    folder = Path(tempfile.mkdtemp(prefix="polku-clone-"))
    (folder / "config").symlink_to(ROOT / "config")
    yield folder
    shutil.rmtree(socket_folder(folder), ignore_errors=True)
    place = find_seat(folder / "var" / "postgres").data.parent
    if place.is_relative_to("/var/lib"):
        shutil.rmtree(place)
    shutil.rmtree(folder)


@pytest.fixture
def without_namespaces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that refuses user namespaces, as a container's default profile does."""
    refusing = tmp_path / "unshare"
    refusing.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    refusing.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)


def who(env: dict[str, str]) -> str:
    engine = create_engine(env["DATABASE_URL"])
    try:
        with engine.connect() as connection:
            return str(connection.scalar(text("SELECT current_user")))
    finally:
        engine.dispose()


def test_a_command_starts_the_database_for_itself_and_takes_it_down(clone: Path) -> None:
    with borrowed(clone, {"PATH": os.environ["PATH"]}) as env:
        assert who(env) == "polku_app"
        assert is_locked(clone)
    assert not is_locked(clone)
    assert not (clone / "var/postgres/data/postmaster.pid").exists()


def test_the_operators_database_is_left_to_the_operator(clone: Path) -> None:
    given = {"DATABASE_URL": "postgresql://elsewhere/polku"}
    with borrowed(clone, given) as env:
        assert env == given
    assert not (clone / "var").exists()


@pytest.mark.usefixtures("without_namespaces")
def test_it_starts_where_user_namespaces_are_refused(clone: Path) -> None:
    old = os.umask(0o077)  # as the launcher has it
    try:
        for _start in range(2):
            with borrowed(clone, {"PATH": os.environ["PATH"]}) as env:
                assert who(env) == "polku_app"
    finally:
        os.umask(old)


def test_no_folder_above_the_clone_is_opened_to_others(clone: Path) -> None:
    before = {folder: folder.stat().st_mode for folder in (clone, *clone.parents)}
    with borrowed(clone, {"PATH": os.environ["PATH"]}):
        assert {folder: folder.stat().st_mode for folder in before} == before
        assert stat.S_IMODE((socket_folder(clone) / "pg").stat().st_mode) == 0o700


def test_one_launcher_holds_the_lock(clone: Path) -> None:
    with (
        locked(clone),
        pytest.raises(StartProblem, match="already runs in this folder"),
        locked(clone, patience=0.3),
    ):
        pytest.fail("two launchers at once")


def test_a_folder_of_sockets_that_others_may_look_into_is_refused(clone: Path) -> None:
    folder = socket_folder(clone)
    folder.chmod(0o755)
    with pytest.raises(StartProblem, match="open to others"):
        socket_folder(clone)
    folder.chmod(0o700)
