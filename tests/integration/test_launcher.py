"""The launcher: one start, one stop, and what happens when something is killed."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tests.integration.stand_in import StandIn

pytestmark = pytest.mark.timeout(180)


@pytest.fixture
def clone(tmp_path: Path) -> Iterator[StandIn]:
    stand_in = StandIn(tmp_path / "clone")
    yield stand_in
    stand_in.cleanup()


def run_sql(clone: StandIn, statement: str) -> list[str]:
    engine = create_engine(clone.services()["env"]["DATABASE_URL"])
    try:
        with engine.begin() as connection:
            result = connection.execute(text(statement))
            return [row[0] for row in result] if result.returns_rows else []
    finally:
        engine.dispose()


def ticks(clone: StandIn) -> int:
    path = clone.root / "var" / "ticks"
    return len(path.read_text().splitlines()) if path.exists() else 0


def test_a_start_brings_everything_up_and_a_stop_takes_everything_down(clone: StandIn) -> None:
    first = clone.start(POLKU_DEMO_CLIENTS="7")
    assert clone.page().isdigit()
    assert set(clone.services()["pids"]) == {"postgres", "valkey", "mail", "worker", "beat", "web"}
    clone.wait_for(20, lambda: ticks(clone) > 0)
    run_sql(clone, "INSERT INTO kept VALUES ('committed')")
    code, seconds = clone.stop(signal.SIGINT)
    assert (code, clone.processes()) == (0, {})
    assert not (clone.root / "var/run/services.json").exists()

    second = clone.start(POLKU_DEMO_CLIENTS="7")
    assert run_sql(clone, "SELECT word FROM kept") == ["committed"]
    assert clone.stop(signal.SIGTERM)[0] == 0
    assert clone.processes() == {}
    calls = (clone.root / "var/calls").read_text().splitlines()
    assert calls == ["demo --if-empty --clients 7 --seed 1", "demo-accounts", "demo-accounts"]
    print(f"first start {first:.1f} s, stop {seconds:.1f} s, second start {second:.1f} s")


def test_a_killed_launcher_leaves_no_orphan_and_the_next_start_recovers(clone: StandIn) -> None:
    clone.start()
    run_sql(clone, "INSERT INTO kept VALUES ('before the kill')")
    assert len(clone.processes()) >= 8
    clone.kill()
    gone = clone.wait_for(12, lambda: not clone.processes())
    again = clone.start()
    assert run_sql(clone, "SELECT word FROM kept") == ["before the kill"]
    print(f"all gone {gone:.1f} s after kill -9, next start {again:.1f} s")


def test_a_start_right_after_the_kill_waits_for_the_last_one_to_be_gone(clone: StandIn) -> None:
    clone.start()
    clone.kill()
    clone.start()
    assert clone.page().isdigit()


def test_the_whole_machine_dying_loses_nothing_committed(clone: StandIn) -> None:
    clone.start()
    run_sql(clone, "INSERT INTO kept VALUES ('before the power went')")
    everybody = clone.processes()
    for pid in everybody:
        os.kill(pid, signal.SIGSTOP)
    for pid in everybody:
        os.kill(pid, signal.SIGKILL)
    clone.kill()
    clone.wait_for(12, lambda: not clone.processes())
    assert (clone.root / "var/postgres/data/postmaster.pid").exists()
    clone.start()
    assert run_sql(clone, "SELECT word FROM kept") == ["before the power went"]


def test_each_child_that_dies_is_started_again(clone: StandIn) -> None:
    clone.start()
    for name in ("postgres", "valkey", "mail", "worker", "beat", "web"):
        before = clone.services()["pids"][name]
        os.kill(before, signal.SIGKILL)
        clone.wait_for(20, lambda: clone.services()["pids"].get(name) not in (None, before))  # noqa: B023 - called at once
    clone.wait_for(20, lambda: clone.page().isdigit())
    assert run_sql(clone, "SELECT 'answers'") == ["answers"]
    seen = ticks(clone)
    clone.wait_for(30, lambda: ticks(clone) > seen)


def test_a_dead_web_worker_is_replaced_and_the_page_answers(clone: StandIn) -> None:
    clone.start()
    answering = int(clone.page())
    os.kill(answering, signal.SIGKILL)
    clone.wait_for(20, lambda: clone.page() not in ("", str(answering)))


def test_a_second_launcher_in_the_same_folder_is_refused_in_one_line(clone: StandIn) -> None:
    clone.start()
    first = clone.process
    assert first is not None
    second = clone.launch(PORT=str(clone.port + 1))
    said, _ = second.communicate(timeout=60)
    clone.process = first
    assert second.returncode == 1
    assert f"Polku already runs in this folder (pid {first.pid})." in said


def test_a_taken_port_is_told_before_anything_is_started(clone: StandIn) -> None:
    import socket  # noqa: PLC0415 - only this test opens a socket of its own

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", clone.port))
        taken.listen()
        said, _ = clone.launch().communicate(timeout=60)
    assert f"Port {clone.port} is taken." in said
    assert not (clone.root / "var/postgres").exists()


def test_lost_keys_stop_the_start_instead_of_hiding_the_data(clone: StandIn) -> None:
    clone.start()
    clone.stop()
    (clone.root / "var/secrets/polku_field_keys").unlink()
    process = clone.launch()
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "polku_field_keys is missing" in said


def test_what_is_made_is_readable_by_its_owner_only(clone: StandIn) -> None:
    clone.start()
    secrets = clone.root / "var/secrets"
    assert secrets.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in secrets.iterdir()} == {0o600}
    assert (clone.root / "var/run/services.json").stat().st_mode & 0o777 == 0o600
    assert (clone.root / "var/postgres/data").stat().st_mode & 0o077 == 0
    note = (clone.root / "var/run/services.json").read_text()
    assert not [path for path in secrets.iterdir() if path.read_text().strip() in note]
