"""What the trail says about a look or an act, in words: the purpose of a look, the name of an act."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from app.access.actor import Actor
from app.access.predicates import Subject, coordinates_case, in_case_team, leads_case_team
from app.core.texts import N_, Text


class Purpose(StrEnum):
    """Why somebody looked (act 703/2023, section 10)."""

    OWN = "own"
    TEAM = "team"
    COORDINATION = "coordination"
    SUPERVISION = "supervision"
    SEARCH = "search"
    COPY_TO_CLIENT = "copy_to_client"
    COPY_TO_PARTY = "copy_to_party"
    COPY_FOR_WORK = "copy_for_work"


PURPOSES: Final[Mapping[str, Text]] = {
    Purpose.OWN: N_("own client"),
    Purpose.TEAM: N_("client of the own team"),
    Purpose.COORDINATION: N_("coordination"),
    Purpose.SUPERVISION: N_("supervision"),
    Purpose.SEARCH: N_("search"),
    Purpose.COPY_TO_CLIENT: N_("copy to the client"),
    Purpose.COPY_TO_PARTY: N_("copy to a party of the network"),
    Purpose.COPY_FOR_WORK: N_("copy for own use"),
}


def purpose_of(actor: Actor, subject: Subject) -> str:
    """Return why the actor looks at the record: the nearest relation to the client that they have.

    A standing of one's own comes before the team, the team before coordination, that before supervision; who has
    none of these (a privacy officer reading a log) supervises.
    """
    if subject.kinds:
        return Purpose.OWN
    if in_case_team(actor, subject):
        return Purpose.TEAM
    if coordinates_case(actor, subject):
        return Purpose.COORDINATION
    if leads_case_team(actor, subject):
        return Purpose.SUPERVISION
    return Purpose.SUPERVISION


PAGES: Final[Mapping[str, Text]] = {
    "activity": N_("activity"),
    "assessments": N_("identification and assessment"),
    "audit": N_("log of the client"),
    "trail": N_("the whole log"),
    "client": N_("client"),
    "client_details": N_("details of the client"),
    "client_handlers": N_("handlers of the contact data"),
    "client_search": N_("search for a person"),
    "clients": N_("client list"),
    "close": N_("closing of a case"),
    "ending": N_("how a case closed"),
    "carried": N_("what came from an earlier path"),
    "next_path": N_("opening of the next path"),
    "consents": N_("consents"),
    "coordination": N_("allocation"),
    "due_days": N_("due days"),
    "due_why": N_("reckoning of a due day"),
    "group_review": N_("review of a group"),
    "likely_twins": N_("people with the same name"),
    "log": N_("form of an entry"),
    "measures": N_("measures"),
    "needs_assessment": N_("needs assessment"),
    "network": N_("network"),
    "notices": N_("reminders"),
    "paper": N_("paper"),
    "paper_order": N_("form of a printing"),
    "papers": N_("papers"),
    "participation": N_("client's voice"),
    "plan": N_("plan"),
    "plan_review": N_("review of a plan"),
    "plans": N_("plans"),
    "record_elsewhere": N_("form of a reference"),
    "reopen": N_("reopening of a case"),
    "search": N_("search"),
    "stage": N_("stage of the path"),
    "summary": N_("summary"),
    "supervision": N_("management"),
    "timeline": N_("timeline"),
    "worklist": N_("work list"),
}

ACTS: Final[Mapping[str, Text]] = {
    "absence_added": N_("Added an absence"),
    "absence_removed": N_("Removed an absence"),
    "background_kept": N_("Kept background facts"),
    "carried_over": N_("Went on with things of an earlier path"),
    "activity_agreed": N_("Agreed on a period of activity"),
    "activity_changed": N_("Changed a period of activity"),
    "activity_ended": N_("Ended a period of activity"),
    "activity_evaluated": N_("Evaluated the activity"),
    "attendance_marked": N_("Marked days of activity"),
    "case_closed": N_("Closed the case"),
    "case_opened": N_("Opened a pathway"),
    "case_reopened": N_("Reopened the case"),
    "changed": N_("Changed the details"),
    "cleaning_run": N_("Cleared old data away"),
    "client_heard": N_("Wrote down the client's view"),
    "consent_recorded": N_("Recorded a consent"),
    "consent_withdrawn": N_("Withdrew a consent"),
    "denied": N_("Was turned away"),
    "disclosed": N_("Gave data to a party of the network"),
    "feedback_answered": N_("Wrote down an answer to feedback"),
    "feedback_recorded": N_("Recorded feedback of the client"),
    "goals_answered": N_("Recorded what the client says of the goals"),
    "handler_ended": N_("Ended a right to open the contact data"),
    "handler_named": N_("Named a handler of the contact data"),
    "identification_kept": N_("Wrote down what was recognised"),
    "hearing_corrected": N_("Corrected the client's view"),
    "likely_twin": N_("Was told of a person with the same name"),
    "look_chosen": N_("Chose how the pages look"),
    "looked_up": N_("Looked an identity code up"),
    "many_views": N_("Opened very many client pages"),
    "measure_corrected": N_("Corrected a result of a measure"),
    "measure_entered": N_("Entered a result of a measure"),
    "measure_form_given": N_("Marked a form as given to the client"),
    "member_added": N_("Added a network member"),
    "member_removed": N_("Removed a network member"),
    "needs_finished": N_("Finished the needs assessment"),
    "needs_initiated": N_("Initiated a needs assessment"),
    "needs_version_started": N_("Started a new version of the needs assessment"),
    "needs_written": N_("Wrote the needs assessment"),
    "note_written": N_("Wrote an entry"),
    "other_sessions_ended": N_("Ended their other sessions"),
    "pair_added": N_("Added a pair"),
    "pair_ended": N_("Ended a pair"),
    "password_changed": N_("Changed their password"),
    "password_set": N_("Gave a user a first password"),
    "plan_ended": N_("Ended a plan"),
    "plan_imported": N_("Imported a plan"),
    "plan_in_force": N_("Brought a plan into force"),
    "plan_started": N_("Started a plan"),
    "plan_version_discarded": N_("Threw a draft of a plan away"),
    "plan_version_started": N_("Started a new version of a plan"),
    "plan_signature_removed": N_("Removed a signature of a plan"),
    "plan_signed": N_("Recorded signatures of a plan"),
    "plan_written": N_("Wrote a plan"),
    "printed": N_("Printed a paper"),
    "recorded_elsewhere": N_("Marked a document recorded elsewhere"),
    "register_cancelled": N_("Removed an uploaded register"),
    "register_imported": N_("Imported the register"),
    "register_uploaded": N_("Uploaded a register"),
    "registered": N_("Registered the client"),
    "revealed": N_("Opened sealed data"),
    "reminder_mail_failed": N_("Could not send a reminder"),
    "reminder_mailed": N_("Sent a reminder"),
    "reminders_passed": N_("Passed over reminders that had become old"),
    "review_held": N_("Recorded a review"),
    "review_postponed": N_("Put a review off"),
    "sign_ended": N_("Ended a signal or a trigger"),
    "role_ended": N_("Ended a part in the case"),
    "role_given": N_("Named who answers for a part of the case"),
    "sign_in_limited": N_("Tried to sign in too often"),
    "sign_in_refused": N_("Tried to sign in with a wrong password"),
    "signed_in": N_("Signed in"),
    "signed_out": N_("Signed out"),
    "stage_finished": N_("Finished a stage"),
    "stage_opened": N_("Opened a stage"),
    "stage_placed": N_("Placed the case in a stage"),
    "stage_skipped": N_("Left a stage out"),
    "step_dropped": N_("Ended a promise as not needed"),
    "step_moved": N_("Moved a promise to another path"),
    "steward_told": N_("Recorded that the shop steward was told"),
    "step_done": N_("Marked a promise as kept"),
    "step_promised": N_("Recorded a promise"),
    "sweep_run": N_("Looked for due reminders"),
    "team_closed": N_("Closed a team"),
    "team_created": N_("Made a team"),
    "team_joined": N_("Joined a user to a team"),
    "team_left": N_("Took a user out of a team"),
    "team_renamed": N_("Renamed a team"),
    "user_changed": N_("Changed a user"),
    "user_created": N_("Added a user"),
    "user_deactivated": N_("Closed an account"),
    "user_reactivated": N_("Opened an account again"),
    "worker_assigned": N_("Named the responsible worker"),
    "worker_released": N_("Released the responsible worker"),
}

SERVICES: Final[Mapping[str, Text]] = {
    "system:demo": N_("data of the demo"),
    "system:intake": N_("import of the register"),
    "system:reminders": N_("reminders"),
    "system:setup": N_("taking into use"),
    "system:upkeep": N_("upkeep of the system"),
}

AREAS: Final[Mapping[str, Text]] = {
    "accounts": N_("users and teams"),
    "assessments": N_("identification and assessment"),
    "clients": N_("clients"),
    "closing": N_("closing of a case"),
    "consents": N_("consents"),
    "coordination": N_("allocation"),
    "drafts": N_("drafts"),
    "intake": N_("import of the register"),
    "measures": N_("measures"),
    "needs_assessment": N_("needs assessment"),
    "network": N_("network"),
    "papers": N_("papers"),
    "participation": N_("client's voice"),
    "plans": N_("plans"),
    "reviews": N_("reviews"),
    "reminders": N_("reminders"),
    "supervision": N_("management and log"),
    "workbench": N_("pages of the client"),
    "worklist": N_("work list"),
}
"""The part of the system whose door stayed shut, by the first part of the endpoint's name."""

OUTCOMES: Final[Mapping[str, Text]] = {
    "403": N_("no right"),
    "404": N_("not theirs to see, or not there"),
    "alert": N_("to be looked into"),
    "failed": N_("did not succeed"),
    "interrupted": N_("was broken off"),
    "refused": N_("refused"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """One row of the trail as the log pages show it: ids and codes, no content."""

    id: int
    at: datetime
    actor_kind: str
    actor_id: UUID | None
    actor_name: str
    action: str
    object_kind: str
    object_id: UUID | None
    client_id: UUID | None
    case_id: UUID | None
    purpose: str
    outcome: str
    is_listed: bool = False
    detail: Mapping[str, Any] = field(default_factory=dict)

    @property
    def words(self) -> Text | str:
        """What happened, in words; the bare code of an act without words is better than no row."""
        if self.action in {"viewed", "listed"}:
            page = PAGES.get(self.object_kind, self.object_kind)
            return N_("Was on a list: %(page)s", page=page) if self.is_listed else N_("Looked at: %(page)s", page=page)
        return ACTS.get(self.action, self.action)

    @property
    def service(self) -> Text | str:
        """The job that acted, in words."""
        return SERVICES.get(self.actor_name, self.actor_name)

    @property
    def area(self) -> Text | str:
        """The part of the system that a refused page belongs to, in words."""
        return AREAS.get(self.object_kind.partition(".")[0], "")

    @property
    def ending(self) -> Text | str:
        """How it ended, in words; empty when all went well."""
        return "" if self.outcome == "ok" else OUTCOMES.get(self.outcome, self.outcome)

    @property
    def why(self) -> Text | str:
        """The purpose of a look in words; acts speak for themselves."""
        return PURPOSES.get(self.purpose, self.purpose)


LOOKS: Final = frozenset({"viewed", "looked_up", "revealed", "many_views"})
REFUSED: Final = "refused"


class Deed(StrEnum):
    """What a row of the trail is: a look, a place on a list, a change, or a door that stayed shut."""

    VIEWED = "viewed"
    LISTED = "listed"
    CHANGED = "changed"
    DENIED = "denied"


def deed_of(row: AuditRow) -> Deed:
    """Return what kind of row it is; a refusal is one whatever was tried. Twin of `queries.deed_is`."""
    if row.action == "denied" or row.outcome == REFUSED:
        return Deed.DENIED
    if row.action in LOOKS:
        return Deed.VIEWED
    return Deed.LISTED if row.action == "listed" else Deed.CHANGED
