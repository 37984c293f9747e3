"""When a worker is back, and who is offered first."""

from datetime import date
from uuid import UUID

from app.coordination.domain import Away, Load, free_on, ranked

TODAY = date(2026, 11, 24)


def away(first: date, last: date) -> Away:
    return Away(first, last, "")


def a_load(number: int, *, codes: tuple[str, ...] = ("care_lead",), cases: int = 0, back: date | None = None) -> Load:
    return Load(
        id=UUID(int=number),
        name=f"Työntekijä {number}",
        professions="",
        codes=frozenset(codes),
        open_cases=cases,
        late_cases=0,
        away=None,
        free_on=back,
    )


def test_who_is_here_today_is_free_now_whatever_comes_later() -> None:
    assert free_on([away(date(2026, 12, 1), date(2026, 12, 4))], TODAY) is None


def test_who_is_away_is_back_on_the_next_working_day() -> None:
    assert free_on([away(date(2026, 11, 23), date(2026, 11, 27))], TODAY) == date(2026, 11, 30)


def test_absences_with_only_a_weekend_between_are_one() -> None:
    absences = [away(date(2026, 11, 30), date(2026, 12, 4)), away(date(2026, 11, 23), date(2026, 11, 27))]

    assert free_on(absences, TODAY) == date(2026, 12, 7)


def test_the_return_skips_independence_day_week_end() -> None:
    assert free_on([away(TODAY, date(2026, 12, 23))], TODAY) == date(2026, 12, 28)


def test_those_the_pathway_names_come_first_then_who_is_here_then_who_carries_least() -> None:
    loads = [
        a_load(1, codes=("physician",)),
        a_load(2, cases=40),
        a_load(3, cases=3, back=date(2026, 12, 1)),
        a_load(4, cases=12),
    ]

    order = [one.load.id.int for one in ranked(loads, frozenset({"care_lead"}))]

    assert order == [4, 2, 3, 1]


def test_a_part_of_a_name_narrows() -> None:
    loads = [a_load(11), a_load(12), a_load(21)]

    found = ranked(loads, frozenset(), words="TYÖNTEKIJÄ 1")

    assert [one.load.id.int for one in found] == [11, 12]
