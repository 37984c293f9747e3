"""The page where a register comes in: upload, check, see the faults, bring it in or leave it."""

import csv
import io
import logging
from functools import partial
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, Response, current_app, request, url_for
from flask.typing import ResponseReturnValue

from app.access.permissions import Permission
from app.core.errors import NotFound
from app.intake import queries, services
from app.intake.domain import JobView, Report
from app.intake.forms import DeedForm, UploadForm
from app.intake.register import COLUMNS
from app.web.forms import submit
from app.web.guards import requires
from app.web.page import fragment, page, wants_fragment
from app.web.request import actor, moment, quiet, uow
from app.web.texts import _, _p, say

blueprint = Blueprint("intake", __name__)
SHOWN_FAULTS: Final = 500
TASK: Final = "intake.run"
QUEUE: Final = "polku_queue"
"""The extension that wakes a worker: a callable of a task's name and an id, wired by the factory."""
FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")
log = logging.getLogger(__name__)


@blueprint.route("/tuonti", methods=["GET", "POST"])
@requires(Permission.REGISTER_IMPORT)
def upload() -> ResponseReturnValue:
    """Take a file in and start its check."""
    form = UploadForm()

    def act() -> str:
        content = form.file.data.read() if form.file.data else b""
        return _job_page(services.upload(uow(), content, actor=actor(), now=moment()))

    done = submit(form, act)
    return done or page("intake/upload.html", form=form, columns=COLUMNS, jobs=queries.list_jobs_for(uow(), actor()))


@blueprint.get("/tuonti/<uuid:job_id>")
@requires(Permission.REGISTER_IMPORT)
def job(job_id: UUID) -> ResponseReturnValue:
    """Show how far a run has come, or what it found; asked for again and again while it is under way."""
    found = queries.get_job_for(uow(), actor(), job_id)
    if wants_fragment():
        quiet()
        return fragment("intake/_job.html", said="" if found.is_under_way else _("The run has ended"), **_shown(found))
    return page("intake/job.html", **_shown(found))


@blueprint.post("/tuonti/<uuid:job_id>/tuo")
@requires(Permission.REGISTER_IMPORT)
def confirm(job_id: UUID) -> ResponseReturnValue:
    """Bring in what the check found good."""
    form = DeedForm()
    done = submit(form, lambda: _job_page(services.confirm(uow(), job_id, actor=actor(), now=moment())))
    return done or page("intake/job.html", **_shown(queries.get_job_for(uow(), actor(), job_id), form))


@blueprint.post("/tuonti/<uuid:job_id>/peruuta")
@requires(Permission.REGISTER_IMPORT)
def cancel(job_id: UUID) -> ResponseReturnValue:
    """Forget the file."""
    form = DeedForm()

    def act() -> str:
        services.cancel(uow(), job_id, actor=actor(), now=moment())
        return url_for("intake.upload")

    done = submit(form, act, said=_("The file was removed. Nothing was brought in."))
    return done or page("intake/job.html", **_shown(queries.get_job_for(uow(), actor(), job_id), form))


@blueprint.get("/tuonti/<uuid:job_id>/virheet.csv")
@requires(Permission.REGISTER_IMPORT)
def faults(job_id: UUID) -> ResponseReturnValue:
    """Give the faults as a table that a Finnish Excel opens."""
    report = queries.get_job_for(uow(), actor(), job_id).report
    if report is None:
        raise NotFound
    answer = Response(_csv_of(report), mimetype="text/csv")
    answer.headers["Content-Disposition"] = "attachment; filename=tuonnin-virheet.csv"
    return answer


def _job_page(job_id: UUID) -> str:
    """Wake a worker once the job can be found, and return the job's address."""
    uow().then(partial(_wake, current_app.extensions.get(QUEUE), job_id))
    return url_for("intake.job", job_id=job_id)


def _wake(queue: Any, job_id: UUID) -> None:  # noqa: ANN401 - the factory's callable, or None where there is no broker
    if queue is None:
        return
    try:
        queue(TASK, str(job_id))
    except Exception:  # noqa: BLE001 - whatever the broker's client raises: the job waits in the database for the tick
        log.warning("the broker is away, the job waits for the tick")


def _shown(found: JobView, form: DeedForm | None = None) -> dict[str, Any]:
    shown = found.report.faults[:SHOWN_FAULTS] if found.report else ()
    return {"job": found, "report": found.report, "faults": shown, "form": form or DeedForm(), "at": request.path}


def _csv_of(report: Report) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([_p("import", "Row"), _p("import", "Field"), _("What to do")])
    writer.writerows([fault.row, _safe(fault.field), _safe(say(fault.message))] for fault in report.faults)
    return out.getvalue().encode("utf-8-sig")


def _safe(text: str) -> str:
    """Keep a spreadsheet from taking a text for a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
