"""Acts and notices in words, with the names of posts and units; one whole sentence each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_noop as N_

from answerable.cases.act_kinds import ActKind as A
from answerable.cases.deadline_wording import day_words, length_words
from answerable.cases.models import Case, Message
from answerable.cases.packs import load_pack
from answerable.orgs.models import Authority, Post, Staff, Unit
from answerable.record.places import Place
from answerable.record.queries import ActShown
from answerable.ui.parts import TimelineEntry

SAID: dict[str, str] = {
    A.REGISTERED: N_("Registered"),
    A.ACKNOWLEDGED: N_("Receipt confirmed to the person"),
    A.ACCEPTED: N_("Accepted for handling"),
    A.PASSED_ON: N_("Passed on to %(body)s"),
    A.TRANSFERRED: N_("Handed over to %(to)s"),
    A.TRANSFER_OBJECTED: N_("Objection to the handing over"),
    A.OBJECTION_AGREED: N_("Objection accepted; back with %(to)s"),
    A.OBJECTION_DECLINED: N_("Objection not accepted; it stays with %(unit)s"),
    A.NATURE_SAID: N_("Accuses nobody, said whoever read it first; it goes to %(to)s"),
    A.CONFLICT_ESCALATED: N_("The level above both decides who is competent"),
    A.ASSIGNED: N_("Given to %(to_post)s"),
    A.CHARGE_TAKEN: N_("A leader took charge of it to its end"),
    A.ASKED: N_("Question to the person"),
    A.ANSWERED: N_("The person answered"),
    A.ADDED_TO: N_("The person added something"),
    A.TOLD: N_("The person was told"),
    A.EXTENDED: N_("Time limit extended by %(number)s"),
    A.MEDIATION_OFFERED: N_("Mediation offered"),
    A.MEDIATION_CONSENTED: N_("The person agreed to mediation"),
    A.MEDIATION_ENDED: N_("Mediation ended"),
    A.DECIDED: N_("Decision sent: %(outcome)s"),
    A.DECISION_DELIVERED: N_("Decision delivered (%(how)s)"),
    A.REPLIED: N_("Reply to the person"),
    A.CLOSED: N_("Closed"),
    A.REOPENED: N_("Taken up again"),
    A.WITHDRAWN: N_("Withdrawn by the person"),
    A.WITHDRAWAL_UNDONE: N_("The person took the withdrawal back"),
    A.WITHDRAWAL_TOLD: N_("Said at the counter: the person withdraws; to be confirmed through another unit"),
    A.WITHDRAWAL_DENIED: N_("Another unit asked: the person does not withdraw"),
    A.RAISED: N_("Raised by the person to %(to)s"),
    A.LIFTED: N_("Late (%(step)s): lifted to %(to)s"),
    A.REMINDED: N_("Reminder sent (%(step)s)"),
    A.REVIEW_ASKED: N_("The person asked for a review by %(to)s"),
    A.REVIEW_DECIDED: N_("Review decided: %(outcome)s"),
    A.REREVIEW_ASKED: N_("The person asked for a re-review by %(to)s"),
    A.REREVIEW_DECIDED: N_("Re-review decided: %(outcome)s"),
    A.HEARING_ANNOUNCED: N_("Hearing announced for %(on)s"),
    A.HEARING_OPENED: N_("Hearing opened"),
    A.HEARING_CLOSED: N_("Hearing closed"),
    A.HEARING_CALLED_OFF: N_("Hearing called off"),
    A.LINKED: N_("Linked with %(case)s"),
    A.JOINED: N_("Answered together with %(case)s from now on"),
    A.MERGED: N_("Merged with %(case)s"),
    A.SPLIT: N_("Stands apart from %(case)s again"),
    A.DIVIDED: N_("Made two; the second matter is %(case)s"),
    A.NOTED: N_("Internal note"),
    A.STEPPED_ASIDE: N_("Someone with an interest stepped aside"),
    A.POST_CLOSED: N_("A post that had it was closed; %(answers)s answers for it"),
    A.SOLVED_SAID: N_("The person says: solved"),
    A.UNSOLVED_SAID: N_("The person says: not solved"),
    A.RATED: N_("The person rated the handling: %(rating)s of 5"),
    A.ATTACHMENT_ADDED: N_("File added"),
    A.ATTACHMENT_CHECKED: N_("File checked"),
    A.ATTACHMENT_OPENED: N_("File opened"),
    A.ERASURE_ASKED: N_("The person asked for erasure"),
    A.ERASED: N_("Erased"),
    A.IDENTITY_LOOKED: N_("Identity opened"),
    A.ARCHIVED: N_("Put into the archive, sealed"),
    A.ARCHIVE_TAKEN: N_("Taken out of the archive"),
    A.RECORD_OPENED: N_("A step opened by an auditor, who checks the public log"),
    A.CHANNEL_CHANGED: N_("The person changed how they are reached"),
    A.CHANNEL_DROPPED: N_("The person is not to be reached by message any more"),
    A.SHARING_CHANGED: N_("The person changed what others may see of it"),
    A.RECEIPT_REISSUED: N_("Receipt issued anew"),
    A.PROGRESS_TOLD: N_("Told at a counter how far it is, by code and secret"),
    A.MESSAGE_DELIVERED: N_("Message delivered"),
    A.MESSAGE_UNDELIVERED: N_("Message not delivered, or its outcome is unknown"),
    A.LETTER_DELIVERED: N_("Letter delivered"),
}
UNKNOWN = N_("Entry “%(kind)s”")

TONES: dict[str, str] = {
    A.LIFTED: "late",
    A.RAISED: "soon",
    A.UNSOLVED_SAID: "soon",
    A.REMINDED: "soon",
    A.DECIDED: "ok",
    A.REVIEW_DECIDED: "ok",
    A.REREVIEW_DECIDED: "ok",
    A.SOLVED_SAID: "ok",
    A.ANSWERED: "info",
    A.ADDED_TO: "info",
    A.WITHDRAWN: "info",
    A.REVIEW_ASKED: "info",
    A.REREVIEW_ASKED: "info",
}

NOTICES: dict[str, str] = {
    "blurred": N_("A photograph of yours was blurred before others see it; the original was destroyed."),
    "withdrawal_told": N_(
        "Recorded at the counter that you withdraw; another unit has to hear it from you first."
    ),
    "withdrawal_denied": N_("Another unit asked: you do not withdraw. The matter goes on."),
    "withdrawal_confirmed": N_("The withdrawal was confirmed through another unit. It can be taken back."),
    "accepted": N_("Your matter is being handled by %(unit)s."),
    "charge_taken": N_("%(post)s has taken charge of your matter to its end."),
    "charge_left": N_("Whoever had taken charge of it has an interest in it and stepped aside."),
    "extended": N_("More time is needed."),
    "transferred": N_("Your matter is now with %(unit)s."),
    "passed_on": N_("Your matter was passed on to %(authority)s."),
    "decided": N_("A decision was sent."),
    "closed": N_("The matter was closed."),
    "reopened": N_("The matter was taken up again."),
    "reopened_back": N_("The matter was taken up again and is with %(unit)s, which has to decide anew."),
    "lifted": N_("The date passed; %(unit)s has been told by the system."),
    "raised": N_("Raised to %(unit)s."),
    "review_asked": N_("Review asked for."),
    "rereview_asked": N_("Re-review asked for."),
    "solved": N_("Said: solved."),
    "unsolved": N_("Said: not solved."),
    "joined": N_(
        "Your matter is answered together with others about the same thing. Your receipt stays yours."
    ),
    "merged": N_("This matter came in twice and is handled as one. Your receipt stays yours."),
    "split": N_("Your matter is handled by itself again."),
    "divided": N_("Two things were told. The second is a matter of its own now: %(code)s."),
    "divided_from": N_("This was told together with %(code)s and is a matter of its own now."),
    "hearing_announced": N_("A hearing takes place on %(on)s, %(at)s, here: %(place)s."),
    "hearing_moved": N_("The hearing was moved: it takes place on %(on)s, %(at)s, here: %(place)s."),
    "hearing_opened": N_("The hearing was opened."),
    "hearing_closed": N_("The hearing was closed. What came of it:"),
    "hearing_called_off": N_("The hearing of %(on)s was called off."),
    "hearing_declined": N_("The person called off the hearing of %(on)s."),
    "answers_now": N_("The post that answered for it was closed. %(post)s answers for it now."),
    "mediation_offered": N_("Mediation was offered."),
    "mediation_consented": N_("Agreed to mediation."),
    "mediation_declined": N_("Declined mediation."),
    "mediation_left": N_("Left the mediation."),
    "mediation_agreed": N_("Mediation ended with an agreement."),
    "mediation_ended": N_("Mediation ended without an agreement."),
    "mediation_taken_back": N_("The offer of mediation was taken back."),
}

HOW_DELIVERED: dict[str, str] = {
    "page": N_("read on the person's page"),
    "hand": N_("handed over in person"),
    "post": N_("by post, with proof"),
    "messenger": N_("by messenger, signed for"),
    "posted_up": N_("posted up, where the rule allows it"),
}


@dataclass
class Names:
    """Names of posts, units, bodies, staff and other cases that acts speak of, each loaded once, in bulk."""

    posts: dict[int, str] = field(default_factory=dict)
    units: dict[int, str] = field(default_factory=dict)
    bodies: dict[int, str] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)

    def post(self, pk: Any) -> str:
        return self.posts.get(int(pk or 0), gettext("a post"))

    def unit(self, pk: Any) -> str:
        return self.units.get(int(pk or 0), gettext("a unit"))


def names_for(
    case: Case, acts: Iterable[ActShown], messages: Iterable[Message], readable: dict[str, str]
) -> Names:
    """Look up every name that the acts and notices need. `readable`: codes by id of cases open to the reader."""
    posts: set[int] = {case.leader_post_id}
    units: set[int] = {case.unit_id}
    bodies: set[int] = set()
    for act in acts:
        body = act.body or {}
        posts.add(act.post_id or 0)
        if act.kind == A.ASSIGNED:
            posts |= {body.get("to") or 0, body.get("from") or 0}
        elif act.kind == A.POST_CLOSED:
            posts.add(body.get("answers") or 0)
        elif act.kind == A.PASSED_ON:
            bodies.add(body.get("to") or 0)
        elif act.kind in (A.LETTER_DELIVERED, A.ATTACHMENT_OPENED):
            bodies.add(body.get("body") or 0)
        else:
            units |= {
                body.get(key) or 0
                for key in ("from", "to", "unit", "superior")
                if isinstance(body.get(key), int)
            }
    for message in messages:
        posts |= {message.post_id or 0, int(message.facts.get("post") or 0)}
        units.add(int(message.facts.get("unit") or 0))
        bodies.add(int(message.facts.get("authority") or 0))
    found_posts = Post.objects.filter(pk__in=posts - {0}).select_related("unit")
    return Names(
        posts={
            p.pk: gettext("%(post)s, %(unit)s") % {"post": p.name, "unit": p.unit.name} for p in found_posts
        },
        units={u.pk: u.name for u in Unit.objects.filter(pk__in=units - {0})},
        bodies={b.pk: b.name for b in Authority.objects.filter(pk__in=bodies - {0})} if bodies - {0} else {},
        codes=readable,
    )


def standing_in(post: str, act: ActShown) -> str:
    """A post with a mark where somebody else than its holder acted for it."""
    return gettext("%(post)s (by whoever stands in)") % {"post": post} if act.stands_in else post


def who_did(act: ActShown, names: Names) -> str:
    """Who acted, as a post or a side; never a person's name."""
    if act.actor_kind == "staff":
        return standing_in(names.post(act.post_id), act)
    return {
        "person": gettext("the person"),
        "system": gettext("the system"),
        "client": gettext("another system"),
    }.get(act.actor_kind, act.actor_kind)


def _outside_words(body: dict[str, Any], name: str) -> str:
    """What was done about a letter to a body outside."""
    if body.get("later"):
        return gettext("Receipt for the letter to %(body)s recorded") % {"body": name}
    if not body.get("files"):
        return gettext("Letter handed over to %(body)s") % {"body": name}
    count = len(body["files"])
    words = ngettext(
        "Letter handed over to %(body)s, with %(count)s file",
        "Letter handed over to %(body)s, with %(count)s files",
        count,
    )
    return words % {"body": name, "count": count}


def act_words(act: ActShown, case: Case, names: Names) -> str:
    """One act as a short sentence in the reader's language."""
    body = act.body or {}
    if act.kind == A.ASSIGNED and not body.get("to"):
        return gettext("Given back to the unit")
    if act.kind == A.NOTED and "draft" in body:
        return (
            gettext("Draft put before the leader")
            if body.get("ready")
            else gettext("Draft of the decision kept")
        )
    if act.kind == A.LETTER_DELIVERED and body.get("body"):
        return _outside_words(body, names.bodies.get(body["body"], ""))
    if act.kind == A.NOTED and "draft_returned" in body:
        return gettext("Draft given back with a remark")
    if act.kind == A.NOTED and "extension_asked" in body:
        return gettext("The leader is asked for an extension by %(number)s") % {
            "number": _number_words(case, body)
        }
    if act.kind == A.NOTED and "title_sha256" in body:
        return gettext("Title or shared summary changed")
    if act.kind == A.HEARING_ANNOUNCED and body.get("moved"):
        return gettext("Hearing moved to %(on)s") % {"on": day_of(body.get("on"))}
    if act.kind == A.HEARING_CALLED_OFF and act.actor_kind == "person":
        return gettext("The person called the hearing off")
    if act.kind == A.CONFLICT_ESCALATED and "superior" not in body:
        return gettext("Moved to where those it is about cannot reach it")
    if act.kind == A.ATTACHMENT_CHECKED:
        return _file_words(body)
    if act.kind == A.REGISTERED and body.get("divided"):
        other = names.codes.get(str(body.get("case", "")), gettext("another matter"))
        return gettext("Registered as the second matter in %(case)s") % {"case": other}
    places = {
        "to": names.unit(body.get("to")) if isinstance(body.get("to"), int) else "",
        "unit": names.unit(body.get("unit")),
        "answers": names.post(body.get("answers")) if act.kind == A.POST_CLOSED else "",
        "to_post": names.post(body.get("to")) if act.kind == A.ASSIGNED else "",
        "body": names.bodies.get(body.get("to") or 0, ""),
        "outcome": outcome_words(case, str(body.get("outcome", ""))),
        "how": how_words(str(body.get("how", ""))),
        "number": _number_words(case, body),
        "rating": body.get("rating", ""),
        "step": step_words(case, str(body.get("step", ""))),
        "on": day_of(body.get("on")),
        "case": names.codes.get(str(body.get("case", "")), gettext("another matter")),
        "kind": act.kind,
    }
    return gettext(SAID.get(act.kind, UNKNOWN)) % places


def day_of(said: Any) -> str:
    """A day that a body or fact holds as ISO 8601, in words."""
    return day_words(date.fromisoformat(said)) if isinstance(said, str) and said else ""


def _file_words(body: dict[str, Any]) -> str:
    if body.get("how") == "blurred":
        return gettext("File blurred (%(percent)s %% of it) and cleared; the original was destroyed") % {
            "percent": body.get("percent", "")
        }
    if "redacts" in body:
        return gettext("Redacted copy put beside a file")
    return (
        gettext("File checked: may be shown")
        if body.get("state") == "cleared"
        else gettext("File checked: not shown")
    )


def _number_words(case: Case, body: dict[str, Any]) -> str:
    """An extension in the span of the step that it extended."""
    number = body.get("number")
    if not isinstance(number, int):
        return ""
    steps = [s for s in load_pack(case.pack).steps if s.extension is not None]
    return length_words(number, steps[0].span, str(steps[0].day_kind)) if steps else str(number)


def outcome_words(case: Case, code: str) -> str:
    """An outcome's title in the pack, in the reader's language."""
    language = get_language() or "en"
    return next(
        (o.title.in_language(language) for o in load_pack(case.pack).outcomes if o.code == code), code
    )


def paper_words(case: Case, stage: str = "") -> str:
    """What the decision of a stage (the present one) is called in the pack, in the reader's language."""
    return load_pack(case.pack).paper(stage or case.stage).in_language(get_language() or "en")


def part_words(case: Case, parts: Mapping[str, str]) -> list[tuple[str, str]]:
    """The parts of a decision that say something, each with its title, in the order of the pack."""
    language = get_language() or "en"
    titles = {part.code: part.title.in_language(language) for part in load_pack(case.pack).decision_parts}
    # A part that a later edition of the pack has lost was signed all the same: it stands under its code.
    order = [*titles, *(code for code in parts if code not in titles)]
    return [(titles.get(code, code), parts[code]) for code in order if parts.get(code, "").strip()]


def step_words(case: Case, code: str) -> str:
    """A step's title in the pack, in the reader's language."""
    return load_pack(case.pack).step_title(code).in_language(get_language() or "en")


def kind_words(case: Case) -> str:
    """What kind of matter it is, as the pack calls it."""
    language = get_language() or "en"
    return next(
        (k.title.in_language(language) for k in load_pack(case.pack).kinds if k.code == case.kind), case.kind
    )


def how_words(code: str) -> str:
    return gettext(HOW_DELIVERED[code]) if code in HOW_DELIVERED else code


def notice_words(message: Message, names: Names) -> str:
    """A notice of the conversation, as the person reads it."""
    template = NOTICES.get(message.code)
    if template is None:
        return ""
    return gettext(template) % {
        "unit": names.unit(message.facts.get("unit")),
        "post": names.post(message.facts.get("post") or message.post_id),
        "authority": names.bodies.get(int(message.facts.get("authority") or 0), ""),
        "code": message.facts.get("code", ""),
        "on": day_of(message.facts.get("on")),
        "at": message.facts.get("at", ""),
        "place": message.facts.get("place", ""),
    }


def entries(
    case: Case, acts: Iterable[ActShown], names: Names, places: Mapping[int, Place] | None = None
) -> list[TimelineEntry]:
    """The timeline, newest first, with the reason given under each act; with `places`, its stand in the log too."""
    found = []
    for act in acts:
        if act.kind == A.ATTACHMENT_OPENED:  # every picture on every page: these stand in the list of looks
            continue
        body = act.why
        if act.happened_at is not None:
            claimed = gettext("Happened, as claimed, on %(date)s.") % {
                "date": f"{act.happened_at.astimezone():%Y-%m-%d %H:%M}"
            }
            body = f"{body}\n{claimed}".strip()
        found.append(
            TimelineEntry(
                at=act.at,
                what=act_words(act, case, names),
                who=who_did(act, names),
                body=body,
                tone=TONES.get(act.kind, ""),
                **(_in_log(case, act, places.get(act.seq)) if places is not None else {}),
            )
        )
    return found[::-1]


def _in_log(case: Case, act: ActShown, place: Place | None) -> dict[str, str]:
    """Whether the public log has it, and the receipt where it can be given out. A receipt holds no content."""
    if place is None:
        return {"mark": gettext("Recorded; not in the public log yet.")}
    if not place.is_published:
        return {"mark": gettext("In the public log; published with the next signed head.")}
    return {
        "url": reverse("desk:receipt", args=[case.pk, act.seq]),
        "url_text": gettext("Receipt: entry %(number)s of the public log") % {"number": place.index + 1},
    }


def staff_words(staff: Staff) -> str:
    return staff.name or staff.username
