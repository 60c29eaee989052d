"""What an act on a case causes: posts are told, the person hears that there is news. Idempotent."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from answerable.alerts.channels.call import is_configured
from answerable.alerts.models import Delivery
from answerable.alerts.services import queue_delivery, take_back
from answerable.cases.act_kinds import ActKind as A
from answerable.cases.mailbox.sending import reply_facts
from answerable.cases.models import Case, Deadline
from answerable.cases.packs import load_pack
from answerable.cases.printing import tell_to_print
from answerable.cases.services.accusing import keep_from
from answerable.cases.telling import case_of, clerks_of, handling_posts, signing_post, tell
from answerable.core.statements import fetch
from answerable.orgs.act_kinds import OrgAct
from answerable.orgs.models import Authority, Post, Role, Unit
from answerable.orgs.queries import calendar_of, head_of, root_unit
from answerable.orgs.standing import standing
from answerable.parties.models import Channel
from answerable.record.queries import ActShown
from answerable.record.reactions import on

_TICK = timedelta(microseconds=1)
# Notices that someone's life or health is in danger, each for one way in which a post comes to have the case.
DANGER = ("danger", "danger_assigned", "danger_transferred")

# Acts that bring news to the person, when somebody else did them.
NEWS = (
    A.ACCEPTED,
    A.ASKED,
    A.REPLIED,
    A.TOLD,
    A.EXTENDED,
    A.TRANSFERRED,
    A.PASSED_ON,
    A.CHARGE_TAKEN,
    A.MEDIATION_OFFERED,
    A.HEARING_ANNOUNCED,
    A.HEARING_CLOSED,
    A.HEARING_CALLED_OFF,
    A.DECIDED,
    A.REVIEW_DECIDED,
    A.REREVIEW_DECIDED,
    A.CLOSED,
    A.REOPENED,
    A.DIVIDED,
    A.LIFTED,
    A.IDENTITY_LOOKED,
    A.RECEIPT_REISSUED,
    A.WITHDRAWAL_TOLD,
    A.WITHDRAWAL_DENIED,
    A.WITHDRAWN,
)


@on(*NEWS)
def send_news(matter: UUID, act: ActShown, now: datetime) -> None:
    """Tell the person, by the channel they chose, that there is news. Without a channel they come and look."""
    if act.actor_kind != "person":
        _send_news(matter, act, now)


def _send_news(matter: UUID, act: ActShown, now: datetime) -> None:
    channels = fetch(
        Channel, "case_id = %s AND dropped_at IS NULL AND kind <> 'post' ORDER BY id LIMIT 1", [matter]
    )
    channel = channels[0] if channels else None
    case = case_of(matter) if channel is not None else None
    if channel is None or case is None:
        return
    queue_delivery(
        channel.kind,
        "news",
        key=f"news:{act.id}",
        at=now,
        matter=matter,
        channel_id=channel.pk,
        language=case.language,
        facts={"address": settings.BASE_URL.rstrip("/") + "/case/"} | reply_facts(case, channel),
    )


@on(A.REGISTERED)
def tell_of_new_case(matter: UUID, act: ActShown, now: datetime) -> None:
    case = case_of(matter)
    if case is None:
        return
    if case.is_danger_told:
        tell(posts_for_danger(case), "danger", case, act, urgent=True)
    else:
        tell(_posts_of_unit(case), "conduct" if _is_said_conduct(case) else "registered", case, act)
    # What has come there since, by another way, is told of by the act that brought it.
    if case.unit.authority.is_outside and (act.body or {}).get("unit") == case.unit_id:
        write_to_outside(case, act, case.unit.authority, "conduct")


def _is_said_conduct(case: Case) -> bool:
    """Of what nobody has looked at yet, whoever reads first is told, and that it is new."""
    return case.is_conduct and not case.is_nature_open


def _posts_of_unit(case: Case) -> list[int]:
    """Who hears that the case is the unit's: its clerks and the leader who answers; of an accusation, only the leader."""
    return (
        [case.leader_post_id] if _is_said_conduct(case) else [*clerks_of(case.unit_id), case.leader_post_id]
    )


def posts_for_danger(case: Case) -> list[int]:
    """Where life or health is in danger, whoever of the unit is first at the desk has to know: all who can act."""
    if case.is_conduct:
        return [case.leader_post_id]
    able = (Role.CLERK, Role.HANDLER, Role.LEADER)
    posts = standing().posts_in.get(case.unit_id, ())
    return [p.pk for p in posts if p.role in able and p.closed_on is None] + [case.leader_post_id]


@on(A.ASSIGNED)
def tell_the_assigned(matter: UUID, act: ActShown, now: datetime) -> None:
    """The post that has it now is told; one that it was given to before, and that did not read so yet, is not any more."""
    case, to = case_of(matter), (act.body or {}).get("to")
    if case is None:
        return
    take_back("assigned", "danger_assigned", matter=matter, except_post=to, before=act.at)
    if not to or case.handler_post_id != to:
        return
    if case.is_urgent:
        tell([to], "danger_assigned", case, act, urgent=True)
    else:
        tell([to], "assigned", case, act)


@on(A.TRANSFERRED, A.CONFLICT_ESCALATED, A.NATURE_SAID)
def tell_the_new_unit(matter: UUID, act: ActShown, now: datetime) -> None:
    case, body = case_of(matter), act.body or {}
    # In dispute it stays where it is, and the level above both is told; so it does where only the watch over it moved.
    if case is None or "superior" in body or "to" not in body:
        return
    if case.unit.authority.is_outside:
        write_to_outside(case, act, case.unit.authority, "conduct" if case.is_conduct else "passed_on")
    elif case.is_urgent:
        tell(posts_for_danger(case), "danger_transferred", case, act, urgent=True)
    else:
        tell(_posts_of_unit(case), "conduct" if case.is_conduct else "transferred", case, act)


@on(A.MESSAGE_UNDELIVERED)
def tell_of_a_lost_message(matter: UUID, act: ActShown, now: datetime) -> None:
    """Somebody has to know that the person, or the body outside, may have heard nothing.

    Where the person took the way away before it went out, nobody here has to: news goes the way that they chose instead.
    """
    case, body = case_of(matter), act.body or {}
    if case is None:
        return
    if _is_way_gone(str(body["delivery"])):
        if body.get("purpose") == "news":
            _send_news(matter, act, now)
        return
    code = "delivery_unknown" if body.get("state") == "unknown" else "delivery_failed"
    tell(
        handling_posts(case, now),
        "delivery_outside" if body.get("purpose") == "outside" else code,
        case,
        act,
    )


def _is_way_gone(delivery: str) -> bool:
    """Whether a message was for a channel that its person has changed or dropped since, or that was erased."""
    channel = Delivery.objects.filter(pk=delivery).values("channel_id")
    return Channel.objects.filter(pk__in=channel, dropped_at__isnull=False).exists()


_FROM_PERSON = {
    A.ANSWERED: "answered",
    A.ADDED_TO: "added_to",
    A.UNSOLVED_SAID: "unsolved",
    A.WITHDRAWN: "withdrawn",
    A.WITHDRAWAL_UNDONE: "withdrawal_undone",
    A.ERASURE_ASKED: "erasure_asked",
}


_TO_OUTSIDE = {
    A.ANSWERED: "written",
    A.ADDED_TO: "written",
    A.UNSOLVED_SAID: "written",
    A.WITHDRAWN: "withdrawn",
    A.WITHDRAWAL_UNDONE: "withdrawal_undone",
}


@on(*_FROM_PERSON)
def tell_the_handlers(matter: UUID, act: ActShown, now: datetime) -> None:
    case = case_of(matter)
    if case is None:
        return
    if not case.unit.authority.is_outside:
        tell(handling_posts(case, now), _FROM_PERSON[A(act.kind)], case, act)
    elif act.kind in _TO_OUTSIDE:  # what they wrote must not end on the desk of a post that nobody here holds
        write_to_outside(case, act, case.unit.authority, _TO_OUTSIDE[A(act.kind)])


@on(A.NOTED)
def tell_of_a_ready_draft(matter: UUID, act: ActShown, now: datetime) -> None:
    case = case_of(matter)
    if case is None or not (act.body or {}).get("ready"):
        return
    signs = signing_post(case, now)
    if signs != act.post_id:  # whoever mends a word of what waits for them knows of it
        tell([signs], "draft_ready", case, act)


@on(A.NOTED)
def tell_that_time_is_asked_for(matter: UUID, act: ActShown, now: datetime) -> None:
    case = case_of(matter)
    if case is not None and (act.body or {}).get("extension_asked"):
        tell([signing_post(case, now)], "extension_asked", case, act)


@on(A.REMINDED)
def remind_posts(matter: UUID, act: ActShown, now: datetime) -> None:
    """Reminders name the case, the date and the reason; the leader hears the second one too."""
    case, body = case_of(matter), act.body or {}
    row = Deadline.objects.filter(pk=body.get("deadline") or 0).first()
    if case is None or row is None:
        return
    part = body.get("part", "half")
    posts = [row.post_id] if row.is_supervising and row.post_id else handling_posts(case, now)
    if part == "four_fifths":
        posts.append(case.leader_post_id)
    tell(posts, part, case, act, step_facts(case, row))


def step_facts(case: Case, row: Deadline) -> dict[str, str]:
    day = calendar_of(case.authority).local_day(row.late_from - _TICK)
    title = load_pack(case.pack).step_title(row.step)
    return {"step_zh": title.in_language("zh"), "step_en": title.in_language("en"), "due": str(day)}


@on(A.LIFTED)
def tell_of_lateness(matter: UUID, act: ActShown, now: datetime) -> None:
    """The unit above and its head, the leader who answers, and those at work hear of it: in the day's digest, and at
    once only where somebody is in danger."""
    case, body = case_of(matter), act.body or {}
    row = Deadline.objects.filter(pk=body.get("deadline") or 0).first()
    if case is None or row is None:
        return
    facts = step_facts(case, row)
    if case.unit.authority.is_outside:
        write_to_outside(case, act, case.unit.authority, "late_own")
    tell([*handling_posts(case, now), case.leader_post_id], "late_own", case, act, facts)
    _tell_above(case, act, int(body.get("to", 0)), "late_above", facts, urgent=case.is_urgent)


@on(A.RAISED)
def tell_of_raising(matter: UUID, act: ActShown, now: datetime) -> None:
    case, body = case_of(matter), act.body or {}
    if case is not None:
        tell([*handling_posts(case, now), case.leader_post_id], "raised_own", case, act)
        _tell_above(case, act, int(body.get("to", 0)), "raised", {}, urgent=True)


def _tell_above(
    case: Case, act: ActShown, unit_id: int, code: str, facts: dict[str, str], *, urgent: bool
) -> None:
    unit = Unit.objects.select_related("authority").filter(pk=unit_id).first()
    if unit is None or unit.pk == case.unit_id:
        tell([case.leader_post_id], "no_level_above", case, act, facts, urgent=urgent)
    elif unit.authority.is_outside:
        write_to_outside(case, act, unit.authority, code)
    else:
        head = head_of(unit)
        posts = clerks_of(unit.pk) + ([head.pk] if head else [])
        tell(posts or [case.leader_post_id], code, case, act, facts, urgent=urgent)


@on(A.WITHDRAWAL_TOLD)
def tell_who_may_confirm(matter: UUID, act: ActShown, now: datetime) -> None:
    """A withdrawal was told at a counter: the head of another unit is asked to hear it from the person."""
    case = case_of(matter)
    unit = Unit.objects.select_related("authority").filter(pk=(act.body or {}).get("to") or 0).first()
    if case is None or unit is None or unit.authority.is_outside:
        return
    head = head_of(unit)
    if head is not None:
        tell([head.pk], "withdrawal_told", case, act)


@on(OrgAct.APPOINTED)
def keep_from_the_appointed(matter: UUID, act: ActShown, now: datetime) -> None:
    """Whoever is accused and gets a post that answers for the case, works on it or watches over it, does not get it
    (rule 5)."""
    body = act.body or {}
    post, staff = int(body.get("post") or 0), int(body.get("staff") or 0)
    at_work = Q(leader_post=post) | Q(handler_post=post) | Q(charge_post=post)
    about = list(Case.objects.filter(accused__staff=staff, is_conduct=True).values_list("pk", flat=True))
    there = set(Case.objects.filter(at_work, pk__in=about, ended_at=None).values_list("pk", flat=True))
    watching = Deadline.objects.filter(case__in=about, post=post, is_supervising=True)
    there |= set(watching.filter(met_seq=None, voided_seq=None).values_list("case_id", flat=True))
    for pk in sorted(there):
        keep_from(pk, now=now)


@on(A.REVIEW_ASKED, A.REREVIEW_ASKED)
def tell_the_reviewers(matter: UUID, act: ActShown, now: datetime) -> None:
    case = case_of(matter)
    if case is None:
        return
    if case.unit.authority.is_outside:
        write_to_outside(case, act, case.unit.authority, "review")
        return
    reviewers = Post.objects.filter(unit_id=case.unit_id, role=Role.REVIEWER, closed_on=None)
    code = "review" if act.kind == A.REVIEW_ASKED else "rereview"
    tell([*reviewers.values_list("pk", flat=True), case.leader_post_id], code, case, act)


@on(A.PASSED_ON)
def tell_the_other_body(matter: UUID, act: ActShown, now: datetime) -> None:
    """What was passed on arrives: at the top of a body that works here, else as a message to the body outside."""
    case = case_of(matter)
    body = Authority.objects.filter(pk=(act.body or {}).get("to") or 0).first()
    if case is None or body is None:
        return
    top = None if body.is_outside else root_unit(body)
    head = head_of(top) if top is not None else None
    if top is None or head is None:
        write_to_outside(case, act, body, "passed_on")
    else:
        tell([head.pk] if case.is_conduct else [*clerks_of(top.pk), head.pk], "passed_on", case, act)


def write_to_outside(case: Case, act: ActShown, body: Authority, why: str) -> None:
    """A body outside is reached by a call to its program where one is configured, by e-mail where it has an address,
    else by a letter that someone prints.

    The message says which matter and why, never the person's words: those go with the letter, by hand.
    """
    kind, to = ("call", body.code) if is_configured(body.code) else ("email", body.letter_email)
    with translation.override(settings.LANGUAGE_CODE):
        text = _outside_text(case, why)
    facts = {"to": to, "code": case.code, "why": why, "body": body.pk, "text": text, "seq": act.seq}
    queue_delivery(
        kind if to else "letter",
        "outside",
        key=f"outside:{act.id}:{body.pk}",
        at=act.at,
        matter=case.pk,
        language=settings.LANGUAGE_CODE,
        facts=facts,
    )
    if not to:
        tell_to_print(case, act, body.pk)


@on(A.MESSAGE_UNDELIVERED)
def write_where_the_message_failed(matter: UUID, act: ActShown, now: datetime) -> None:
    """A call or an e-mail to a body outside that was given up, or of which nobody knows, becomes a letter to print."""
    body = act.body or {}
    if body.get("purpose") != "outside":
        return
    case, called = case_of(matter), Delivery.objects.filter(pk=str(body["delivery"])).first()
    if case is None or called is None:
        return
    queue_delivery(
        "letter",
        called.purpose,
        key=f"{called.key}:letter",
        at=act.at,
        matter=matter,
        language=called.language,
        facts=called.facts | {"to": ""},
    )
    tell_to_print(case, act, int(called.facts.get("body", 0)))


def _outside_text(case: Case, why: str) -> str:
    texts = {
        "conduct": _(
            "An accusation that no office here may handle has been registered. It awaits your body."
        ),
        "late_above": _("A case is late at the body below yours. Please see that it is decided."),
        "raised": _("A person raised this case to your level. Please see that it is decided."),
        "passed_on": _(
            "A matter was brought to this office that belongs to your body. It is passed on to you."
        ),
        "review": _("A person asks your body to review a decision of the body below."),
        "dispute": _(
            "Two units of this office disagree about who is competent for a case. Please decide which of them is."
        ),
        "late_own": _("A case that lies with your body is past its date. Please see that it is decided."),
        "written": _("The person has written something more about a case that lies with your body."),
        "withdrawn": _("The person has withdrawn a case that lies with your body."),
        "withdrawal_undone": _("The person has taken a withdrawal back: a case lies with your body again."),
    }
    return texts.get(why, "") + f" ({case.code})"
