"""What a good password is, and how one is kept: plain rules, and argon2id."""

import re
import unicodedata
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from itertools import pairwise
from threading import BoundedSemaphore
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.core.errors import TooMany
from app.core.texts import N_, Text

LEAST_LETTERS: Final = 15  # of a staff password
MOST_LETTERS: Final = 200
LEAST_OWN: Final = 8  # characters that must be left when the words everybody guesses are taken away
LEAST_DIFFERENT: Final = 5
# What lists of broken passwords are made of, in the languages of this country, and the words of this service.
GUESSED_FIRST: Final = """
    salasana password passw0rd losenord lösenord kirjaudu letmein welcome tervetuloa tervehdys valkommen välkommen
    hyvinvointialue hyvinvointi paijathame päijäthäme paijat päijät lahti suomi finland työkyky tyokyky tyollisyys
    työllisyys omatyontekija omatyöntekijä koordinaattori koordinaatio esihenkilö esihenkilo pääkäyttäjä paakayttaja
    käyttäjä kayttaja administrator admin polku sosiaali terveys sote asiakas perkele kissa koira rakas äiti aiti kulta
    jumala iloveyou minä mina dragon monkey football jalkapallo jääkiekko jaakiekko sunshine aurinko princess prinsessa
    superman master maanantai tiistai keskiviikko torstai perjantai lauantai sunnuntai tammikuu helmikuu maaliskuu
    huhtikuu toukokuu kesäkuu kesakuu heinäkuu heinakuu elokuu syyskuu lokakuu marraskuu joulukuu kevät kevat kesä kesa
    syksy talvi
""".split()  # noqa: SIM905 - a list of quoted words is harder to read and to add to
KEY_ROWS: Final = ("1234567890", "qwertyuiopå", "asdfghjklöä", "zxcvbnm", "abcdefghijklmnopqrstuvwxyzåäö")
MOSTLY: Final = 0.7  # this share of neighbours makes a row of keys


class Hasher:
    """Argon2id at a given cost, at most four at once in a process: a flood of sign-ins must not eat the memory."""

    def __init__(
        self, *, memory_kib: int, time_cost: int, parallelism: int, at_once: int = 4, patience_seconds: float = 20
    ) -> None:
        self._argon2 = PasswordHasher(time_cost=time_cost, memory_cost=memory_kib, parallelism=parallelism)
        self._seats = BoundedSemaphore(at_once)
        self._patience = patience_seconds
        # Checked when nobody has the name, so that the answer takes as long as for somebody.
        self._nobody = self.hash("nobody has this password")

    def hash(self, password: str) -> str:
        """The text to store: parameters, a fresh salt of 16 bytes and the hash."""
        with self._seat():
            return self._argon2.hash(_composed(password))

    def matches(self, stored: str, password: str) -> bool:
        """Whether it is the stored password; without a stored one it takes as long and is never right."""
        with self._seat():
            try:
                return self._argon2.verify(stored or self._nobody, _composed(password)) and bool(stored)
            except (VerificationError, InvalidHashError):
                return False

    def is_outdated(self, stored: str) -> bool:
        """Whether the stored hash was made at another cost than today's."""
        return self._argon2.check_needs_rehash(stored)

    @contextmanager
    def _seat(self) -> Iterator[None]:
        if not self._seats.acquire(timeout=self._patience):
            raise TooMany(N_("Very many people are signing in right now. Wait a moment and try again."))
        try:
            yield
        finally:
            self._seats.release()


def password_problems(password: str, *, username: str, full_name: str) -> list[Text]:
    """What keeps a password from being a good one; an empty list when nothing does.

    Length decides, not kinds of characters (NIST SP 800-63B, security-and-reliability.md 2.1): 15 letters or more, not
    the user's own name, not one pattern over and over, and something left beside the words that are guessed first.
    """
    if len(password) < LEAST_LETTERS:
        return [N_("Write a password of at least %(least)s characters.", least=LEAST_LETTERS)]
    if len(password) > MOST_LETTERS:
        return [N_("Write a password of at most %(most)s characters.", most=MOST_LETTERS)]
    lowered = _composed(password).lower()
    if username and username.lower() in lowered:
        return [N_("Write a password that does not hold your user name.")]
    if _is_pattern(lowered):
        return [N_("Write a password that does not repeat the same characters and is not a row of the keyboard.")]
    if _own_part(lowered, [username, *full_name.split()]) < LEAST_OWN:
        return [N_("Add words of your own: this password is made of names and words that are guessed first.")]
    return []


def _composed(password: str) -> str:
    """One spelling of letters such as ä, which keyboards and phones send in two ways."""
    return unicodedata.normalize("NFKC", password)


def _is_pattern(lowered: str) -> bool:
    letters = re.sub(r"[\W_]", "", lowered)
    if len(set(letters)) < LEAST_DIFFERENT:
        return True
    if any(
        all(a == b for a, b in zip(letters, letters[step:], strict=False)) for step in range(1, len(letters) // 2 + 1)
    ):
        return True
    beside = sum(1 for a, b in pairwise(letters) if _are_neighbours(a, b))
    return beside >= MOSTLY * (len(letters) - 1)


def _are_neighbours(a: str, b: str) -> bool:
    return a == b or any(a + b in row or b + a in row for row in KEY_ROWS)


def _own_part(lowered: str, names: Collection[str]) -> int:
    """How many characters are left when known words, names, and runs such as 123 or !!! are taken away."""
    words = [*GUESSED_FIRST, *(name.lower() for name in names if len(name) > 2)]
    left = re.sub("|".join(map(re.escape, sorted(words, key=len, reverse=True))), " ", lowered)
    return sum(1 for before, letter in pairwise(f" {left}") if letter != " " and not _are_neighbours(before, letter))
