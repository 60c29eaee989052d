"""A procedure in plain words: its steps with who, from what, how long, until what; what pauses and extends each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_noop as N_

from answerable.cases.act_kinds import ActKind as A
from answerable.cases.deadline_wording import day_words, length_words
from answerable.cases.pack_types import Condition, Outcome, Pack, Step

#: Acts as events, each a whole phrase that stands in a list.
EVENTS: dict[str, str] = {
    A.REGISTERED: N_("the first receipt of the matter"),
    A.ACKNOWLEDGED: N_("the notice of receipt to the person"),
    A.ACCEPTED: N_("acceptance for handling"),
    A.ASSIGNED: N_("giving it to someone"),
    A.TRANSFERRED: N_("handing it over to another unit"),
    A.PASSED_ON: N_("passing it on to the body that is competent"),
    A.NATURE_SAID: N_("the first reader's word that it accuses nobody"),
    A.TRANSFER_OBJECTED: N_("an objection to the handing over"),
    A.OBJECTION_AGREED: N_("the objection accepted"),
    A.OBJECTION_DECLINED: N_("the objection not accepted"),
    A.ASKED: N_("a question to the person"),
    A.TOLD: N_("telling the person"),
    A.REPLIED: N_("a reply to the person"),
    A.MEDIATION_OFFERED: N_("an offer of mediation"),
    A.DECIDED: N_("the written decision"),
    A.DECISION_DELIVERED: N_("proven delivery of the decision"),
    A.REVIEW_ASKED: N_("the request for a review"),
    A.REVIEW_DECIDED: N_("the decision on the review"),
    A.REREVIEW_ASKED: N_("the request for a re-review"),
    A.REREVIEW_DECIDED: N_("the decision on the re-review"),
    A.REOPENED: N_("taking it up again"),
    A.WITHDRAWAL_UNDONE: N_("the person taking a withdrawal back"),
    A.LIFTED: N_("lifting by the system"),
    A.RAISED: N_("raising by the person"),
    A.SOLVED_SAID: N_("the person's word that it is solved"),
    A.UNSOLVED_SAID: N_("the person's word that it is not solved"),
    A.RATED: N_("the person's rating"),
}
PAUSES = {
    "hearing": N_("The time of a hearing is not counted."),
    "asked": N_("The time in which the person is asked is not counted."),
    "mediation": N_("The time of a mediation that both sides agreed to is not counted."),
}
#: Conditions by (name, wanted); those about a kind name it.
ONLY: dict[tuple[str, bool], str] = {
    ("brought", True): N_("Only for matters that the person brought to this body directly."),
    ("brought", False): N_("Not for matters that the person brought to this body directly."),
    ("transferred", True): N_("Only for matters that were handed over."),
    ("transferred", False): N_("Not for matters that were handed over."),
    ("petition_office", True): N_("Only for petition offices."),
    ("petition_office", False): N_("Not for petition offices."),
    ("reachable", True): N_("Only where the person can be reached."),
    ("reachable", False): N_("Only where the person cannot be reached."),
    ("urgent", True): N_("Only for urgent matters."),
    ("urgent", False): N_("Not for urgent matters."),
    ("kind", True): N_("Only for: %(what)s."),
    ("kind", False): N_("Not for: %(what)s."),
    ("rung", True): N_("At the stage: %(what)s."),
    ("rung", False): N_("Not at the stage: %(what)s."),
}
APPROVERS = {
    "head": N_("At most %(most)s more, approved by the head of the body; the person is told why."),
    "leader": N_("At most %(most)s more, approved by the leader; the person is told why."),
    "level_above": N_("At most %(most)s more, approved by the level above; the person is told why."),
}
SOURCES = {
    "primary": N_("Taken from the text."),
    "secondary": N_("From a secondary source; not compared with the text."),
    "ours": N_("Set by this system; the text sets no number."),
}


@dataclass(frozen=True)
class StepShown:
    """One time limit in words. `more` are whole sentences: conditions, pauses, extension, notes."""

    code: str
    title: str
    length: str
    whose: str
    begins: list[str]
    ends: list[str]
    more: list[str]
    article: str
    source: str


def steps_of(pack: Pack) -> list[StepShown]:
    """The pack's steps in its own order; the one of the level above comes last."""
    return [_shown(step, pack) for step in sorted(pack.steps, key=lambda step: step.supervises)]


def _shown(step: Step, pack: Pack) -> StepShown:
    language = get_language() or "en"
    if step.supervises:
        whose = gettext("the level above")
    else:
        whose = gettext("the person") if step.whose == "person" else gettext("the office")
    opened = step.opened_by or ((A.LIFTED, A.RAISED) if step.supervises else ())
    return StepShown(
        code=step.code,
        title=step.title.in_language(language),
        length=length_words(step.number, step.span, str(step.day_kind)),
        whose=whose,
        begins=_events(opened),
        ends=_events(step.met_by),
        more=list(_more(step, pack, language)),
        article=step.article,
        source=gettext(SOURCES[step.verified]),
    )


def _events(kinds: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(gettext(EVENTS.get(kind, kind)) for kind in kinds))


def _more(step: Step, pack: Pack, language: str) -> Iterable[str]:
    for wanted, name, argument in Condition.parse(step.condition).terms:
        yield gettext(ONLY[name, wanted]) % {"what": _what(pack, name, argument, language)}
    if step.window and step.whose == "office":
        yield gettext("This is a window: nobody is late when it passes.")
    if step.on_delivery:
        yield gettext("It begins only when delivery is proven.")
    if step.supervises:
        yield gettext("A reply by the office that is watched over does not end it.")
    if step.by_order:
        yield gettext("The work order may state another number.")
    for code in step.pauses:
        yield gettext(PAUSES[code])
    if step.extension is not None:
        most = length_words(step.extension.max_number, step.span, str(step.day_kind))
        yield gettext(APPROVERS[step.extension.approver_role]) % {"most": most}
    for text in (step.note, step.next_remedy):
        if words := text.in_language(language):
            yield words


def _what(pack: Pack, name: str, argument: str, language: str) -> str:
    rows = pack.kinds if name == "kind" else pack.ladder
    return next((row.title.in_language(language) for row in rows if row.code == argument), argument)


@dataclass(frozen=True)
class PackShown:
    """A procedure for its page: titles, texts and steps in the reader's language."""

    pack: Pack
    title: str
    note: str
    in_force: str
    source: str
    steps: list[StepShown]
    kinds: list[tuple[str, str]]
    outcomes: list[str]
    parts: list[tuple[str, str]]
    ladder: list[tuple[str, str, str]]
    rules: list[tuple[str, str, str]]


def _outcome_shown(pack: Pack, outcome: Outcome, language: str) -> str:
    """An outcome; of certain rungs alone, with their names."""
    title = outcome.title.in_language(language)
    rungs = [r.title.in_language(language) for r in pack.ladder if r.code in outcome.rungs]
    return (
        gettext("%(outcome)s (%(rungs)s)") % {"outcome": title, "rungs": ", ".join(rungs)} if rungs else title
    )


def pack_shown(pack: Pack) -> PackShown:
    """A pack for its page. Rungs come with what a person can still do after each."""
    language = get_language() or "en"
    return PackShown(
        pack=pack,
        title=pack.title.in_language(language),
        note=pack.note.in_language(language),
        in_force=day_words(pack.in_force_from) if pack.in_force_from else "",
        source=gettext(SOURCES[pack.verified]) if pack.verified != "ours" else "",
        steps=steps_of(pack),
        kinds=[(k.title.in_language(language), k.article) for k in pack.kinds],
        outcomes=[_outcome_shown(pack, o, language) for o in pack.outcomes],
        parts=[(p.title.in_language(language), p.article) for p in pack.decision_parts],
        ladder=[
            (
                r.title.in_language(language),
                r.article,
                pack.remedies[r.code].in_language(language) if r.code in pack.remedies else "",
            )
            for r in pack.ladder
        ],
        rules=[
            (r.title.in_language(language), r.article, r.text.in_language(language))
            for r in (*pack.rules, *pack.paths)
        ],
    )
