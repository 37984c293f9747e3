"""The Finnish order of the database and of Python are one and the same."""

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from app.core.finnish import FI_KEY_FROM, FI_KEY_TO, fi_key, sort_key

SAME_CONNECTION = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
# Letters both know; a letter that only the newer Unicode of one side has is nobody's name.
LETTERS = st.characters(exclude_categories=["Cs", "Cn", "Co"], exclude_characters="\0")
NAMES = st.text(LETTERS, max_size=20) | st.text("aåäöÅÄÖzZéÉšŽñÕüwvV -'", max_size=20)

KEYS = text(
    """SELECT fi_key(name) FROM unnest(CAST(:names AS text[])) WITH ORDINALITY AS given(name, place) ORDER BY place"""
)
ORDERED = text(
    """SELECT name FROM unnest(CAST(:names AS text[])) AS given(name)
    ORDER BY fi_key(name) COLLATE "C", name COLLATE "C" """
)


@SAME_CONNECTION
@given(st.lists(NAMES, max_size=40))
@example(["İstanbul", "ΣΊΣΥΦΟΣ", "Ǆ", "ẞ", FI_KEY_FROM, FI_KEY_FROM.upper(), FI_KEY_TO])
def test_the_database_and_python_make_the_same_key(connection: Connection, names: list[str]) -> None:
    keys = connection.execute(KEYS, {"names": names})
    assert list(keys.scalars()) == [fi_key(name) for name in names]


@SAME_CONNECTION
@given(st.lists(NAMES, max_size=40, unique=True))
@example(["Aalto", "Ákos", "de la Cruz", "Lê", "Ojala", "Virtanen", "virtanen", "Wirtanen", "Åberg", "Äijälä", "Öhman"])
def test_the_database_and_python_sort_alike(connection: Connection, names: list[str]) -> None:
    ordered = connection.execute(ORDERED, {"names": names[::-1]})
    assert list(ordered.scalars()) == sorted(names, key=sort_key)


def test_the_database_folds_the_letters_python_names(connection: Connection) -> None:
    body = connection.execute(text("SELECT prosrc FROM pg_proc WHERE proname = 'fi_key'")).scalar_one()
    assert f"'{FI_KEY_FROM}', '{FI_KEY_TO}'" in body
