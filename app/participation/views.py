"""The pages of the client's voice: what was said and told in each stage, the goals, and feedback."""

from uuid import UUID

from flask import Blueprint, flash, request, url_for
from flask.typing import ResponseReturnValue

from app.access.permissions import Permission
from app.access.policy import can
from app.accounts import queries as accounts
from app.cases import queries as cases
from app.cases.domain import CaseView
from app.cases.services import look_at
from app.participation import queries, services
from app.participation.domain import Voice
from app.participation.forms import (
    ANSWER_WORDS,
    CorrectionForm,
    FeedbackForm,
    GoalsForm,
    HearingForm,
    ReplyForm,
    make_goals_form,
)
from app.pathways.domain import StageCode
from app.pathways.loader import pathway
from app.plans import queries as plans
from app.plans.domain import VersionState
from app.plans.versions import VersionView
from app.reference.loader import reference
from app.web.forms import DayField, submit
from app.web.guards import requires
from app.web.page import page, see_other
from app.web.request import actor, moment, today, uow
from app.web.texts import _

blueprint = Blueprint("participation", __name__)


@blueprint.get("/polut/<uuid:case_id>/asiakkaan-aani")
@requires(Permission.CASE_VIEW)
def index(case_id: UUID) -> ResponseReturnValue:
    """Show what the client has said and been told, beside the goals and the feedback."""
    case = _seen(case_id)
    voice = queries.voice_of(uow(), case.id)
    return page(
        "participation/index.html",
        case=case,
        voice=voice,
        plans=_in_force(case),
        model=pathway(case.model_key, case.model_version),
        names=accounts.full_names(uow(), _recorders(voice)),
        words=ANSWER_WORDS,
        lists=reference(),
        may_record=can(actor(), Permission.PARTICIPATION_RECORD, case.subject),
    )


@blueprint.route("/polut/<uuid:case_id>/asiakkaan-aani/kuuleminen", methods=["GET", "POST"])
@requires(Permission.PARTICIPATION_RECORD)
def hear(case_id: UUID) -> ResponseReturnValue:
    """Write down a talk in the client's words."""
    case, form = _case(case_id), HearingForm()
    form.offer(pathway(case.model_key, case.model_version), today())
    if request.method == "GET":
        form.stage.process_data(_asked_stage(case))
        form.took_part.process_data(["client"])
        _begin(form.heard_on)
    done = submit(form, lambda: _hear(case, form), said=_("The client's view saved"))
    return done or page("participation/hear.html", case=case, form=form, prompts=reference().participation_prompts)


def _hear(case: CaseView, form: HearingForm) -> str:
    services.hear(uow(), case, form.hearing, actor=actor(), now=moment())
    return _back(case)


@blueprint.route("/polut/<uuid:case_id>/asiakkaan-aani/kuuleminen/<uuid:hearing_id>/korjaa", methods=["GET", "POST"])
@requires(Permission.PARTICIPATION_RECORD)
def correct(case_id: UUID, hearing_id: UUID) -> ResponseReturnValue:
    """Write a talk anew in the place of a wrong one."""
    case, form = _seen(case_id, Permission.PARTICIPATION_RECORD), CorrectionForm()
    wrong = queries.hearing_of(uow(), case.id, hearing_id)
    form.offer(pathway(case.model_key, case.model_version), today())
    if request.method == "GET":
        form.fill(wrong.content)
    done = submit(form, lambda: _correct(case, hearing_id, form), said=_("Entry corrected"))
    return done or page("participation/correct.html", case=case, form=form, wrong=wrong)


def _correct(case: CaseView, hearing_id: UUID, form: CorrectionForm) -> str:
    services.correct_hearing(
        uow(), case, hearing_id, form.hearing, reason=form.reason.data, actor=actor(), now=moment()
    )
    return _back(case)


@blueprint.route("/polut/<uuid:case_id>/asiakkaan-aani/tavoitteet/<uuid:version_id>", methods=["GET", "POST"])
@requires(Permission.PARTICIPATION_RECORD)
def goals(case_id: UUID, version_id: UUID) -> ResponseReturnValue:
    """Go through the goals of a plan with the client."""
    case = _seen(case_id, Permission.PARTICIPATION_RECORD)
    version = plans.version_of(uow(), case.id, version_id)
    form = make_goals_form(version.goals, today())
    if request.method == "GET":
        form.fill(queries.goal_answers_of(uow(), case.id))
        form["heard_on"].process_data(today())
    done = submit(form, lambda: _answer(case, version_id, form), said=_("The client's answers saved"))
    return done or page("participation/goals.html", case=case, form=form, version=version, lists=reference())


def _answer(case: CaseView, version_id: UUID, form: GoalsForm) -> str:
    heard_on, way = form["heard_on"].data, form["way"].data
    services.answer_goals(
        uow(), case, version_id, form.replies, heard_on=heard_on, way=way, actor=actor(), now=moment()
    )
    return _back(case, "tavoitteet")


@blueprint.route("/polut/<uuid:case_id>/asiakkaan-aani/palaute", methods=["GET", "POST"])
@requires(Permission.PARTICIPATION_RECORD)
def feedback(case_id: UUID) -> ResponseReturnValue:
    """Take feedback in, or let it go when the client does not want it kept."""
    case, form = _case(case_id), FeedbackForm()
    form.offer(pathway(case.model_key, case.model_version), today())
    if request.method == "POST" and form.is_refused:
        flash(_("Nothing was kept. The client decided so."))
        return see_other(_back(case, "palaute"))
    if request.method == "GET":
        form.stage.process_data(_asked_stage(case))
        _begin(form.given_on)
    done = submit(form, lambda: _feedback(case, form), said=_("Feedback saved"))
    return done or page("participation/feedback.html", case=case, form=form)


def _feedback(case: CaseView, form: FeedbackForm) -> str:
    services.record_feedback(uow(), case, form.feedback, actor=actor(), now=moment())
    return _back(case, "palaute")


@blueprint.route("/polut/<uuid:case_id>/asiakkaan-aani/palaute/<uuid:feedback_id>/vastaus", methods=["GET", "POST"])
@requires(Permission.PARTICIPATION_RECORD)
def reply(case_id: UUID, feedback_id: UUID) -> ResponseReturnValue:
    """Write down what the client was answered to their feedback."""
    case, form = _seen(case_id, Permission.PARTICIPATION_RECORD), ReplyForm()
    found = queries.one_feedback_of(uow(), case.id, feedback_id)
    if request.method == "GET":
        _begin(form.replied_on)
    done = submit(form, lambda: _reply(case, feedback_id, form), said=_("Answer saved"))
    return done or page("participation/reply.html", case=case, form=form, feedback=found, lists=reference())


def _reply(case: CaseView, feedback_id: UUID, form: ReplyForm) -> str:
    words, replied_on = form.words.data, form.replied_on.data
    services.reply_to_feedback(
        uow(), case, feedback_id, words=words, replied_on=replied_on, actor=actor(), now=moment()
    )
    return _back(case, "palaute")


def _in_force(case: CaseView) -> list[VersionView]:
    heads = [plan.in_force for plan in plans.plans_of(uow(), case.id) if plan.ended_on is None]
    found = [plans.version_of(uow(), case.id, head.id) for head in heads if head is not None]
    return [one for one in found if one.head.state is VersionState.IN_FORCE]


def _recorders(voice: Voice) -> set[UUID]:
    found = {row.recorded_by for row in voice.hearings} | {row.recorded_by for row in voice.feedback}
    return {one for one in found if one is not None}


def _asked_stage(case: CaseView) -> str:
    asked = request.args.get("vaihe", "")
    return asked if asked in frozenset(StageCode) else str(case.current_stage)


def _begin(day: DayField) -> None:
    day.process_data(today())


def _back(case: CaseView, anchor: str | None = None) -> str:
    return url_for("participation.index", case_id=case.id, _anchor=anchor)


def _case(case_id: UUID, permission: Permission = Permission.PARTICIPATION_RECORD) -> CaseView:
    return cases.get_case_for(uow(), actor(), case_id, now=moment(), permission=permission)


def _seen(case_id: UUID, permission: Permission = Permission.CASE_VIEW) -> CaseView:
    return look_at(uow(), actor(), case_id, page="participation", now=moment(), permission=permission)
