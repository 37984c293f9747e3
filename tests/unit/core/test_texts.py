from datetime import UTC, date, datetime

import pytest

from app.core.errors import Conflict, DomainError, FieldProblem, Forbidden, NotFound, Refused, TooMany
from app.core.texts import N_, N_n, Text


class Shouting:
    """A language that shouts, so that a translated sentence is told from its msgid."""

    def gettext(self, message: str, /) -> str:
        return message.upper().replace("%(DAY)S", "%(day)s").replace("%(WHAT)S", "%(what)s")

    def ngettext(self, msgid1: str, msgid2: str, n: int, /) -> str:
        return f"[{msgid1 if n == 1 else msgid2}]"


def test_a_day_in_a_sentence_is_written_without_leading_zeros() -> None:
    assert N_("Due %(day)s", day=date(2026, 2, 5)).render(Shouting()) == "DUE 5.2.2026"


def test_a_sentence_inside_a_sentence_is_translated_too() -> None:
    assert N_("Missing: %(what)s", what=N_("plan")).render(Shouting()) == "MISSING: PLAN"


def test_the_number_chooses_the_form() -> None:
    text = "%(num)s client"
    assert [N_n(text, "%(num)s clients", n).render(Shouting()) for n in (1, 2)] == ["[1 client]", "[2 clients]"]


def test_a_per_cent_sign_needs_no_care_in_a_sentence_without_parameters() -> None:
    assert str(N_("Work capacity under 60 %")) == "Work capacity under 60 %"


def test_equal_sentences_are_equal_whatever_the_order_of_their_parameters() -> None:
    assert {N_("%(a)s %(b)s", a=1, b="x"), N_("%(a)s %(b)s", b="x", a=1)} == {
        Text("%(a)s %(b)s", (("a", 1), ("b", "x")))
    }


def test_an_instant_is_no_day_and_is_refused() -> None:
    with pytest.raises(TypeError, match="local date"):
        N_("Due %(day)s", day=datetime(2026, 2, 5, 23, tzinfo=UTC))


def test_each_refusal_has_its_status() -> None:
    kinds: list[type[DomainError]] = [DomainError, NotFound, Forbidden, Conflict, Refused, TooMany]
    assert [kind.status for kind in kinds] == [400, 404, 403, 409, 422, 429]


def test_what_is_not_found_says_the_same_of_everything() -> None:
    assert NotFound().message == NotFound().message
    assert str(Forbidden()) != str(NotFound())


def test_a_refusal_with_one_field_is_its_own_only_reason() -> None:
    refused = Refused(N_("Write the goal."), "goal")
    assert refused.reasons == (FieldProblem("goal", N_("Write the goal.")),)


def test_several_reasons_are_told_at_once_under_the_first() -> None:
    reasons = [FieldProblem("goal", N_("Write the goal.")), FieldProblem(None, N_("Choose a worker."))]
    refused = Refused.because(reasons)
    assert (refused.message, refused.field, refused.reasons) == (N_("Write the goal."), "goal", tuple(reasons))
