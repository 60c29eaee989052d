"""The rights, checked on what an office configures for its cases: packs in use and canned texts."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from answerable.cases.packs import Pack, PackError, load_pack
from answerable.core.checks import Fault
from answerable.core.sentences import sentence
from answerable.orgs.kept_out import KINDS, sorts_people_by
from answerable.orgs.models import Authority, CannedText

#: In running text a word such as "church" may simply say where; these say something about a person.
BRANDS = frozenset({"complaining", "watching"})


def pack_words(pack: Pack) -> Iterator[str]:
    """The names in a pack under which matters are sorted: kinds, outcomes, parts, rungs, steps."""
    for texts in (pack.kinds, pack.outcomes, pack.decision_parts, pack.ladder, pack.steps):
        for one in texts:
            yield one.title.zh
            yield one.title.en


def check_packs() -> Iterator[Fault]:
    """Every authority's pack is there, and sorts matters, not people (rule 1)."""
    for authority in Authority.objects.filter(is_outside=False).order_by("pk"):
        try:
            pack = load_pack(authority.pack)
        except PackError as error:
            yield Fault(
                "pack_unusable",
                _("%(body)s: %(why)s") % {"body": authority.name, "why": sentence(error)},
                _("Choose one that answerable packs list names, or mend it."),
            )
            continue
        for words in pack_words(pack):
            kind = sorts_people_by(words)
            if kind:
                yield Fault(
                    "pack_sorts_people",
                    _("The pack %(pack)s has “%(name)s”, which would sort people by %(what)s.")
                    % {"pack": pack.code, "name": words, "what": _(KINDS[kind])},
                    _("Name the matter instead of the person."),
                )


def check_words() -> Iterator[Fault]:
    """No canned text brands somebody for how often or where they complain (rule 1)."""
    for text in CannedText.objects.filter(retired_at=None).order_by("pk"):
        for words in (text.name_zh, text.name_en, text.body_zh, text.body_en):
            kind = sorts_people_by(words)
            if kind in BRANDS:
                yield Fault(
                    "brands_people",
                    _("The canned text “%(name)s” brands people by %(what)s.")
                    % {"name": text.name, "what": _(KINDS[kind])},
                    _("Say what the matter needs; leave out what somebody is called."),
                )
                break
