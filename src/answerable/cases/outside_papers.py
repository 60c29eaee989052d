"""What a body outside gets on paper about a matter: the letter, and with it what is enclosed, as one bundle.

Who brought the matter is in none of it: that is opened by those who need it, with a reason that the person sees.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext, ngettext

from answerable.alerts.models import Delivery
from answerable.cases.enclosures import Enclosure, Enclosures
from answerable.core.names import in_language
from answerable.orgs.models import Authority, Post
from answerable.ui.print import data as sheets
from answerable.ui.print.render import plain_letter
from answerable.ui.print.words import Lang, size

#: What is asked, in the person's own words: the claim, and what should be done.
Asked = tuple[str, str]


def language() -> Lang:
    """Bodies outside are written to in the office's own language."""
    return "zh-hans" if settings.LANGUAGE_CODE.startswith("zh") else "en"


def letter_pdf(
    row: Delivery,
    body: Authority,
    *,
    post: Post,
    facts: Sequence[tuple[str, str]],
    asked: Asked,
    written: str,
    enclosed: Enclosures,
    now: datetime,
) -> bytes:
    """The letter as a sheet with a slip at its foot, which the other body sends back as its receipt."""
    local, claim, wants = now.astimezone(ZoneInfo(post.unit.authority.zone)), *asked
    colon = "：" if language() == "zh-hans" else ": "
    said = [row.facts.get("text", ""), *(f"{term}{colon}{value}" for term, value in facts if value)]
    said += [gettext("What the person wrote:"), written] if written else []
    said += [gettext("What is asked:"), claim, wants]
    said += [gettext("Who brought it is not in this letter. Please ask this office where you need to know.")]
    data = sheets.PlainLetterData(
        head=sheets.Letterhead(
            body=sheets.Body(name=post.unit.authority.name, unit=post.unit.name),
            number=row.facts.get("code", ""),
            case_code=row.facts.get("code", ""),
            signed_on=local.date(),
            signature_post=post.name,
            made_at=local,
            addressee=tuple(filter(None, [body.name, *address_of(body).splitlines()])),
            enclosures=tuple(enclosure_words(file) for file in enclosed.files),
        ),
        kind=sheets.PlainKind.BODY_OUTSIDE,
        paragraphs=tuple(filter(None, said)),
        confirm_receipt=True,
    )
    return plain_letter(data, language())


def address_of(body: Authority) -> str:
    """Where letters to it go, else where it is."""
    return body.letter_address or in_language(body.address_zh, body.address_en)


def enclosure_words(file: Enclosure) -> str:
    """One file in the letter: its number, its kind, its size; never its name."""
    kind = file.form or gettext("file")
    return f"{file.number:02d} {kind}, {size(file.row.size)}"


def left_words(enclosed: Enclosures) -> list[str]:
    """What of the person's files does not go along, and why: for who hands the letter over."""
    said = []
    if enclosed.held:
        said.append(
            ngettext(
                "%(count)s file of the person does not go along: nobody has checked it yet. Check it first.",
                "%(count)s files of the person do not go along: nobody has checked them yet. Check them first.",
                enclosed.held,
            )
            % {"count": enclosed.held}
        )
    if enclosed.refused:
        said.append(
            ngettext(
                "%(count)s file does not go along: it was checked, and is not shown.",
                "%(count)s files do not go along: they were checked, and are not shown.",
                enclosed.refused,
            )
            % {"count": enclosed.refused}
        )
    if enclosed.too_large:
        numbers = ", ".join(f"{file.number:02d}" for file in enclosed.too_large)
        said.append(
            gettext("The bundle has no room for %(numbers)s: take these from the matter's page one by one.")
            % {"numbers": numbers}
        )
    return said


def bundle(letter: bytes, taken: Sequence[tuple[Enclosure, bytes]]) -> bytes:
    """ZIP bytes with letter.pdf and the enclosures under their numbers."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("letter.pdf", letter)
        for file, content in taken:
            archive.writestr(zipfile.ZipInfo(file.name), content)
    return out.getvalue()


def in_office_language() -> translation.override:
    return translation.override(settings.LANGUAGE_CODE)
