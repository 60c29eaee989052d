"""Errors that can be said to a person: a stable code, an English sentence with named places, its facts.

Pure modules raise these without importing Django; the edge (a page, the API, the command line)
translates `template` and fills in `facts`, or calls `sentence()`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from answerable.core.refusals import Refusal


def N_(message: str) -> str:
    """Mark `message` for translation where it is written; the translation happens where it is said."""
    return message


class Said(Refusal):
    """Base of refusals that carry their sentence.

    `code` is stable and goes to the API; `template` is the English msgid with `%(name)s` places;
    `facts` fills the places. `str()` gives the English sentence. `is_outage`: nobody asked for anything wrong,
    something of the office's own is away.
    """

    sentences: Mapping[str, str] = {}
    is_outage = False

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code, **facts)
        self.template = self.sentences[code]

    def __str__(self) -> str:
        return self.template % self.facts

    def __reduce__(self) -> tuple[object, ...]:
        return _again, (type(self), self.code, self.facts)


def _again(kind: type[Said], code: str, facts: dict[str, Any]) -> Said:
    return kind(code, **facts)


#: How a template becomes the reader's language. Set when the application starts (`CoreConfig.ready`), so that
#: rules, which know no Django, may raise `Said`; before that, sentences are English.
translate: Callable[[str], str] = str


def sentence(error: Said) -> str:
    """The sentence of `error` in the language of the current request or command."""
    return translate(error.template) % error.facts
