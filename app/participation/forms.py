"""The forms of the client's voice: a talk, answers to the goals of a plan, feedback, and what was answered to it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from app.participation.domain import LONGEST_TEXT, Answer, Feedback, GoalAnswerView, GoalReply, Hearing
from app.pathways.pathway import Pathway
from app.plans.versions import GoalView
from app.reference.domain import Term
from app.reference.loader import reference
from app.web.forms import (
    AtMost,
    ChoiceField,
    DayField,
    LongTextField,
    ManyField,
    Needed,
    PolkuForm,
    SelectField,
    TextField,
    TickField,
)
from app.web.texts import _, _l, language

ANSWERS: Final = (
    (Answer.AGREES, _l("Agrees")),
    (Answer.PARTLY, _l("Agrees in part")),
    (Answer.DISAGREES, _l("Disagrees")),
)
ANSWER_WORDS: Final = {str(code): words for code, words in ANSWERS}
RATINGS: Final = (
    ("1", _l("1, very bad")),
    ("2", _l("2, bad")),
    ("3", _l("3, neither good nor bad")),
    ("4", _l("4, good")),
    ("5", _l("5, very good")),
)
DAYS: Final = ("tänään", "eilen")


def _offered(rows: Iterable[Term]) -> list[tuple[str, str]]:
    return [(row.code, row.label.say(language())) for row in rows]


def _stages(model: Pathway) -> list[tuple[str, str]]:
    return [(str(stage.code), f"{stage.number} {stage.label.say(language())}") for stage in model.stages]


class HearingForm(PolkuForm):
    """One talk with the client."""

    stage = SelectField(_l("Stage"), validators=[Needed(_l("Choose the stage"))])
    heard_on = DayField(
        _l("Day of the talk"), chips=DAYS, validators=[Needed(_l("Write the day of the talk, for example 5.2.2026"))]
    )
    way = ChoiceField(_l("How the client was heard"), inline=True, validators=[Needed(_l("Choose how"))])
    took_part = ManyField(_l("Who took part in the talk"))
    own_view = LongTextField(
        _l("The client's own view of the situation"),
        hint=_l("In the client's words, also when you see it otherwise."),
        rows=4,
        validators=[AtMost(LONGEST_TEXT)],
    )
    wishes = LongTextField(_l("What the client wishes for"), rows=3, validators=[AtMost(LONGEST_TEXT)])
    told = ManyField(_l("What the client was told"), hint=_l("Tick only what you made sure the client understood."))
    told_by = TextField(
        _l("Who told the client"), hint=_l("Leave empty when it was you."), width="20", validators=[AtMost(200)]
    )
    remark = LongTextField(_l("Remark"), rows=2, validators=[AtMost(LONGEST_TEXT)])

    def offer(self, model: Pathway, on: date) -> None:
        """Offer the stages of the pathway and the lists that hold on a day."""
        lists = reference()
        self.stage.offer(_stages(model))
        self.way.offer(_offered(lists.hearing_ways.on(on)))
        self.took_part.offer(_offered(lists.participants.on(on)))
        self.told.offer(_offered(lists.told_topics.on(on)))

    @property
    def hearing(self) -> Hearing:
        """What was filled in."""
        return Hearing(
            stage=self.stage.data,
            heard_on=self.heard_on.data,
            way=self.way.data,
            took_part=tuple(self.took_part.data or ()),
            own_view=self.own_view.data or None,
            wishes=self.wishes.data or None,
            told=tuple(self.told.data or ()),
            told_by=self.told_by.data or None,
            remark=self.remark.data or None,
        )

    def fill(self, hearing: Hearing) -> None:
        """Show a talk that is to be corrected."""
        for name in ("stage", "heard_on", "way", "own_view", "wishes", "told_by", "remark"):
            self[name].process_data(getattr(hearing, name))
        self.took_part.process_data(list(hearing.took_part))
        self.told.process_data(list(hearing.told))


class CorrectionForm(HearingForm):
    """One talk that was written down wrong."""

    reason = LongTextField(
        _l("Why the entry is corrected"),
        hint=_l("The first entry stays to be read with this reason."),
        rows=2,
        validators=[Needed(_l("Write why the entry is corrected")), AtMost(LONGEST_TEXT)],
    )


class GoalsForm(PolkuForm):
    """The client's word about each goal of a plan; `make_goals_form` adds the goals."""

    goal_ids: Sequence[UUID] = ()

    @property
    def replies(self) -> Mapping[UUID, GoalReply]:
        """What was answered, by goal; a goal that was left open is not there."""
        return {
            goal_id: GoalReply(Answer(self[f"goal-{number}"].data), self[f"goal-{number}-comment"].data or None)
            for number, goal_id in enumerate(self.goal_ids, 1)
            if self[f"goal-{number}"].data
        }

    def fill(self, answers: Mapping[UUID, GoalAnswerView]) -> None:
        """Show what the client said the last time, to be confirmed or changed."""
        for number, goal_id in enumerate(self.goal_ids, 1):
            if goal_id in answers:
                self[f"goal-{number}"].process_data(answers[goal_id].answer)
                self[f"goal-{number}-comment"].process_data(answers[goal_id].comment)


def make_goals_form(goals: Sequence[GoalView], on: date) -> GoalsForm:
    """Return the form with an answer and a comment for each goal."""
    fields: dict[str, Any] = {
        "goal_ids": tuple(goal.id for goal in goals),
        "heard_on": DayField(
            _l("Day of the talk"),
            chips=DAYS,
            validators=[Needed(_l("Write the day of the talk, for example 5.2.2026"))],
        ),
        "way": ChoiceField(
            _l("How the client was heard"),
            choices=_offered(reference().hearing_ways.on(on)),
            inline=True,
            validators=[Needed(_l("Choose how"))],
        ),
    }
    for number in range(1, len(goals) + 1):
        fields[f"goal-{number}"] = ChoiceField(
            _("What does the client say of goal %(number)s?", number=number), choices=ANSWERS, inline=True
        )
        fields[f"goal-{number}-comment"] = LongTextField(
            _("Goal %(number)s, in the client's words", number=number), rows=2, validators=[AtMost(LONGEST_TEXT)]
        )
    form: GoalsForm = type("GoalsForm", (GoalsForm,), fields)()
    return form


class FeedbackForm(PolkuForm):
    """Feedback of the client, or that it is not to be kept."""

    is_not_kept = TickField(
        _l("The client does not want the feedback recorded"),
        hint=_l("Then nothing of this form is kept."),
    )
    stage = SelectField(_l("Stage"), validators=[Needed(_l("Choose the stage"))])
    given_on = DayField(
        _l("Day of the feedback"),
        chips=DAYS,
        validators=[Needed(_l("Write the day of the feedback, for example 5.2.2026"))],
    )
    way = ChoiceField(_l("How the feedback was given"), inline=True, validators=[Needed(_l("Choose how"))])
    about = SelectField(
        _l("What it is about"), empty=_l("Choose the topic"), validators=[Needed(_l("Choose what it is about"))]
    )
    rating = ChoiceField(_l("The client's number"), choices=RATINGS)
    words = LongTextField(_l("In the client's words"), rows=4, validators=[AtMost(LONGEST_TEXT)])

    def offer(self, model: Pathway, on: date) -> None:
        """Offer the stages of the pathway and the lists that hold on a day."""
        lists = reference()
        self.stage.offer(_stages(model))
        self.way.offer(_offered(lists.hearing_ways.on(on)))
        self.about.offer(_offered(lists.feedback_topics.on(on)))

    @property
    def feedback(self) -> Feedback:
        """What was filled in."""
        return Feedback(
            stage=self.stage.data,
            given_on=self.given_on.data,
            way=self.way.data,
            about=self.about.data,
            rating=int(self.rating.data) if self.rating.data else None,
            words=self.words.data or None,
        )

    @property
    def is_refused(self) -> bool:
        """Whether the client said that nothing is to be kept; the rest of the form is then not even read."""
        return bool(self.is_not_kept.data)


class ReplyForm(PolkuForm):
    """What the client was answered."""

    words = LongTextField(
        _l("What the client was answered"),
        rows=4,
        validators=[Needed(_l("Write what the client was answered")), AtMost(LONGEST_TEXT)],
    )
    replied_on = DayField(
        _l("Day of the answer"),
        chips=DAYS,
        validators=[Needed(_l("Write the day of the answer, for example 5.2.2026"))],
    )
