"""The form for one value of a measure."""

from app.web.forms import AtMost, DayField, LongTextField, Needed, NumberField, PolkuForm
from app.web.texts import _l


class ScoreForm(PolkuForm):
    """The client's own work-ability score against the lifetime best, 0 to 10."""

    value = NumberField(
        _l("Work-ability score now, 0–10"),
        hint=_l("0 means not able to work at all. 10 means work ability at its best."),
        least=0,
        most=10,
        validators=[Needed(_l("Write a whole number from 0 to 10"))],
    )
    measured_on = DayField(
        _l("Day of the estimate"),
        chips=("tänään", "eilen"),
        validators=[Needed(_l("Write the day of the estimate, for example 5.2.2026"))],
    )
    remark = LongTextField(_l("In the client's words"), rows=2, validators=[AtMost(1000)])
