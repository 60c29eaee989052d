"""The page that verifies receipts by itself: one file, offline, in both languages.

Put together from the files beside this one when it is asked for, with the sentences of `words`, so that it
cannot say anything else than the command line does.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from django.utils import translation

from answerable.core.sentences import N_
from answerable.record.verify.words import FACTS, GAPS, HEADLINES, REASONS
from answerable.record.verifying import UNREADABLE

HERE = Path(__file__).parent
SCRIPTS = ("crypto.js", "formats.js", "verdict.js", "page.js")
LANGUAGES = ("en", "zh-hans")

UI = {
    "title": N_("What does this receipt prove?"),
    "lead": N_(
        "Nothing that you put here leaves this page, and it needs no network. Take the page itself from someone "
        "you trust; best not from the office that gave you the receipt."
    ),
    "drop": N_("Files can also be dropped anywhere on this page."),
    "receipt": N_("1. The receipt"),
    "receipt_file": N_("A file that ends in .tlog-proof, or in .promise"),
    "receipt_text": N_("or its text, or the text of the large QR code"),
    "opening": N_("2. What the act says (only if that is to be proved too)"),
    "opening_file": N_("A file that ends in .opening"),
    "opening_text": N_("or its text"),
    "policy": N_("3. Whom you believe"),
    "policy_lead": N_(
        "The log's key or a policy file, from somewhere else than the receipt: the notice board, a newspaper, a "
        "neighbouring town. For a promise, the key of promises."
    ),
    "policy_file": N_("A policy file, or a file with the log's key"),
    "policy_text": N_("or its text, or the key"),
    "chosen": N_("Chosen: %(name)s"),
    "check": N_("Check"),
    "result": N_("Result"),
    "nothing_yet": N_("Nothing has been checked yet."),
    "receipt_missing": N_("Choose or paste a receipt first."),
    "policy_missing": N_("Say first whom you believe: a receipt that vouches for itself proves nothing."),
    "policy_fault": N_("The policy cannot be followed, so nobody is believed: %(reason)s"),
    "record": N_("What was recorded, in full"),
}


@cache
def verify_page() -> bytes:
    """The whole page, UTF-8."""
    style, script = _file("page.css"), "".join(map(_file, SCRIPTS))
    page = _file("page.html")
    for mark, text in {
        "@policy@": page_policy(),
        "@style@": style,
        "@words@": json.dumps(_words(), ensure_ascii=False).replace("<", "\\u003c"),
        "@script@": script,
    }.items():
        page = page.replace(mark, text, 1)
    return page.encode()


@cache
def page_policy() -> str:
    """The page's Content-Security-Policy: its own script and style, and no way to the network.

    It stands in the page; whoever serves the page has to send it as the header too, or none.
    """
    style, script = _file("page.css"), "".join(map(_file, SCRIPTS))
    return (
        f"default-src 'none'; script-src '{_digest(script)}'; style-src '{_digest(style)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _words() -> dict[str, object]:
    words: dict[str, object] = {"unreadable": sorted(UNREADABLE)}
    for language in LANGUAGES:
        with translation.override(language):
            words[language] = {
                "ui": _said(UI),
                "headlines": _said(HEADLINES),
                "reasons": _said(REASONS),
                "facts": _said(FACTS),
                "gaps": _said(GAPS),
            }
    return words


def _said(templates: Mapping[Any, str]) -> dict[str, str]:
    return {str(code): translation.gettext(template) for code, template in templates.items()}


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@cache
def _file(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")
