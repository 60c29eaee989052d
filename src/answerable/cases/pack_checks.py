"""Whether a pack makes sense: no clock without an opener, no case without a date, no rung out of reach. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from answerable.cases.act_kinds import ActKind
from answerable.cases.pack_reading import PackFault
from answerable.cases.pack_types import CONDITION_TERMS, PAUSES, Condition, Pack, Step
from answerable.core.sentences import N_
from answerable.orgs.calendars import DayKind

# The acts by which a rung is asked for and decided. The first rung is asked for by registering.
RUNG_ACTS: dict[str, tuple[str, str]] = {
    "handle": (ActKind.REGISTERED.value, ActKind.DECIDED.value),
    "review": (ActKind.REVIEW_ASKED.value, ActKind.REVIEW_DECIDED.value),
    "rereview": (ActKind.REREVIEW_ASKED.value, ActKind.REREVIEW_DECIDED.value),
}
DELIVERIES = {
    ActKind.DECISION_DELIVERED.value,
    ActKind.LETTER_DELIVERED.value,
    ActKind.MESSAGE_DELIVERED.value,
}
# What may end an office's clock undone: the person, the end of the data, or passing the matter to another body.
ENDS = {ActKind.WITHDRAWN.value, ActKind.ERASED.value, ActKind.PASSED_ON.value}
# A clock that a transfer opened may also end when the transfer is undone or taken.
ENDS_OF_TRANSFER = {ActKind.OBJECTION_AGREED.value, ActKind.TRANSFERRED.value, ActKind.ACCEPTED.value}
TRANSFERS = {ActKind.TRANSFERRED.value, ActKind.TRANSFER_OBJECTED.value}
# What may both meet a step and open it again: each transfer lands in a new body.
MEETS_AND_OPENS = {ActKind.TRANSFERRED.value}
# The acts after which a case is open without a decision, so that a date must run.
BEGINNINGS = (ActKind.REGISTERED.value, ActKind.REOPENED.value, ActKind.WITHDRAWAL_UNDONE.value)


def _fault(where: str, template: str, **values: object) -> PackFault:
    return PackFault(where, template, tuple((key, str(value)) for key, value in values.items()))


def _acts(step: Step, where: str) -> Iterator[PackFault]:
    known = {kind.value for kind in ActKind}
    for name, acts in (("opened_by", step.opened_by), ("met_by", step.met_by), ("voided_by", step.voided_by)):
        for act in acts:
            if act not in known:
                yield _fault(
                    f"{where}.{name}", N_("“%(act)s” is no act; `answerable packs acts` lists them."), act=act
                )
    if not step.opened_by:
        yield _fault(f"{where}.opened_by", N_("Nothing opens this clock, so it would never run."))
    if not step.met_by:
        yield _fault(f"{where}.met_by", N_("Nothing meets this clock, so it could only run late."))
    if step.supervises:
        return
    for act in sorted((set(step.opened_by) & set(step.met_by)) - MEETS_AND_OPENS):
        yield _fault(f"{where}.met_by", N_("“%(act)s” both opens and meets this clock."), act=act)
    # The days to object end with each handing over, and begin anew for whoever it was handed to.
    both = set(step.opened_by) & set(step.voided_by)
    for act in sorted(both - (MEETS_AND_OPENS if step.is_objection else set())):
        yield _fault(f"{where}.voided_by", N_("“%(act)s” both opens and voids this clock."), act=act)
    allowed = ENDS | (ENDS_OF_TRANSFER if TRANSFERS & set(step.opened_by) else set())
    if step.whose == "office" and not step.window:
        for act in sorted((set(step.voided_by) & known) - allowed - set(step.always_voided_by)):
            yield _fault(
                f"{where}.voided_by",
                N_("“%(act)s” would let the office end its own clock undone; only %(allowed)s may."),
                act=act,
                allowed=", ".join(sorted(allowed)),
            )


def _counting(step: Step, where: str) -> Iterator[PackFault]:
    if step.day_kind is DayKind.WORKING and step.span != "days":
        yield _fault(
            f"{where}.day_kind",
            N_("Working days are counted in days; %(span)s run by the calendar."),
            span=step.span,
        )
    for pause in step.pauses:
        if pause not in PAUSES:
            yield _fault(
                f"{where}.pauses",
                N_("“%(pause)s” is no pause; use one of: %(allowed)s."),
                pause=pause,
                allowed=", ".join(PAUSES),
            )
    if step.pauses and step.span == "hours":
        yield _fault(f"{where}.pauses", N_("A clock of hours cannot pause: pauses are counted in days."))
    if (
        step.number * {"hours": 1, "days": 24, "weeks": 168, "months": 744, "years": 8784}[step.span]
        > 10 * 8784
    ):
        yield _fault(f"{where}.number", N_("This is longer than ten years."))


def _person(step: Step, where: str) -> Iterator[PackFault]:
    delivered = set(step.opened_by) & DELIVERIES
    if step.on_delivery and set(step.opened_by) - DELIVERIES:
        yield _fault(
            f"{where}.on_delivery", N_("A clock that opens on delivery is opened by a delivery alone.")
        )
    if step.whose == "person":
        if delivered and not step.on_delivery:
            yield _fault(
                f"{where}.on_delivery",
                N_("A person's window opens on proven delivery: write on_delivery = true."),
            )
        if step.extension:
            yield _fault(
                f"{where}.extension",
                N_("Only an office's limit is extended; give the person the longer number."),
            )
        if step.pauses:
            yield _fault(f"{where}.pauses", N_("A person's window does not pause."))
    if step.window and step.extension:
        yield _fault(f"{where}.extension", N_("A window that merely ends cannot be extended."))


def _condition(pack: Pack, step: Step, where: str) -> Iterator[PackFault]:
    try:
        condition = Condition.parse(step.condition)
    except ValueError as error:
        yield _fault(
            f"{where}.condition",
            N_("“%(word)s” is unknown; use %(allowed)s, kind:CODE, rung:CODE, with “not” and “and”."),
            word=error,
            allowed=", ".join(CONDITION_TERMS),
        )
        return
    known = {
        "kind": {kind.code for kind in pack.kinds} | {"none"},
        "rung": {rung.code for rung in pack.ladder},
    }
    for _, name, argument in condition.terms:
        if argument and argument not in known[name]:
            yield _fault(
                f"{where}.condition", N_("This pack has no %(name)s “%(code)s”."), name=name, code=argument
            )


def _ladder(pack: Pack) -> Iterator[PackFault]:
    if not pack.ladder:
        yield _fault("ladder", N_('There is no rung; write at least one [[ladder]] with code = "handle".'))
        return
    codes = [rung.code for rung in pack.ladder]
    if codes != list(RUNG_ACTS)[: len(codes)]:
        yield _fault(
            "ladder",
            N_("The rungs are, in this order: %(codes)s (or the first ones of them)."),
            codes=", ".join(RUNG_ACTS),
        )
    for place, rung in enumerate(pack.ladder):
        where = f"ladder[{place + 1}] ({rung.code})"
        if rung.final and place + 1 < len(pack.ladder):
            yield _fault(where, N_("This rung is final, so nobody can reach the one after it."))
        if (rung.who == "handler") is not (place == 0):
            yield _fault(
                f"{where}.who",
                N_("The first rung is decided by the handler, every other by the level above."),
            )
        if rung.code not in pack.remedies:
            yield _fault(f"remedies.{rung.code}", N_("Say what a person can still do after this rung."))
        asked, decided = RUNG_ACTS.get(rung.code, ("", ""))
        if asked and not any(
            asked in s.opened_by and decided in s.met_by and s.whose == "office" and not s.window
            for s in pack.steps
        ):
            yield _fault(
                where,
                N_("No step is opened by %(asked)s and met by %(decided)s."),
                asked=asked,
                decided=decided,
            )
    if not pack.ladder[-1].final:
        yield _fault(
            f"ladder[{len(codes)}] ({codes[-1]})",
            N_("The last rung is where the ladder ends: write final = true."),
        )
    for key, texts in (("remedies", pack.remedies), ("numbers", pack.numbers)):
        for code in texts:
            if code not in codes:
                yield _fault(f"{key}.{code}", N_("There is no rung of this code."))
    for code, (asked, _decided) in RUNG_ACTS.items():
        if code not in codes:
            for step in pack.steps:
                if asked in step.opened_by:
                    yield _fault(
                        f"steps ({step.code})",
                        N_("%(act)s opens this, but the ladder has no rung “%(code)s”."),
                        act=asked,
                        code=code,
                    )


def is_backbone(step: Step) -> bool:
    """Whether `step` runs from every beginning of a case to its decision, whatever happens between."""
    return (
        step.whose == "office"
        and not step.window
        and not step.supervises
        and set(BEGINNINGS) <= set(step.opened_by)
        and set(step.met_by) == {ActKind.DECIDED.value}
        and set(step.voided_by) <= ENDS
    )


def _backbone(pack: Pack) -> Iterator[PackFault]:
    conditions = []
    for step in pack.steps:
        if is_backbone(step):
            try:
                conditions.append(Condition.parse(step.condition))
            except ValueError:
                return  # said already
    rung = pack.ladder[0].code if pack.ladder else "handle"
    for kind, transferred, petition, reachable, urgent in product(
        [None, *(kind.code for kind in pack.kinds)],
        (False, True),
        (False, True),
        (True, False),
        (False, True),
    ):
        known = {
            "kind": kind,
            "rung": rung,
            "transferred": transferred,
            "brought": not transferred,
            "petition_office": petition,
            "reachable": reachable,
            "urgent": urgent,
        }
        if not any(condition.holds(known) for condition in conditions):
            said = ", ".join(f"{name}={value}" for name, value in known.items() if name != "brought")
            yield _fault(
                "steps",
                N_(
                    "A case could wait without any date (%(case)s): one office step must be opened by %(begin)s, "
                    "be met by case.decided alone and end otherwise only by %(ends)s."
                ),
                case=said,
                begin=", ".join(BEGINNINGS),
                ends=", ".join(sorted(ENDS)),
            )
            return


def _outcomes(pack: Pack) -> Iterator[PackFault]:
    """Every rung's decision has an outcome to choose, and no outcome is for a rung that is not there."""
    rungs = {rung.code for rung in pack.ladder}
    for outcome in pack.outcomes:
        for code in outcome.rungs:
            if code not in rungs:
                yield _fault(
                    f"outcomes ({outcome.code}).rungs", N_("The ladder has no rung “%(code)s”."), code=code
                )
    for rung in pack.ladder:
        if pack.outcomes and not pack.outcomes_at(rung.code):
            yield _fault(
                "outcomes", N_("A decision of the rung “%(code)s” has no outcome to choose."), code=rung.code
            )


def cross_faults(pack: Pack) -> list[PackFault]:
    """Faults between the parts of a pack that could be read."""
    found: list[PackFault] = []
    for name in ("kinds", "outcomes", "decision_parts", "steps"):
        if not getattr(pack, name):
            found.append(_fault(name, N_("There is none; write at least one.")))
    for step in pack.steps:
        where = "lift" if step.supervises else f"steps ({step.code})"
        found += [
            *_acts(step, where),
            *_counting(step, where),
            *_person(step, where),
            *_condition(pack, step, where),
        ]
    if sum(step.code == "supervise" for step in pack.steps) > 1:
        found.append(
            _fault("steps", N_("The code “%(code)s” belongs to [lift]; choose another."), code="supervise")
        )
    found += _outcomes(pack)
    if not any(part.required for part in pack.decision_parts):
        found.append(_fault("decision_parts", N_("A decision needs at least one required part.")))
    return [*found, *_ladder(pack), *_backbone(pack)]
