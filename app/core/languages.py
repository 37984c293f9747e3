"""The catalogues of the languages; `script/build` compiles them out of translations/."""

from functools import cache
from pathlib import Path
from typing import Final

from babel.support import NullTranslations, Translations

DEFAULT_LANGUAGE: Final = "fi"
FOLDER: Final = Path(__file__).resolve().parents[1] / "translations"


@cache
def catalogue_of(language: str) -> NullTranslations:
    """Return the catalogue of a language, read once a process; of one without translations, the English msgids."""
    return Translations.load(FOLDER, [language])
