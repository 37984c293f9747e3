"""Invented people: names, ages, identity codes nobody can have, contact data that leads nowhere. Plain Python."""

from collections.abc import Mapping
from datetime import date, timedelta
from random import Random
from typing import Final
from uuid import UUID

from app.demo.domain import Foreign, Names, Story
from app.intake.entries import NewClient

FIRST_ARTIFICIAL: Final = 900  # individual numbers 900–999 are never given to anybody
_CHECK_CHARACTERS: Final = "0123456789ABCDEFHJKLMNPRSTUVWXY"
_PLAIN_LETTERS: Final = str.maketrans("åäöéü", "aaoeu", "'")
WITHOUT_CODE: Final = 0.06
PROTECTED: Final = 0.02
OTHER_LANGUAGE: Final = 0.09


def artificial_code(born: date, number: int) -> str:
    """Return a valid personal identity code with an individual number of 900 to 999, odd for men and even for women."""
    if not FIRST_ARTIFICIAL <= number <= 999:
        raise ValueError(f"{number} may belong to somebody")
    digits = f"{born:%d%m%y}"
    sign = "A" if born.year >= 2000 else "-"
    return f"{digits}{sign}{number}{_CHECK_CHARACTERS[int(f'{digits}{number}') % 31]}"


def plain_letters(name: str) -> str:
    """Return a name as it stands in addresses and user names: small letters, without accents and blanks."""
    return name.lower().translate(_PLAIN_LETTERS).replace(" ", "")


def pick_by_weight(random: Random, weights: Mapping[str, int]) -> str:
    """Return one of the keys, each as often as its weight says."""
    return random.choices(list(weights), list(weights.values()))[0]


class PeopleMaker:
    """Makes one person after the other, all by one random source; a code is never given twice."""

    def __init__(self, random: Random, names: Names, today: date) -> None:
        self._random, self._names, self._today = random, names, today
        self._codes: set[str] = set()

    def person(self, story: Story, *, town: str, is_protected: bool | None = None) -> NewClient:
        """Return a person the story could be of, who lives in the municipality; no cases yet."""
        random = self._random
        is_woman = random.random() < 0.5
        foreign = random.choice(self._names.other_languages) if random.random() < OTHER_LANGUAGE else None
        last, first, call = self._name(is_woman, foreign)
        born = self._born(story.age)
        code = self._code(born, is_woman) if random.random() >= WITHOUT_CODE else None
        return NewClient(
            id=UUID(int=random.getrandbits(128), version=4),
            last_name=last,
            first_names=first,
            call_name=call,
            identity_code=code,
            birth_on=born,
            contact_language=foreign.language if foreign else "fi",
            interpreter_language=foreign.interpreter if foreign else None,
            needs_plain_language=story.plain or random.random() < 0.03,
            is_protected=random.random() < PROTECTED if is_protected is None else is_protected,
            municipality_code=town,
            address=self._address(),
            phone=f"0440 {random.randrange(1000):03} {random.randrange(1000):03}",
            email=self._email(call, last),
        )

    def staff_name(self) -> str:
        """Return a name for one of the staff."""
        random, names = self._random, self._names
        return f"{random.choice(names.women if random.random() < 0.7 else names.men)} {random.choice(names.last_names)}"

    def stranger(self) -> str:
        """Return a name for a professional or close person beside a client."""
        random, names = self._random, self._names
        return f"{random.choice(names.women + names.men)} {random.choice(names.last_names)}"

    def _name(self, is_woman: bool, foreign: Foreign | None) -> tuple[str, str, str]:  # noqa: FBT001 - of a pair
        random, names = self._random, self._names
        if foreign:
            first = random.choice(foreign.women if is_woman else foreign.men)
            return random.choice(foreign.last_names), first, first
        last = random.choice(names.last_names)
        if random.random() < 0.02:
            last = f"{last}-{random.choice(names.last_names)}"
        call = random.choice(names.women if is_woman else names.men)
        second = random.choice(names.second_women if is_woman else names.second_men)
        first = f"{second} {call}" if random.random() < 0.06 else f"{call} {second}"
        return last, first, call

    def _born(self, age: tuple[int, int]) -> date:
        youngest, oldest = age
        days = self._random.randint(youngest * 365 + youngest // 4 + 1, (oldest + 1) * 365)
        return self._today - timedelta(days=days)

    def _code(self, born: date, is_woman: bool) -> str | None:  # noqa: FBT001 - of a pair
        numbers = range(FIRST_ARTIFICIAL + (0 if is_woman else 1), 1000, 2)
        for number in self._random.sample(numbers, len(numbers)):
            code = artificial_code(born, number)
            if code not in self._codes:
                self._codes.add(code)
                return code
        return None

    def _address(self) -> str:
        random = self._random
        door = f" {random.choice('ABC')} {random.randint(1, 40)}" if random.random() < 0.6 else ""
        return f"{random.choice(self._names.streets)} {random.randint(1, 60)}{door}"

    def _email(self, call: str, last: str) -> str | None:
        if self._random.random() < 0.2:
            return None
        return f"{plain_letters(call)}.{plain_letters(last)}{self._random.randint(1, 99)}@example.org"
