"""The client page and what is done on it. Acts over several features are `services`; here they meet their forms."""

from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import UUID

from flask import Blueprint, current_app, flash, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from app.access.permissions import Permission
from app.cases import queries as cases
from app.cases import services as case_services
from app.cases.domain import CaseView
from app.clients import queries as clients
from app.clients import services as client_services
from app.clients.domain import Twins
from app.clients.services import LikelyTwin
from app.core.errors import NotFound
from app.drafts import queries as drafts
from app.drafts import services as draft_services
from app.pathways.domain import OnRecord, StageCode
from app.reference.loader import reference
from app.web.charts import sparkline
from app.web.forms import DayField, PolkuForm, submit
from app.web.guards import requires
from app.web.page import can_reach, fragment, page, see_other, wants_fragment
from app.web.request import actor, moment, today, uow
from app.web.texts import _
from app.workbench import pages, services
from app.workbench.domain import LOG_FORM, CaseShell, folded, place_of_advice, place_of_need
from app.workbench.forms import (
    DeedForm,
    ElsewhereForm,
    LogForm,
    MoveForm,
    PathwayForm,
    RegisterForm,
    SkipForm,
    WithdrawForm,
)
from app.workbench.stages import Asked

blueprint = Blueprint("workbench", __name__)
STAGES: Final = list(StageCode)
SECTION: Final = "osio"
"""The anchor of what a page of the case shows below the head."""
SAVED: Final = "kirjattu"
TRAIL_ROWS: Final = {"katselut": "viewed", "luettelot": "listed", "teot": "acts"}


# ---------------------------------------------------------------- reading
@blueprint.get("/asiakkaat/<uuid:client_id>")
@requires(Permission.CLIENT_VIEW)
def client(client_id: UUID) -> ResponseReturnValue:
    """Show the client's latest open pathway, or the client and a way to open one."""
    found = cases.cases_of_client_for(uow(), actor(), client_id, now=moment())
    if found:
        return _summary(found[0].id)
    _count()
    return page("workbench/client.html", client=pages.client_alone(uow(), actor(), client_id, now=moment()))


@blueprint.get("/polut/<uuid:case_id>")
@requires(Permission.CASE_VIEW)
def summary(case_id: UUID) -> ResponseReturnValue:
    """Show the client page."""
    return _summary(case_id)


def _summary(case_id: UUID) -> ResponseReturnValue:
    shown = pages.summary(uow(), actor(), case_id, now=moment(), today=today())
    return _page("summary", shown.shell, shown=shown, line=sparkline([score.value for score in shown.scores]))


@blueprint.get("/polut/<uuid:case_id>/aikajana")
@requires(Permission.CASE_VIEW)
def timeline(case_id: UUID) -> ResponseReturnValue:
    """Show the case notes, newest first; `avaa` unfolds one long entry."""
    kind, after = request.args.get("laji"), request.args.get("alkaen")
    shown = pages.timeline(uow(), actor(), case_id, kind=kind, after=after, now=moment(), today=today())
    return _page("timeline", shown.shell, shown=shown, folded=folded, unfolded=request.args.get("avaa"))


@blueprint.get("/polut/<uuid:case_id>/loki")
@requires(Permission.CLIENT_AUDIT)
def audit(case_id: UUID) -> ResponseReturnValue:
    """Show who has looked at the client and who has done what."""
    before, wanted = request.args.get("ennen", type=int), TRAIL_ROWS.get(request.args.get("rivit", ""))
    shown = pages.client_trail(uow(), actor(), case_id, wanted=wanted, before=before, now=moment(), today=today())
    if shown.shell is None:
        return page("workbench/audit_by_ref.html", shown=shown, case=shown.case)
    return _page("audit", shown.shell, shown=shown)


# ---------------------------------------------------------------- writing down
@blueprint.route("/polut/<uuid:case_id>/kirjaa", methods=["GET", "POST"])
@requires(Permission.CASE_LOG)
def log(case_id: UUID) -> ResponseReturnValue:
    """Write an entry: a whole page, or a panel in a row of the work list."""
    case = _case(case_id, Permission.CASE_LOG)
    form = _log_form(case)
    if "laajenna" in request.args and request.method == "POST":
        return _log_page(case, form)
    return submit(form, lambda: _log(case, form), said=_("Entry saved")) or _log_page(case, form)


def _log(case: CaseView, form: LogForm) -> str:
    services.log_contact(uow(), case, form.contact(), is_sure=bool(form.is_sure.data), actor=actor(), now=moment())
    return _next(_here(case), saved=str(form.once.data))


def _log_form(case: CaseView) -> LogForm:
    draft = drafts.find_draft(uow(), form=LOG_FORM, subject_id=case.id, actor=actor())
    form = LogForm(formdata=MultiDict(draft.values)) if draft and request.method == "GET" else LogForm()
    form.draft = draft
    form.prepare(
        reference(), today(), cases.open_steps_of(uow(), case.id), few=_is_panel() and "laajenna" not in request.args
    )
    if request.method == "GET":
        day = None if draft else today()
        form.start(day, topic=request.args.get("aihe"), kind=request.args.get("laji"))
    if _is_panel():
        form.rename(case.id.hex[:8])
    return form


def _log_page(case: CaseView, form: LogForm) -> ResponseReturnValue:
    _count()
    name = pages.name_for_form(uow(), actor(), case, page="log", now=moment())
    known = {"form": form, "case": case, "client": name, "back": _next(_here(case))}
    if _is_panel():
        return fragment("workbench/_log_panel.html", said="", status=None, expanded="laajenna" in request.args, **known)
    return page("workbench/log.html", None, **known)


def _is_panel() -> bool:
    return "paneeli" in request.args and wants_fragment()


@blueprint.post("/polut/<uuid:case_id>/kirjaa/hylkaa")
@requires(Permission.CASE_LOG)
def drop_draft(case_id: UUID) -> ResponseReturnValue:
    """Throw the draft of an entry away."""
    case = _case(case_id, Permission.CASE_LOG)
    draft_services.drop_draft(uow(), form=LOG_FORM, subject_id=case.id, actor=actor())
    flash(_("Draft removed"))
    return see_other(_next(url_for("workbench.log", case_id=case.id)))


@blueprint.post("/polut/<uuid:case_id>/luvattu/<uuid:step_id>")
@requires(Permission.CASE_LOG)
def keep_promise(case_id: UUID, step_id: UUID) -> ResponseReturnValue:
    """Mark a promise as kept."""
    case = _case(case_id, Permission.CASE_LOG)
    services.keep_promise(uow(), case, step_id, actor=actor(), now=moment())
    flash(_("Promise marked as kept"))
    return see_other(_here(case) + "#luvattu")


@blueprint.route("/polut/<uuid:case_id>/muualla", methods=["GET", "POST"])
@requires(Permission.CASE_LOG)
def record_elsewhere(case_id: UUID) -> ResponseReturnValue:
    """Keep that a document lies in another system."""
    case, form = _case(case_id, Permission.CASE_LOG), ElsewhereForm()
    form.prepare(reference(), today())
    if request.method == "GET":
        form.start(reference(), today(), document=request.args.get("asiakirja"))
    done = submit(form, lambda: _record(case, form), said=_("Recorded"))
    return done or _page("record_elsewhere", _shell(case, "record_elsewhere"), form=form)


def _record(case: CaseView, form: ElsewhereForm) -> str:
    case_services.record_elsewhere(uow(), case, **form.values(), actor=actor(), now=moment())
    return _next(_here(case))


# ---------------------------------------------------------------- stages
@blueprint.route("/polut/<uuid:case_id>/vaihe/<int:stage>", methods=["GET", "POST"])
@requires(Permission.CASE_VIEW)
def stage(case_id: UUID, stage: int) -> ResponseReturnValue:
    """Show a stage with its guidance and needs; open it."""
    case, to, form = _case(case_id), _stage(stage), MoveForm()
    if request.method == "GET":
        return _stage_page(case, to, opening=form)
    asked = pages.asked_of(uow(), case, to, today=today())
    form.ask(asked)
    done = submit(form, lambda: _move(case, to, form, asked), said=_("Stage opened"))
    return done or _stage_page(case, to, opening=form)


def _move(case: CaseView, to: StageCode, form: MoveForm, asked: Asked) -> str:
    services.move_stage(uow(), case, to=to, **form.values(asked.missing), actor=actor(), now=moment())
    return _here(case)


@blueprint.post("/polut/<uuid:case_id>/vaihe/<int:stage>/valmis")
@requires(Permission.CASE_MOVE_STAGE)
def finish_stage(case_id: UUID, stage: int) -> ResponseReturnValue:
    """Mark an open stage as done."""
    case, code, form = _case(case_id), _stage(stage), DeedForm()
    done = submit(form, lambda: _finish(case, code, form), said=_("Stage marked as done"))
    return done or _stage_page(case, code, deed=form)


def _finish(case: CaseView, code: StageCode, form: DeedForm) -> str:
    case_services.finish_stage(uow(), case, stage=code, actor=actor(), now=moment(), expected_version=form.seen)
    return _here(case)


@blueprint.post("/polut/<uuid:case_id>/vaihe/<int:stage>/ohita")
@requires(Permission.CASE_MOVE_STAGE)
def skip_stage(case_id: UUID, stage: int) -> ResponseReturnValue:
    """Mark a stage as not needed."""
    case, code, form = _case(case_id), _stage(stage), SkipForm()
    done = submit(form, lambda: _skip(case, code, form), said=_("Stage marked as not needed"))
    return done or _stage_page(case, code, skip=form)


def _skip(case: CaseView, code: StageCode, form: SkipForm) -> str:
    given = {"reason": form.why.data, "expected_version": form.seen}
    services.skip_stage(uow(), case, stage=code, **given, actor=actor(), now=moment())
    return _here(case)


def _stage_page(case: CaseView, code: StageCode, **sent: PolkuForm) -> ResponseReturnValue:
    shown = pages.stage_page(uow(), actor(), case.id, code, now=moment(), today=today())
    forms = {"opening": MoveForm, "skip": SkipForm, "deed": DeedForm}
    made: dict[str, Any] = {name: sent.get(name) or kind(formdata=None) for name, kind in forms.items()}
    made["opening"].ask(shown.asked)
    for name, form in made.items():
        if request.method == "GET" or name not in sent:
            form.open_on(shown.shell.case.version)
    if "opening" not in sent or request.method == "GET":
        made["opening"].start(shown.move)
    refused = next(iter(sent.values()))
    return _page("stage", shown.shell, form=refused, shown=shown, **made)


def _stage(number: int) -> StageCode:
    if not 1 <= number <= len(STAGES):
        raise NotFound
    return STAGES[number - 1]


# ---------------------------------------------------------------- beginning and end
@blueprint.route("/asiakkaat/uusi", methods=["GET", "POST"])
@requires(Permission.CLIENT_REGISTER)
def register() -> ResponseReturnValue:
    """Register a person and open their first pathway; likely twins are shown before it is done."""
    form, twins = RegisterForm(), list[Twins]()
    form.prepare(reference(), today())
    _begin(form.opened_on)
    done = submit(form, lambda: _register(form, twins), said=_("Client registered"))
    return done or page("workbench/register.html", form=form, twins=twins[0] if twins else None)


def _register(form: RegisterForm, twins: list[Twins]) -> str:
    try:
        given = form.pathway()
        return _here(services.register_and_open(uow(), form.details(), **given, actor=actor(), now=moment()))
    except LikelyTwin as twin:
        twins.append(twin.twins)
        raise


@blueprint.route("/asiakkaat/<uuid:client_id>/uusi-polku", methods=["GET", "POST"])
@requires(Permission.CASE_OPEN)
def open_case(client_id: UUID) -> ResponseReturnValue:
    """Open another pathway for a client."""
    person = clients.get_client_for(uow(), actor(), client_id, now=moment())
    found = cases.cases_of_client_for(uow(), actor(), client_id, now=moment())
    form = PathwayForm()
    form.prepare(reference(), today(), but=[case.model_key for case in found if case.is_open])
    _begin(form.opened_on)
    done = submit(form, lambda: _open(client_id, form), said=_("Pathway opened"))
    return done or page("workbench/open_case.html", form=form, client=person)


def _open(client_id: UUID, form: PathwayForm) -> str:
    given = {"contact_source": form.contact_source.data or "", **form.pathway()}
    return _here(services.open_pathway(uow(), client_id, **given, actor=actor(), now=moment()))


@blueprint.route("/polut/<uuid:case_id>/suostumukset/<uuid:consent_id>/peru", methods=["GET", "POST"])
@requires(Permission.CONSENT_RECORD)
def withdraw_consent(case_id: UUID, consent_id: UUID) -> ResponseReturnValue:
    """Withdraw a consent; for whom sharing ends is told first."""
    shown = pages.withdrawal(uow(), actor(), case_id, consent_id, now=moment(), today=today())
    form = WithdrawForm()
    _begin(form.on)
    done = submit(form, lambda: _withdraw(shown.shell.case, consent_id, form), said=_("Consent withdrawn"))
    return done or _page("withdraw_consent", shown.shell, form=form, shown=shown)


def _withdraw(case: CaseView, consent_id: UUID, form: WithdrawForm) -> str:
    given = {"on": form.on.data, "reason": form.reason.data or None}
    services.withdraw_consent(uow(), case, consent_id, **given, actor=actor(), now=moment())
    return url_for("consents.index", case_id=case.id)


# ---------------------------------------------------------------- shared
def _case(case_id: UUID, permission: Permission = Permission.CASE_VIEW) -> CaseView:
    return cases.get_case_for(uow(), actor(), case_id, now=moment(), permission=permission)


def _shell(case: CaseView, name: str) -> CaseShell:
    return pages.head_only(uow(), actor(), case.id, page=name, now=moment(), today=today())


def _page(name: str, shell: CaseShell, **known: Any) -> ResponseReturnValue:  # noqa: ANN401 - a page's own things
    _count()
    return page(f"workbench/{name}.html", None, shell=shell, case=shell.case, me=actor().id, lists=reference(), **known)


def _here(case: CaseView) -> str:
    return url_for("workbench.summary", case_id=case.id)


def _begin(day: DayField | None, form: PolkuForm | None = None, case: CaseView | None = None) -> None:
    """Set what a form starts with when it is first shown: today, and the version of the case."""
    if request.method != "GET":
        return
    if day is not None:
        day.process_data(today())
    if form is not None and case is not None:
        form.open_on(case.version)


def _count() -> None:
    """Count the page for the limit of pages an hour."""
    settings = current_app.extensions["polku"].settings
    client_services.count_view(uow(), actor(), moment(), settings.view_soft_limit, settings.view_hard_limit)


def _next(otherwise: str, *, saved: str = "") -> str:
    """Return where the form was opened from when that is a page of ours; `saved` makes a panel's page load anew.

    The address of a list with a row's anchor differs from the present one in the anchor alone, and a browser told to
    go there would only scroll.
    """
    wanted = request.args.get("next", "")
    parts = urlsplit(wanted)
    if parts.scheme or parts.netloc or not wanted.startswith("/") or "\\" in wanted or wanted.startswith("//"):
        return otherwise
    if not saved or not _is_panel():
        return wanted
    kept = [(name, value) for name, value in parse_qsl(parts.query) if name != SAVED]
    return parts._replace(query=urlencode([*kept, (SAVED, saved)])).geturl()


def _reachable(place: tuple[str, dict[str, Any]] | None) -> str | None:
    return url_for(place[0], **place[1]) if place and can_reach(place[0]) else None


@blueprint.app_template_global("advice_href")
def advice_href(shell: CaseShell) -> str | None:
    """Return where the next best action is done, or None; on that very page its own section, never the page anew."""
    to = _reachable(place_of_advice(shell))
    return f"#{SECTION}" if to == request.full_path.rstrip("?") else to


@blueprint.app_template_global("need_href")
def need_href(shell: CaseShell, need: OnRecord) -> str | None:
    """Return where a need or an item of a checklist is put on record, or None when the reader may not do it now."""
    may = shell.case.is_open and shell.may_do(need.link)
    return _reachable(place_of_need(shell.case.id, need)) if may else None
