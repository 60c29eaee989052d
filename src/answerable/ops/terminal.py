"""Sentences for the terminal, in the language of the terminal.

They are needed before Django is set up (a wrong setting must be explained too), so they do not go through
Django's translation but through the same catalogue, `ops/locale`.
"""

from __future__ import annotations

import gettext as _gettext
import os
import sys
from functools import cache
from pathlib import Path
from typing import NoReturn

LOCALE = Path(__file__).parent / "locale"


def _wants_chinese() -> bool:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if os.environ.get(name):
            return os.environ[name].lower().startswith("zh")
    return False


def language() -> str:
    """The terminal's language as Django names it."""
    return "zh-hans" if _wants_chinese() else "en"


@cache
def _catalogues() -> list[_gettext.NullTranslations]:
    if not _wants_chinese():
        return []
    places = [LOCALE]
    if run_dir := os.environ.get("ANSWERABLE_RUN_DIR"):
        places.append(Path(run_dir) / "locale" / "ops")
    found = [_gettext.translation("django", str(place), ["zh_Hans"], fallback=True) for place in places]
    return [one for one in found if isinstance(one, _gettext.GNUTranslations)]


def gettext(message: str) -> str:
    """The sentence in the terminal's language (LC_ALL, LC_MESSAGES, LANG); English where there is none."""
    for catalogue in _catalogues():
        said = catalogue.gettext(message)
        if said != message:
            return said
    return message


def say(sentence: str) -> None:
    """Print one sentence at once, also into a pipe."""
    print(sentence, flush=True)


def complain(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


def stop(sentence: str, code: int = 1) -> NoReturn:
    """End the command with a sentence on standard error."""
    complain(sentence)
    raise SystemExit(code)
