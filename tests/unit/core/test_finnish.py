from app.core.finnish import fi_key, sort_key
from app.core.ids import new_id

IN_ORDER = [
    "Aalto", "Ákos", "de la Cruz", "Lê", "Ojala", "Sørensen", "Virtanen", "virtanen",
    "Wirtanen", "Zetterberg", "Åberg", "Äijälä", "Öhman",
]  # fmt: skip


def test_names_stand_in_finnish_order() -> None:
    shuffled = sorted(IN_ORDER, key=lambda name: (len(name), name[::-1]))
    assert sorted((name for name in shuffled if name != "Sørensen"), key=sort_key) == [
        name for name in IN_ORDER if name != "Sørensen"
    ]


def test_the_three_last_letters_follow_z() -> None:
    assert "z" < fi_key("å") < fi_key("ä") < fi_key("ö")


def test_equal_keys_are_told_apart_as_written() -> None:
    assert fi_key("Virtanen") == fi_key("virtanen")
    assert sort_key("Virtanen", "Aino") != sort_key("virtanen", "Aino")


def test_two_identifiers_differ_and_are_random() -> None:
    assert new_id() != new_id()
    assert new_id().version == 4
