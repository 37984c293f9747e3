"""The pages of the network of a case."""

from uuid import UUID

from flask import Blueprint, flash, request, url_for
from flask.typing import ResponseReturnValue

from app.access.permissions import Permission
from app.cases import queries as cases
from app.cases.domain import CaseView
from app.core.errors import NotFound
from app.core.ids import read_id
from app.network import queries, roles, services
from app.network.domain import ROLE_WORDS, PeriodKind
from app.network.forms import AssignForm, MemberForm, PairForm, RoleForm
from app.reference.loader import reference
from app.web.forms import submit
from app.web.guards import requires
from app.web.page import can_reach, page, see_other
from app.web.request import actor, moment, today, uow
from app.web.texts import _

blueprint = Blueprint("network", __name__)


@blueprint.route("/polut/<uuid:case_id>/verkosto")
@requires(Permission.CASE_VIEW)
def index(case_id: UUID) -> ResponseReturnValue:
    """Show who answers for the case and did, and who stands beside the client."""
    shown = queries.network_page(uow(), actor(), case_id, now=moment(), today=today())
    return page("network/index.html", case=shown.case, shown=shown, lists=reference(), role_words=ROLE_WORDS)


@blueprint.route("/polut/<uuid:case_id>/vastuu", methods=["GET", "POST"])
@requires(Permission.ASSIGN_WORKER)
def assign(case_id: UUID) -> ResponseReturnValue:
    """Name the responsible worker."""
    case = _case(case_id, Permission.ASSIGN_WORKER)
    words = request.args.get("tekija", "").strip()
    shown = queries.assign_page(uow(), actor(), case, words=words, now=moment())
    form = AssignForm()
    form.offer(shown)
    done = submit(form, lambda: _assign(case, form), said=_("Responsible worker named"))
    return done or page("network/assign.html", case=case, form=form, shown=shown, words=words)


@blueprint.route("/polut/<uuid:case_id>/verkosto/uusi", methods=["GET", "POST"])
@requires(Permission.NETWORK_EDIT)
def add_member(case_id: UUID) -> ResponseReturnValue:
    """Add a person to the network."""
    case = _case(case_id, Permission.NETWORK_EDIT)
    form = MemberForm()
    form.offer(today())
    done = submit(form, lambda: _add_member(case, form), said=_("Member added to the network"))
    return done or page("network/add_member.html", case=case, form=form)


@blueprint.post("/polut/<uuid:case_id>/verkosto/<uuid:member_id>/poista")
@requires(Permission.NETWORK_EDIT)
def remove_member(case_id: UUID, member_id: UUID) -> ResponseReturnValue:
    """Take a person out of the network."""
    case = _case(case_id, Permission.NETWORK_EDIT)
    services.remove_member(uow(), case, member_id, actor=actor(), now=moment())
    flash(_("Member taken out of the network"))
    return see_other(url_for("network.index", case_id=case.id))


@blueprint.route("/polut/<uuid:case_id>/verkosto/pari", methods=["GET", "POST"])
@requires(Permission.NETWORK_EDIT)
def add_pair(case_id: UUID) -> ResponseReturnValue:
    """Put a second worker beside the responsible one."""
    case = _case(case_id, Permission.NETWORK_EDIT)
    form = PairForm()
    form.offer(queries.possible_pairs(uow(), actor(), case, now=moment()))
    done = submit(form, lambda: _add_pair(case, form), said=_("Pair added"))
    return done or page("network/add_pair.html", case=case, form=form)


@blueprint.post("/polut/<uuid:case_id>/verkosto/pari/<uuid:user_id>/paata")
@requires(Permission.NETWORK_EDIT)
def end_pair(case_id: UUID, user_id: UUID) -> ResponseReturnValue:
    """End a pair's part in the case."""
    case = _case(case_id, Permission.NETWORK_EDIT)
    services.end_pair(uow(), case, user_id=user_id, actor=actor(), now=moment())
    flash(_("Pair ended"))
    return see_other(_after(case.id))


@blueprint.route("/polut/<uuid:case_id>/verkosto/osuudet/<role>", methods=["GET", "POST"])
@requires(Permission.NETWORK_EDIT)
def add_role(case_id: UUID, role: str) -> ResponseReturnValue:
    """Name who answers for a part of the case."""
    case = _case(case_id, Permission.NETWORK_EDIT)
    professions = queries.role_professions(case).get(role)
    if professions is None:
        raise NotFound
    form = RoleForm()
    form.offer(queries.possible_holders(uow(), actor(), case, PeriodKind(role), now=moment()))
    done = submit(form, lambda: _add_role(case, role, form), said=_("Saved"))
    title = ROLE_WORDS[role]
    return done or page("network/add_role.html", case=case, form=form, title=title, professions=professions)


@blueprint.post("/polut/<uuid:case_id>/verkosto/osuudet/<uuid:period_id>/paata")
@requires(Permission.NETWORK_EDIT)
def end_role(case_id: UUID, period_id: UUID) -> ResponseReturnValue:
    """End somebody's part in the case."""
    case = _case(case_id, Permission.NETWORK_EDIT)
    roles.end_role(uow(), case, period_id, actor=actor(), now=moment())
    flash(_("The part has ended"))
    return see_other(_after(case.id))


def _case(case_id: UUID, permission: Permission) -> CaseView:
    return cases.get_case_for(uow(), actor(), case_id, now=moment(), permission=permission)


def _assign(case: CaseView, form: AssignForm) -> str:
    services.assign_worker(
        uow(),
        case,
        worker_id=UUID(form.worker.data),
        expected_worker_id=read_id(form.expected.data),
        reason=form.reason.data,
        profession_reason=form.profession_reason.data,
        actor=actor(),
        now=moment(),
    )
    return _after(case.id)


def _add_member(case: CaseView, form: MemberForm) -> str:
    services.add_member(
        uow(),
        case,
        name=form.name.data,
        party=form.party.data,
        role=form.role.data,
        contact=form.contact.data,
        actor=actor(),
        now=moment(),
    )
    return url_for("network.index", case_id=case.id)


def _add_pair(case: CaseView, form: PairForm) -> str:
    services.add_pair(uow(), case, user_id=UUID(form.pair.data), reason=form.reason.data, actor=actor(), now=moment())
    return url_for("network.index", case_id=case.id)


def _add_role(case: CaseView, role: str, form: RoleForm) -> str:
    roles.add_role(
        uow(),
        case,
        role=role,
        user_id=UUID(form.holder.data),
        reason=form.reason.data,
        profession_reason=form.profession_reason.data,
        actor=actor(),
        now=moment(),
    )
    return url_for("network.index", case_id=case.id)


def _after(case_id: UUID) -> str:
    """Return where to go: whoever gave the case away may see it no more."""
    try:
        case = cases.get_case_for(uow(), actor(), case_id, now=moment())
    except NotFound:
        return url_for("coordination.board") if can_reach("coordination.board") else "/"
    return url_for("network.index", case_id=case.id)
