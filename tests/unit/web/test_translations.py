"""The translations script: what is missing, empty, fuzzy or said in two ways is a fault."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[3]
HEAD = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script, looking at a small tree of its own."""
    spec = importlib.util.spec_from_file_location("translations_script", ROOT / "script" / "translations.py")
    assert spec is not None
    assert spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    # A dataclass looks its module up by name.
    monkeypatch.setitem(sys.modules, "translations_script", loaded)
    spec.loader.exec_module(loaded)
    monkeypatch.setattr(loaded, "ROOT", tmp_path)
    monkeypatch.setattr(loaded, "SOURCES", tmp_path / "translations")
    monkeypatch.setattr(loaded, "BUILT", tmp_path / "app" / "translations")
    (tmp_path / "translations" / "fi").mkdir(parents=True)
    (tmp_path / "app").mkdir()
    (tmp_path / "babel.cfg").write_text("[python: app/**.py]\n[jinja2: templates/**.html]\n")
    (tmp_path / "app" / "views.py").write_text(
        'title = _("Work list")\ncount = ngettext("%(num)s a", "%(num)s b", 2)\n'
    )
    return loaded


def write(root: Path, name: str, text: str) -> None:
    (root / "translations" / "fi" / f"{name}.po").write_text(HEAD + text, encoding="utf-8")


PLURAL = 'msgid "%(num)s a"\nmsgid_plural "%(num)s b"\nmsgstr[0] "%(num)s yksi"\nmsgstr[1] "%(num)s monta"\n\n'


def test_a_complete_tree_has_no_faults_and_builds(script: ModuleType, tmp_path: Path) -> None:
    write(tmp_path, "core", PLURAL)
    write(tmp_path, "worklist", 'msgid "Work list"\nmsgstr "Työlista"\n')
    assert script.check() == 0
    assert script.build() == 0
    assert (tmp_path / "app" / "translations" / "fi" / "LC_MESSAGES" / "messages.mo").stat().st_size > 0


@pytest.mark.parametrize(
    ("fragments", "said"),
    [
        ({"a": PLURAL}, "'Work list' has no Finnish"),
        ({"a": PLURAL + 'msgid "Work list"\nmsgstr ""\n'}, "has no translation"),
        ({"a": PLURAL + '#, fuzzy\nmsgid "Work list"\nmsgstr "Työlista"\n'}, "is fuzzy"),
        (
            {"a": PLURAL + 'msgid "Work list"\nmsgstr "Työlista"\n', "b": 'msgid "Work list"\nmsgstr "Lista"\n'},
            "is translated otherwise in a.po",
        ),
        (
            {"a": PLURAL.replace("%(num)s monta", "monta %(count)s") + 'msgid "Work list"\nmsgstr "Työlista"\n'},
            "has other placeholders",
        ),
    ],
)
def test_a_fault_is_named(
    script: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str], fragments: dict[str, str], said: str
) -> None:
    for name, text in fragments.items():
        write(tmp_path, name, text)
    assert script.check() == 1
    assert said in capsys.readouterr().out


def test_what_is_missing_is_printed_as_a_fragment(
    script: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["translations.py", "extract"])
    script.extract()
    printed = capsys.readouterr().out
    assert 'msgid "Work list"\nmsgstr ""' in printed
    assert 'msgid_plural "%(num)s b"\nmsgstr[0] ""' in printed
