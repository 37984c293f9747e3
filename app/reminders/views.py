"""The reader's own notices: unseen first, marked as seen by a press of a button and never by looking."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from app.reminders import queries, services
from app.web.guards import signed_in
from app.web.page import page, see_other
from app.web.request import actor, moment, uow

blueprint = Blueprint("reminders", __name__)

FAILURES_SHOWN: Final = timedelta(days=14)


@blueprint.get("/muistutukset")
@signed_in
def notices() -> ResponseReturnValue:
    """The actor's notices, and for a lead the mails that did not arrive."""
    return page(
        "reminders/notices.html",
        notices=queries.list_notices_for(uow(), actor(), now=moment()),
        failed=queries.failed_mails_for(uow(), actor(), since=moment() - FAILURES_SHOWN, now=moment()),
        unseen=queries.unseen_count(uow(), actor().user_id),
    )


@blueprint.post("/muistutukset/<uuid:notice_id>/nahty")
@signed_in
def see(notice_id: UUID) -> ResponseReturnValue:
    """Mark one notice as seen."""
    services.see(uow(), notice_id, actor=actor(), now=moment())
    return see_other(url_for("reminders.notices"))


@blueprint.post("/muistutukset/nahty")
@signed_in
def see_all() -> ResponseReturnValue:
    """Mark every notice as seen."""
    services.see_all(uow(), actor=actor(), now=moment())
    return see_other(url_for("reminders.notices"))
