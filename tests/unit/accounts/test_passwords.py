"""A good password is long and one's own; which kinds of characters it has does not matter."""

import threading

import pytest

from app.accounts.passwords import Hasher, password_problems
from app.core.errors import TooMany


def problems(password: str) -> list[str]:
    return [text.msgid for text in password_problems(password, username="matti.m", full_name="Matti Meikäläinen")]


@pytest.mark.parametrize(
    "password",
    [
        "vihreä lentävä matto",
        "kissa istuu puussa ja laulaa",
        "x7$K2!p9@Q4&m1#",
        "f3a91c07e5b24d68",
        "correcthorsebatterystaple",
        "näin kirjoitan pitkän lauseen, joka on vain minun ja jonka muistan aina helposti; välit ja merkit käyvät",
    ],
)
def test_long_passwords_of_ones_own_are_good_whatever_their_characters(password: str) -> None:
    assert problems(password) == []


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("omat 14 merkki", "at least"),
        ("aaaaaaaaaaaaaaaaaaaa", "repeat"),
        ("kukkukkukkukkukkuk", "repeat"),
        ("abc123abc123abc123", "repeat"),
        ("qwertyuiopasdfghjkl", "keyboard"),
        ("123456789012345678", "keyboard"),
        ("Salasana Salasana 2026!", "guessed first"),
        ("Tervetuloa2026!!!!!", "guessed first"),
        ("Kesäkuu-Heinäkuu-2026", "guessed first"),
        ("Päijäthämeen sote 1", "guessed first"),
        ("Meikäläinen Matti 1", "guessed first"),
        ("on matti.m kirjautuu", "user name"),
        ("x" * 201, "at most"),
    ],
)
def test_short_repeated_and_guessable_passwords_are_refused_with_the_cure(password: str, reason: str) -> None:
    assert len(problems(password)) == 1
    assert reason in problems(password)[0]


def test_a_letter_of_two_code_points_is_the_same_letter() -> None:
    hasher = Hasher(memory_kib=8, time_cost=1, parallelism=1)
    assert hasher.matches(hasher.hash("vihreä matto lentää"), "vihrea\u0308 matto lenta\u0308a\u0308")


def test_a_password_without_a_stored_one_is_never_right() -> None:
    hasher = Hasher(memory_kib=8, time_cost=1, parallelism=1)
    assert not hasher.matches("", "nobody has this password")
    assert not hasher.matches("no hash at all", "nobody has this password")


def test_a_hash_of_a_lower_cost_is_outdated() -> None:
    low, high = (Hasher(memory_kib=8, time_cost=time, parallelism=1) for time in (1, 2))
    stored = low.hash("vihreä lentävä matto")
    assert high.matches(stored, "vihreä lentävä matto")
    assert (low.is_outdated(stored), high.is_outdated(stored)) == (False, True)


def test_four_hashes_run_at_once_and_the_fifth_waits_only_so_long(monkeypatch: pytest.MonkeyPatch) -> None:
    hasher = Hasher(memory_kib=8, time_cost=1, parallelism=1, patience_seconds=0.05)
    gate, inside = threading.Event(), threading.Semaphore(0)

    class Slow:
        def hash(self, _password: str) -> str:
            inside.release()
            gate.wait(5)
            return "done"

    monkeypatch.setattr(hasher, "_argon2", Slow())
    threads = [threading.Thread(target=hasher.hash, args=("x",)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in threads:
        assert inside.acquire(timeout=5)
    with pytest.raises(TooMany):
        hasher.hash("x")
    gate.set()
    for thread in threads:
        thread.join()
    assert hasher.hash("x") == "done"
