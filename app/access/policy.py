"""The one table of who may do what. Any one line is enough; all of that line must hold."""

from collections.abc import Mapping
from typing import Final

from app.access.actor import Actor, Role
from app.access.permissions import Permission
from app.access.predicates import (
    Predicate,
    Subject,
    case_is_open,
    coordinates_case,
    has_role,
    in_case_team,
    is_pair,
    is_registrar,
    is_responsible,
    leads_case_team,
    works_with_clients,
)
from app.core.errors import Forbidden, NotFound
from app.core.texts import N_

SEES: Final[list[list[Predicate]]] = [
    [is_responsible],
    [is_pair],
    [is_registrar],
    [in_case_team],
    [leads_case_team],
    [coordinates_case],
]
WORKS: Final[list[list[Predicate]]] = [
    [is_responsible, case_is_open],
    [is_pair, case_is_open],
    [is_registrar, case_is_open],
    [coordinates_case, case_is_open],
]

RULES: Final[Mapping[Permission, list[list[Predicate]]]] = {
    # the daily counsellor of the activity is often somebody else of the team
    Permission.ACTIVITY_EDIT: [*WORKS, [in_case_team, case_is_open], [leads_case_team, case_is_open]],
    Permission.ASSESSMENT_EDIT: WORKS,
    # whoever opened the case may name its first worker, often themselves; the registrar's standing ends with it
    Permission.ASSIGN_WORKER: [
        [coordinates_case, case_is_open],
        [leads_case_team, case_is_open],
        [is_registrar, case_is_open],
    ],
    Permission.AUDIT_VIEW: [[has_role(Role.PRIVACY_OFFICER)]],
    Permission.CASE_CLOSE: [
        [is_responsible, case_is_open],
        [leads_case_team, case_is_open],
        [coordinates_case, case_is_open],
    ],
    Permission.CASE_LOG: [*WORKS, [in_case_team, case_is_open], [leads_case_team, case_is_open]],
    Permission.CASE_MOVE_STAGE: WORKS,
    Permission.CASE_OPEN: [[works_with_clients]],
    Permission.CASE_PRINT: SEES,
    Permission.CASE_REOPEN: [[is_responsible], [leads_case_team], [coordinates_case], [in_case_team], [is_registrar]],
    Permission.CASE_VIEW: SEES,
    Permission.CASES_UNASSIGNED: [[has_role(Role.COORDINATOR)]],
    Permission.CLIENT_AUDIT: [*SEES, [has_role(Role.PRIVACY_OFFICER)]],
    Permission.CLIENT_CODE_LOOKUP: [[works_with_clients]],
    Permission.CLIENT_EDIT: [[is_responsible], [is_pair], [is_registrar], [coordinates_case]],
    Permission.CLIENT_REGISTER: [[works_with_clients]],
    Permission.CLIENT_REVEAL: [[is_responsible], [is_pair], [is_registrar], [coordinates_case]],
    Permission.CLIENT_SEARCH: [[works_with_clients]],
    Permission.CLIENT_VIEW: SEES,
    Permission.CONSENT_RECORD: WORKS,
    Permission.HANDLER_NAME: [[leads_case_team]],
    Permission.MEASURE_ENTER: WORKS,
    Permission.NETWORK_EDIT: WORKS,
    Permission.PARTICIPATION_RECORD: [*WORKS, [in_case_team, case_is_open], [leads_case_team, case_is_open]],
    Permission.PLAN_EDIT: WORKS,
    Permission.PLAN_REVIEW: WORKS,
    Permission.REGISTER_IMPORT: [[has_role(Role.COORDINATOR, Role.SUPERVISOR)]],
    Permission.REMINDERS_RUN: [],
    Permission.SUPERVISE: [[has_role(Role.SUPERVISOR)]],
    Permission.UPKEEP_RUN: [],
    Permission.USERS_MANAGE: [[has_role(Role.ADMIN)]],
    Permission.WORKLIST_VIEW: [[works_with_clients]],
}

NOTHING: Final = Subject()


def can(actor: Actor, permission: Permission, subject: Subject = NOTHING) -> bool:
    """Whether the actor may do this to the subject. A job may do what its own list says and nothing else."""
    if actor.is_system:
        return permission in actor.grants
    return any(all(holds(actor, subject) for holds in line) for line in RULES[permission])


def ensure(actor: Actor, permission: Permission, subject: Subject = NOTHING) -> None:
    """Let the act pass or refuse it: what the actor may not know of is not found, the rest is forbidden."""
    if can(actor, permission, subject):
        return
    if subject.client_id is not None and not can(actor, Permission.CLIENT_VIEW, subject):
        raise NotFound(N_("The page was not found."))
    raise Forbidden(N_("You do not have the right to do this."))
