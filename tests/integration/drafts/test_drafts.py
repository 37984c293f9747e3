"""Drafts: kept sealed, for their author, for thirty days."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text

from app.access.actor import Actor
from app.core.errors import NotFound, Refused
from app.core.uow import UnitOfWork
from app.drafts import queries, services
from app.drafts.domain import Values
from app.drafts.models import Draft
from tests.factories.accounts import actor_of, create_user

SUBJECT = uuid4()


@pytest.fixture
def anna(uow: UnitOfWork) -> Actor:
    """The author."""
    return actor_of(uow, create_user(uow))


def save(uow: UnitOfWork, actor: Actor, fields: Values, *, now: datetime, form: str = "log") -> None:
    """Keep a draft about the subject."""
    services.save_draft(uow, form=form, subject_id=SUBJECT, base_version=3, fields=fields, actor=actor, now=now)


def test_a_draft_is_found_as_it_was_typed(uow: UnitOfWork, now: datetime, anna: Actor) -> None:
    save(uow, anna, {"what": "Sovittu käynti\nja äää", "kind": ["call", "visit"], "empty": ""}, now=now)
    found = queries.find_draft(uow, form="log", subject_id=SUBJECT, actor=anna)
    assert found is not None
    assert found.fields == {"what": "Sovittu käynti\nja äää", "kind": "call", "empty": ""}
    assert found.values["kind"] == ["call", "visit"]
    assert (found.base_version, found.saved_at) == (3, now)


def test_a_later_draft_takes_the_place_of_the_earlier(uow: UnitOfWork, now: datetime, anna: Actor) -> None:
    save(uow, anna, {"what": "ensin"}, now=now)
    save(uow, anna, {"what": "sitten"}, now=now + timedelta(seconds=3))
    found = queries.find_draft(uow, form="log", subject_id=SUBJECT, actor=anna)
    assert found is not None
    assert (found.fields, found.saved_at) == ({"what": "sitten"}, now + timedelta(seconds=3))
    assert uow.session.scalar(select(func.count()).select_from(Draft)) == 1


def test_a_draft_is_its_authors_alone(uow: UnitOfWork, now: datetime, anna: Actor) -> None:
    juha = actor_of(uow, create_user(uow))
    save(uow, anna, {"what": "oma"}, now=now)
    assert queries.find_draft(uow, form="log", subject_id=SUBJECT, actor=juha) is None
    assert queries.drafts_of(uow, juha, [SUBJECT]) == []
    services.drop_draft(uow, form="log", subject_id=SUBJECT, actor=juha)
    assert queries.find_draft(uow, form="log", subject_id=SUBJECT, actor=anna) is not None


def test_a_draft_is_sealed_in_its_row(uow: UnitOfWork, now: datetime, anna: Actor) -> None:
    save(uow, anna, {"what": "Kanarialintu"}, now=now)
    assert "Kanarialintu" not in str(uow.session.execute(text("TABLE draft")).all())


def test_keys_of_the_form_and_passwords_are_not_kept(uow: UnitOfWork, now: datetime, anna: Actor) -> None:
    save(uow, anna, {"csrf_token": "x", "once": "y", "version": "3", "new_password": "z", "what": "w"}, now=now)
    found = queries.find_draft(uow, form="log", subject_id=SUBJECT, actor=anna)
    assert found is not None
    assert found.fields == {"what": "w"}


def test_contact_data_under_protection_are_not_kept_in_a_draft(uow: UnitOfWork, now: datetime, anna: Actor) -> None:
    typed = {
        "last_name": "Aalto",
        "address": "Salakatu 7",
        "phone": "040",
        "email": "a@b.fi",
        "municipality_code": "398",
    }
    save(uow, anna, {**typed, "is_protected": "y"}, now=now)
    found = queries.find_draft(uow, form="log", subject_id=SUBJECT, actor=anna)
    assert found is not None
    assert found.fields == {"last_name": "Aalto", "is_protected": "y"}


def test_a_dropped_draft_is_gone(uow: UnitOfWork, now: datetime, anna: Actor) -> None:
    save(uow, anna, {"what": "pois"}, now=now)
    services.drop_draft(uow, form="log", subject_id=SUBJECT, actor=anna)
    assert queries.find_draft(uow, form="log", subject_id=SUBJECT, actor=anna) is None


def test_drafts_older_than_thirty_days_are_deleted(uow: UnitOfWork, now: datetime, anna: Actor) -> None:
    save(uow, anna, {"what": "vanha"}, now=now - timedelta(days=30, seconds=1), form="old")
    save(uow, anna, {"what": "tuore"}, now=now - timedelta(days=29), form="new")
    assert services.expire_drafts(uow, now=now) == 1
    assert [draft.form for draft in queries.drafts_of(uow, anna, [SUBJECT])] == ["new"]


def test_a_name_that_is_no_form_and_a_text_without_end_are_refused(uow: UnitOfWork, now: datetime, anna: Actor) -> None:
    with pytest.raises(NotFound):
        save(uow, anna, {}, now=now, form="../x")
    with pytest.raises(Refused):
        save(uow, anna, {"what": "x" * 200_001}, now=now)
