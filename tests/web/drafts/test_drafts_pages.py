"""Keeping a draft over the web: by script and without."""

import re
from collections.abc import Iterator
from datetime import datetime
from uuid import uuid4

import pytest
from flask import Flask

from app.access.actor import Actor
from app.core import clock
from app.core.uow import UnitOfWork
from app.drafts import queries
from tests.factories.accounts import actor_of, create_user, sign_in_as
from tests.strict import StrictClient

SUBJECT = uuid4()
PLACE = f"/luonnokset/log/{SUBJECT}"


@pytest.fixture
def anna(app: Flask, client: StrictClient, uow: UnitOfWork, now: datetime) -> Iterator[Actor]:
    """A signed-in worker at half past two."""
    del app
    clock.configure(now.replace(hour=14, minute=32).isoformat())
    user = create_user(uow)
    sign_in_as(client, uow, user)
    yield actor_of(uow, user)
    clock.configure(None)


def token_of(client: StrictClient) -> str:
    """The token that the forms of the browser carry."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/asiakkaat").get_data(as_text=True))
    assert found is not None
    return found[1]


def test_the_script_is_told_when_it_was_saved(uow: UnitOfWork, client: StrictClient, anna: Actor) -> None:
    typed = {"csrf_token": token_of(client), "what": "Sovittu", "version": "4"}
    answer = client.post(PLACE, data=typed, headers={"Polku-Autosave": "1"})
    assert (answer.status_code, answer.headers["Polku-Saved"], answer.json) == (200, "14.32", {"saved": "14.32"})
    found = queries.find_draft(uow, form="log", subject_id=SUBJECT, actor=anna)
    assert found is not None
    assert (found.fields, found.base_version) == ({"what": "Sovittu"}, 4)


@pytest.mark.parametrize(
    ("page", "back"),
    [
        ("https://polku.test/asiakkaat?nakyma=omat", "/asiakkaat?nakyma=omat"),
        ("https://evil.test/asiakkaat", "/"),
        ("", "/"),
        ("https://polku.test//evil.test/", "/"),
    ],
)
def test_without_script_one_comes_back_to_the_page_of_the_form(
    client: StrictClient, anna: Actor, page: str, back: str
) -> None:
    del anna
    headers = {"Referer": page, "Origin": "https://polku.test"}
    answer = client.post(PLACE, data={"csrf_token": token_of(client), "what": "Sovittu"}, headers=headers)
    assert (answer.status_code, answer.headers["Location"]) == (303, back)
    assert "Luonnos tallennettu klo 14.32" in client.get("/asiakkaat").get_data(as_text=True)


def test_a_form_of_another_name_is_not_found(client: StrictClient, anna: Actor) -> None:
    del anna
    answer = client.post(f"/luonnokset/Väärä Nimi/{SUBJECT}", data={"csrf_token": token_of(client)})
    assert answer.status_code == 404


def test_a_draft_without_a_token_is_not_kept(client: StrictClient, anna: Actor) -> None:
    del anna
    assert client.post(PLACE, data={"what": "x"}).status_code == 400
