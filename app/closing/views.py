"""The pages that end a case and begin what follows it."""

from typing import Any
from uuid import UUID

from flask import Blueprint, current_app, request, url_for
from flask.typing import ResponseReturnValue

from app.access.permissions import Permission
from app.cases import queries as cases
from app.cases.domain import CaseView
from app.clients import services as client_services
from app.closing import queries, services
from app.closing.domain import ClosingPage, NextPathPage
from app.closing.forms import CloseForm, NextPathForm, ReasonForm, make_close_form
from app.reference.loader import reference
from app.web.forms import submit
from app.web.guards import requires
from app.web.page import page
from app.web.request import actor, moment, today, uow
from app.web.texts import _
from app.workbench import pages
from app.workbench.domain import CaseShell

blueprint = Blueprint("closing", __name__)


@blueprint.route("/polut/<uuid:case_id>/paata", methods=["GET", "POST"])
@requires(Permission.CASE_CLOSE)
def close(case_id: UUID) -> ResponseReturnValue:
    """Close the case; what is open in it is asked about, row by row."""
    case = _case(case_id, Permission.CASE_CLOSE)
    shown = queries.closing_page(uow(), actor(), case, now=moment(), today=today())
    form = make_close_form(shown, reference())
    if request.method == "GET":
        form.start()
        form.open_on(case.version)
    return submit(form, lambda: _close(case, form), said=_("Case closed")) or _close_page(shown, form)


def _close(case: CaseView, form: CloseForm) -> str:
    services.close(uow(), case, form.closing(), actor=actor(), now=moment(), expected_version=form.seen)
    return url_for("closing.ending", case_id=case.id)


def _close_page(shown: ClosingPage, form: CloseForm) -> ResponseReturnValue:
    return _page("close", shown.shell, form=form, shown=shown)


@blueprint.get("/polut/<uuid:case_id>/paatos")
@requires(Permission.CASE_VIEW)
def ending(case_id: UUID) -> ResponseReturnValue:
    """Show how the case closed and what became of everything that was open."""
    shown = queries.ending_page(uow(), actor(), case_id, now=moment(), today=today())
    return _page("ending", shown.shell, shown=shown)


@blueprint.route("/polut/<uuid:case_id>/avaa", methods=["GET", "POST"])
@requires(Permission.CASE_REOPEN)
def reopen(case_id: UUID) -> ResponseReturnValue:
    """Open a closed case again."""
    case, form = _case(case_id, Permission.CASE_REOPEN), ReasonForm()
    if request.method == "GET":
        form.open_on(case.version)
    done = submit(form, lambda: _reopen(case, form), said=_("Case reopened"))
    return done or _page("reopen", _shell(case, "reopen"), form=form)


def _reopen(case: CaseView, form: ReasonForm) -> str:
    given = {"reason": form.reason.data, "expected_version": form.seen}
    services.reopen(uow(), case, **given, actor=actor(), now=moment())
    return url_for("workbench.summary", case_id=case.id)


# ---------------------------------------------------------------- the next path
@blueprint.route("/polut/<uuid:case_id>/jatko", methods=["GET", "POST"])
@requires(Permission.CASE_OPEN)
def follow(case_id: UUID) -> ResponseReturnValue:
    """Open a path that goes on from this one: first the model, then what goes along."""
    wanted = request.args.get("malli")
    shown = queries.next_path_page(uow(), actor(), case_id, wanted, now=moment(), today=today())
    form = NextPathForm()
    form.prepare(shown, reference())
    if request.method == "GET" or shown.model is None:
        form.start(shown.shell.case, shown.channel, is_same_register=shown.registers is None)
        return _page("follow", shown.shell, form=form, shown=shown)
    done = submit(form, lambda: _follow(shown, form), said=_("Pathway opened"))
    return done or _page("follow", shown.shell, form=form, shown=shown)


def _follow(shown: NextPathPage, form: NextPathForm) -> str:
    key = shown.model.key if shown.model else ""
    opened = services.follow(uow(), shown.shell.case, form.following(key), actor=actor(), now=moment())
    return url_for("workbench.summary", case_id=opened.id)


@blueprint.get("/polut/<uuid:case_id>/tuotu")
@requires(Permission.CASE_VIEW)
def carried(case_id: UUID) -> ResponseReturnValue:
    """Show what the path goes on with from the one before it."""
    shown = queries.carried_page(uow(), actor(), case_id, now=moment(), today=today())
    return _page("carried", shown.shell, shown=shown)


# ---------------------------------------------------------------- shared
def _case(case_id: UUID, permission: Permission) -> CaseView:
    return cases.get_case_for(uow(), actor(), case_id, now=moment(), permission=permission)


def _shell(case: CaseView, name: str) -> CaseShell:
    return pages.head_only(uow(), actor(), case.id, page=name, now=moment(), today=today())


def _page(name: str, shell: CaseShell, **known: Any) -> ResponseReturnValue:  # noqa: ANN401 - a page's own things
    settings = current_app.extensions["polku"].settings
    client_services.count_view(uow(), actor(), moment(), settings.view_soft_limit, settings.view_hard_limit)
    shared = {"shell": shell, "case": shell.case, "lists": reference()}
    return page(f"closing/{name}.html", None, **shared, **known)
