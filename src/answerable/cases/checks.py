"""The rights, checked on what an office configures for its cases: packs in use and canned texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from answerable.alerts.channels.call import is_configured
from answerable.cases import printing
from answerable.cases.models import Case, Deadline, Decision
from answerable.cases.packs import Pack, PackError, load_pack, own_packs
from answerable.cases.reviewing import REVIEWS, has_no_reviewer
from answerable.core import clock
from answerable.core.checks import Fault
from answerable.core.sentences import sentence
from answerable.orgs.kept_out import KINDS, sorts_people_by
from answerable.orgs.models import Authority, CannedText, Post, Unit

#: In running text a word such as "church" may simply say where; these say something about a person.
BRANDS = frozenset({"complaining", "watching"})


def pack_words(pack: Pack) -> Iterator[str]:
    """The names in a pack under which matters are sorted: kinds, outcomes, parts, rungs, steps."""
    for texts in (pack.kinds, pack.outcomes, pack.decision_parts, pack.ladder, pack.steps):
        for one in texts:
            yield one.title.zh
            yield one.title.en


def check_own_packs() -> Iterator[Fault]:
    """Every file in the office's own folder can be used."""
    folder = settings.ANSWERABLE_PACKS_DIR
    if folder is not None and not folder.is_dir():
        yield Fault(
            "packs_folder_missing",
            _("The folder for your own procedure packs, %(folder)s, is not there.") % {"folder": folder},
            _("Make it, or take ANSWERABLE_PACKS_DIR out of the settings."),
        )
    for name, error in own_packs().faults.items():
        yield Fault(
            "own_pack_faulty", sentence(error), _("See every fault: answerable packs check %(file)s")
            % {"file": f"{folder}/{name}.toml"}
        )  # fmt: skip


def check_packs_of_cases() -> Iterator[Fault]:
    """Every case's pack is there, and still has the steps by which its clocks run."""
    bodies = set(Authority.objects.filter(is_outside=False).values_list("pack", flat=True))
    for code in sorted(set(Case.objects.order_by().values_list("pack", flat=True).distinct()) - bodies):
        try:
            load_pack(code)
        except PackError as error:
            yield Fault(
                "pack_of_cases_unusable",
                _("%(count)s cases follow a procedure that cannot be used: %(why)s")
                % {"count": Case.objects.filter(pack=code).count(), "why": sentence(error)},
                _("Put the pack's file back: a case keeps the procedure it came in under."),
            )
    yield from check_steps_of_clocks()


def check_steps_of_clocks() -> Iterator[Fault]:
    """No clock runs by a step that its pack has lost: no act would meet it, and it would be called late for ever."""
    running = Deadline.objects.filter(met_seq=None, voided_seq=None).order_by()
    for code, step in running.values_list("case__pack", "step").distinct():
        with suppress(PackError):
            if step not in {one.code for one in load_pack(code).steps}:
                yield Fault(
                    "pack_lost_a_step",
                    _("Clocks run by the step “%(step)s”, which the pack %(pack)s no longer has.")
                    % {"step": step, "pack": code},
                    _(
                        "Put the step back under its old code; its numbers may change, running clocks keep theirs."
                    ),
                )


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


def check_closed_holders() -> Iterator[Fault]:
    """No open matter lies with a unit or a post that was closed, and none is watched over by one: nobody there reads it,
    or hears of it."""
    found = Case.objects.filter(ended_at=None, unit__authority__is_outside=False).exclude(state="decided")
    inside = Counter(found.filter(unit__closed_on__isnull=False).values_list("unit", flat=True))
    for unit in Unit.objects.filter(pk__in=inside).order_by("pk"):
        yield Fault(
            "cases_in_closed_unit",
            _("%(count)s open matters lie with %(unit)s, which is closed.")
            % {"count": inside[unit.pk], "unit": unit},
            _("Transfer them to the unit that does its work now: a leader above it can, in the list Everything."),
        )  # fmt: skip
    posts = ("leader_post", "handler_post", "charge_post")
    gone = Q()
    for name in posts:
        gone |= Q(**{f"{name}__closed_on__isnull": False})
    rows = found.filter(gone, unit__closed_on=None).values_list(*posts)
    held = Counter(post for row in rows for post in set(row) if post)
    for post in Post.objects.filter(pk__in=held, closed_on__isnull=False).order_by("pk"):
        yield Fault(
            "cases_of_closed_post",
            _("%(post)s (%(unit)s), which is closed, still has %(count)s open matters.")
            % {"post": post, "unit": post.unit, "count": held[post.pk]},
            _("The worker gives them to others by itself. What stays has nobody above who could answer for it: name a head "
              "for the unit or the one above it, or open the post again."),
        )  # fmt: skip
    yield from _check_closed_watchers()


def _check_closed_watchers() -> Iterator[Fault]:
    rows = Deadline.objects.filter(is_supervising=True, met_seq=None, voided_seq=None, case__erased_at=None)
    pairs = rows.filter(post__closed_on__isnull=False).order_by().values_list("post", "case").distinct()
    watched = Counter(post for post, _case in pairs)
    for post in Post.objects.filter(pk__in=watched).select_related("unit").order_by("pk"):
        yield Fault(
            "watches_of_closed_post",
            _("%(post)s (%(unit)s), which is closed, still watches over %(count)s matters.")
            % {"post": post, "unit": post.unit, "count": watched[post.pk]},
            _("The worker gives this to others by itself. What stays has nobody above who could watch over it: name a head "
              "for the unit or the one above it, or open the post again."),
        )  # fmt: skip


def check_conduct_bodies() -> Iterator[Fault]:
    """An accusation that touches everybody here is told to the body outside by a machine: nobody here may print it."""
    for body in Authority.objects.filter(is_outside=False, conduct_body__is_outside=True).order_by("pk"):
        outside = body.conduct_body
        if outside is not None and not outside.letter_email and not is_configured(outside.code):
            yield Fault(
                "conduct_body_by_letter_only",
                _("%(outside)s, named for accusations against %(body)s, has neither an e-mail address nor a program.")
                % {"outside": outside, "body": body},
                _("Enter its e-mail under Organisation, Bodies: an accusation against everybody here cannot wait "
                  "for a letter that somebody here prints."),
            )  # fmt: skip


def check_letters() -> Iterator[Fault]:
    """No letter to a body outside lies here unprinted: nobody there knows of the matter, and its person waits."""
    waits = printing.waiting_long(clock.now())
    if waits:
        days = printing.LONG.days
        yield Fault(
            "letters_wait",
            _("%(count)s letters to bodies outside have waited for more than %(days)s days to be printed.")
            % {"count": waits, "days": days},
            _(
                "Ask the heads of the units: whoever has to print one finds it in the desk, under “Letters to other bodies”."
            ),
        )
    for case, unit in printing.printed_by_nobody(clock.now()):
        yield Fault(
            "letter_printed_by_nobody",
            _("Nobody may print the letter to a body outside about %(code)s: it is about whoever could, or they stepped aside.")
            % {"code": case.code},
            _("Appoint somebody whom it is not about and who did not step aside to a leader's post in %(unit)s.")
            % {"unit": unit},
        )  # fmt: skip


def check_reviews() -> Iterator[Fault]:
    """No review lies where nobody may decide it, since all who could have signed what is reviewed, or stepped aside."""
    now = clock.now()
    # Where another body reviews, somebody else does; only within a body one may come to one's own decision.
    own = Decision.objects.filter(
        case=OuterRef("pk"), sent_at__isnull=False, unit__authority=OuterRef("unit__authority")
    )
    rows = Case.objects.filter(Exists(own), state__in=REVIEWS, unit__authority__is_outside=False)
    for case in rows.select_related("unit__authority", "authority").order_by("pk"):
        if has_no_reviewer(case, now):
            yield Fault(
                "review_by_nobody",
                _("Nobody may decide the review of %(code)s at %(unit)s: whoever could has signed what is reviewed, or stepped aside.")
                % {"code": case.code, "unit": case.unit},
                _("Appoint somebody else to a leader's or reviewer's post there, and name the body above it under Organisation, Bodies."),
            )  # fmt: skip


def check_words() -> Iterator[Fault]:
    """No canned text brands somebody for how often or where they complain (rule 1)."""
    for text in CannedText.objects.filter(retired_at=None).order_by("pk"):
        for words in (text.name_zh, text.name_en, text.body_zh, text.body_en):
            kind = sorts_people_by(words, among=BRANDS)
            if kind:
                yield Fault(
                    "brands_people",
                    _("The canned text “%(name)s” brands people by %(what)s.")
                    % {"name": text.name, "what": _(KINDS[kind])},
                    _("Say what the matter needs; leave out what somebody is called."),
                )
                break
