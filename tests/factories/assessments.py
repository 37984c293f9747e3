"""What is known of a client, for tests of rules."""

from datetime import date
from typing import Any, Final

from app.assessments.known import Known, Truth
from app.assessments.rules import judge
from app.cases.domain import Background
from app.reference.loader import reference

NOW: Final = date(2026, 11, 24)
BORN: Final = date(1984, 3, 12)


def known(on: date = NOW, born_on: date | None = BORN, municipality: str | None = None, **facts: Any) -> Known:  # noqa: ANN401 - facts by name
    """Facts by name; those of the record are gathered into it."""
    own = {name for name in facts if name in Background.__dataclass_fields__}
    background = Background(**{name: facts.pop(name) for name in own})
    return Known(on=on, born_on=born_on, municipality=municipality, background=background, **facts)


def holds(code: str, facts: Known) -> Truth:
    return judge(code, facts, reference()).holds
