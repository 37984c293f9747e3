"""The name of one client of a group is found in another's text, inflected as Finnish does, and common words are not."""

import pytest

from app.clients.domain import ClientName
from app.core.ids import new_id
from app.reviews.domain import named_in


def called(last_name: str) -> ClientName:
    return ClientName(
        id=new_id(),
        ref_number=1001,
        last_name=last_name,
        first_names="Aino Maria",
        call_name="Aino",
        name=f"{last_name} Aino",
        birth_on=None,
        is_protected=False,
        municipality_code=None,
        contact_language="fi",
    )


@pytest.mark.parametrize(
    ("text", "last_name"),
    [
        ("Koivulan vuoro on ensin.", "Koivula"),
        ("koivula oli mukana", "Koivula"),
        ("Istuu Saarisen vieressä.", "Saarinen"),
        ("Saarista autettiin.", "Saarinen"),
        ("Antoi työkalun Lahdelle.", "Lahti"),
        ("Mäen kanssa", "Mäki"),
        ("Lehdolta jäi kesken", "Lehto"),
        ("Laineelta kysyttiin", "Laine"),
        ("Virrankin mielestä", "Aalto-Virta"),
        ("Ekin työpiste", "Ek"),
        ("Nguyenille kerrottiin", "Nguyen"),
        ("Kallaksen työpari", "Kallas"),
    ],
)
def test_a_last_name_is_found_in_the_forms_it_takes(text: str, last_name: str) -> None:
    assert named_in(text, [called("Toinen"), called(last_name)])


@pytest.mark.parametrize(
    ("text", "last_name"),
    [
        ("Koskee koko ryhmää.", "Koski"),
        ("Joi kahvia muiden kanssa.", "Joki"),
        ("Kävelee rannalla.", "Ranta"),
        ("Ahonen oli ohjaajana.", "Aho"),
        ("Lahtinen tuli myöhemmin.", "Lahti"),
        ("", "Koivula"),
        (None, "Koivula"),
    ],
)
def test_other_words_and_other_names_are_left_alone(text: str | None, last_name: str) -> None:
    assert not named_in(text, [called(last_name)])
