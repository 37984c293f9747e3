"""The contract between features says yes and no to the right imports."""

import pytest

from tests.architecture.contracts import fault


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        ("app.cases.views", "app.cases.services"),
        ("app.cases.views", "app.cases.queries"),
        ("app.cases.views", "app.web.guards"),
        ("app.cases.services", "app.cases.models"),
        ("app.cases.services", "app.duties.services"),
        ("app.worklist.queries", "app.duties.models"),
        ("app.cases.services", "app.access.policy"),
        ("app.access.policy", "app.access.predicates"),
        ("app.factory", "app.cases.views"),
    ],
)
def test_a_right_import_passes(importer: str, imported: str) -> None:
    assert fault(importer, imported) is None


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        ("app.cases.views", "app.cases.models"),
        ("app.cases.queries", "app.cases.services"),
        ("app.cases.services", "app.cases.forms"),
        ("app.cases.domain", "app.cases.models"),
        ("app.worklist.services", "app.duties.models"),
        ("app.worklist.views", "app.duties.models"),
        ("app.worklist.views", "app.duties.views"),
        ("app.worklist.forms", "app.duties.forms"),
        ("app.cases.services", "app.web.request"),
        ("app.cases.views", "app.core.db"),
        ("app.cli", "app.cases.models"),
    ],
)
def test_a_wrong_import_is_told(importer: str, imported: str) -> None:
    assert fault(importer, imported)
