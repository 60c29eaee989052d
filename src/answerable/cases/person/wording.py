"""Where a matter stands and what was done, said to the person it belongs to."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_noop as N_

from answerable.cases.act_kinds import ActKind as A
from answerable.cases.desk.wording import Names, day_of, outcome_words, standing_in, step_words
from answerable.cases.models import Case, Message
from answerable.cases.rules import WORKING
from answerable.record.queries import ActShown

#: Acts in the person's words. What is not here stays with the office: notes, drafts, reminders, links.
ACTS: dict[str, str] = {
    A.REGISTERED: N_("Your matter was registered."),
    A.ACKNOWLEDGED: N_("The office confirmed that it has your matter."),
    A.ACCEPTED: N_("The office took your matter in hand."),
    A.PASSED_ON: N_("Your matter was passed on to %(body)s."),
    A.TRANSFERRED: N_("Your matter was handed over to %(to)s."),
    A.TRANSFER_OBJECTED: N_("The office that received it objected to the handing over."),
    A.OBJECTION_AGREED: N_("The objection was accepted; it is back with %(to)s."),
    A.OBJECTION_DECLINED: N_("The objection was not accepted."),
    A.NATURE_SAID: N_("It was read once, and is now with %(to)s."),
    A.CONFLICT_ESCALATED: N_("The level above decides which office has to handle it."),
    A.ASSIGNED: N_("It was given to somebody to work on."),
    A.CHARGE_TAKEN: N_("A leader took charge of it to its end."),
    A.ASKED: N_("The office asked you something."),
    A.ANSWERED: N_("You answered."),
    A.ADDED_TO: N_("You added something."),
    A.TOLD: N_("The office told you something."),
    A.EXTENDED: N_("The office took more time, as the rule allows."),
    A.MEDIATION_OFFERED: N_("Mediation was offered to you."),
    A.MEDIATION_CONSENTED: N_("You agreed to mediation."),
    A.MEDIATION_ENDED: N_("The mediation ended."),
    A.DECIDED: N_("A decision was made."),
    A.DECISION_DELIVERED: N_("You received the decision."),
    A.REPLIED: N_("The office wrote to you."),
    A.CLOSED: N_("The office closed the matter."),
    A.REOPENED: N_("The matter was taken up again."),
    A.WITHDRAWN: N_("You withdrew it."),
    A.WITHDRAWAL_UNDONE: N_("You took the withdrawal back."),
    A.WITHDRAWAL_TOLD: N_("It was said at a counter that you withdraw. Nothing changed."),
    A.WITHDRAWAL_DENIED: N_("You do not withdraw: the matter goes on."),
    A.RAISED: N_("You raised it to %(to)s."),
    A.LIFTED: N_("A date passed without an answer (%(step)s). The system told %(to)s."),
    A.REVIEW_ASKED: N_("You asked %(to)s for a review."),
    A.REVIEW_DECIDED: N_("The review was decided."),
    A.REREVIEW_ASKED: N_("You asked %(to)s for a re-review."),
    A.REREVIEW_DECIDED: N_("The re-review was decided."),
    A.HEARING_ANNOUNCED: N_("A hearing was announced to you."),
    A.HEARING_OPENED: N_("A hearing was opened."),
    A.HEARING_CLOSED: N_("The hearing was closed."),
    A.HEARING_CALLED_OFF: N_("The hearing was called off."),
    A.JOINED: N_("It is answered together with others about the same thing."),
    A.MERGED: N_("It came in twice and is handled as one."),
    A.SPLIT: N_("It is handled by itself again."),
    A.DIVIDED: N_("Two things were told; the second is a matter of its own now."),
    A.STEPPED_ASIDE: N_("Someone with an interest in it stepped aside."),
    A.POST_CLOSED: N_("A post that had to do with your matter was closed; others carry it on."),
    A.SOLVED_SAID: N_("You said: solved."),
    A.UNSOLVED_SAID: N_("You said: not solved."),
    A.RATED: N_("You rated how it was handled: %(rating)s of 5."),
    A.ATTACHMENT_ADDED: N_("A file was added."),
    A.ATTACHMENT_CHECKED: N_("A file was looked at."),
    A.ATTACHMENT_OPENED: N_("A file was opened."),
    A.ERASURE_ASKED: N_("You asked for erasure."),
    A.ERASED: N_("What you wrote and who you are were erased."),
    A.IDENTITY_LOOKED: N_("Somebody looked at who you are."),
    A.ARCHIVED: N_("The file was put into the archive, sealed and without your name."),
    A.ARCHIVE_TAKEN: N_("The file was taken out of the archive."),
    A.RECORD_OPENED: N_(
        "An auditor read what was recorded of a step, to check the public log. Who you are was not shown."
    ),
    A.CHANNEL_CHANGED: N_("You changed how you are told of news."),
    A.CHANNEL_DROPPED: N_("You asked not to be written to."),
    A.PROGRESS_TOLD: N_("Someone read out your code and secret and was told how far it is."),
    A.SHARING_CHANGED: N_("You changed what others may see of it."),
    A.RECEIPT_REISSUED: N_("A new receipt was issued."),
    A.MESSAGE_DELIVERED: N_("A message went out to you."),
    A.MESSAGE_UNDELIVERED: N_("A message to you could not be sent, or may not have arrived."),
    A.LETTER_DELIVERED: N_("A letter was delivered to you."),
}

#: Reasons that the person is told with these acts. Others are the office's own.
TOLD_WHY = frozenset(
    {
        A.EXTENDED,
        A.TRANSFERRED,
        A.PASSED_ON,
        A.CLOSED,
        A.REOPENED,
        A.HEARING_CALLED_OFF,
        A.JOINED,
        A.MERGED,
        A.SPLIT,
        A.DIVIDED,
        A.IDENTITY_LOOKED,
        A.ARCHIVE_TAKEN,
        A.RECORD_OPENED,
        A.RECEIPT_REISSUED,
    }
)


def may_open(act: ActShown, case: Case, names: Names) -> bool:
    """Whether the person gets the act's own bytes: those of what they are told, unless a reason that is the office's
    own stands in them. Its place and leaf they get of every act."""
    return bool(act_words(act, case, names)) and (not act.why or act.kind in TOLD_WHY)


TONES: dict[str, str] = {
    A.LIFTED: "late",
    A.RAISED: "soon",
    A.DECIDED: "ok",
    A.REVIEW_DECIDED: "ok",
    A.REREVIEW_DECIDED: "ok",
    A.IDENTITY_LOOKED: "soon",
    A.RECEIPT_REISSUED: "soon",
}

#: Lines of the conversation that have a code, in the person's words.
LINES: dict[str, str] = {
    "accepted": N_("%(unit)s took your matter in hand."),
    "charge_taken": N_("%(post)s took charge of it and stays with it to its end."),
    "charge_left": N_(
        "The leader who had taken charge of your matter has an interest in it and stepped aside. Somebody else carries it on."
    ),
    "extended": N_("More time is needed. The new date and the reason are given here."),
    "transferred": N_("Your matter is now with %(unit)s. You need not do anything."),
    "passed_on": N_("Your matter belongs to %(body)s. The office passes it on there."),
    "decided": N_("There is a decision."),
    "closed": N_("The office closed the matter. You can still say whether it is solved."),
    "reopened": N_("The matter was taken up again."),
    "reopened_back": N_(
        "The matter was taken up again and is with %(unit)s, which has to decide anew. If you do not agree with that "
        "decision either, you can have it reviewed again."
    ),
    "lifted": N_("A date passed without an answer. The system told %(unit)s, which now watches over it."),
    "raised": N_("You raised it to %(unit)s."),
    "review_asked": N_("You asked %(unit)s to review the decision."),
    "rereview_asked": N_("You asked %(unit)s to review it once more."),
    "review_late": N_("You asked %(unit)s to review the decision, after the days for it had passed."),
    "solved": N_("You said: it is solved."),
    "unsolved": N_("You said: it is not solved."),
    "joined": N_("Others brought the same thing. You are answered together; your receipt stays yours."),
    "merged": N_("This came in twice and is handled as one. Your receipt stays yours."),
    "split": N_("Your matter is handled by itself again."),
    "divided": N_(
        "You told two things. The second is a matter of its own now, %(code)s, so that neither waits for the other. "
        "No date became later."
    ),
    "divided_from": N_(
        "You told this together with %(code)s. It is a matter of its own now; no date became later."
    ),
    "hearing_announced": N_(
        "There is a hearing on %(on)s, %(at)s, here: %(place)s. You may come, and you need not."
    ),
    "hearing_moved": N_(
        "The hearing was moved. It is now on %(on)s, %(at)s, here: %(place)s. You may come, and you need not."
    ),
    "hearing_opened": N_("The hearing was opened."),
    "hearing_closed": N_("The hearing was closed. What came of it stands here."),
    "hearing_called_off": N_(
        "The hearing of %(on)s was called off and does not take place. Your matter goes on, and no date changed."
    ),
    "hearing_declined": N_("You called off the hearing of %(on)s. Your matter goes on, and no date changed."),
    "answers_now": N_(
        "The post that answered for your matter was closed. %(post)s answers for it now; no date changed."
    ),
    "mediation_offered": N_("You are offered mediation. It is your free choice."),
    "mediation_consented": N_("You agreed to mediation."),
    "mediation_declined": N_("You declined mediation. Your matter goes on as before."),
    "mediation_left": N_("You left the mediation. Your matter goes on as before."),
    "mediation_agreed": N_("The mediation ended with an agreement."),
    "mediation_ended": N_("The mediation ended without an agreement."),
    "mediation_taken_back": N_("The offer of mediation was taken back. Your matter goes on as before."),
    "looked": N_("Somebody looked at who you are."),
    "blurred": N_(
        "In a photograph of yours %(percent)s %% was made unreadable, so that nobody is shown to others, and the original "
        "was destroyed here. If something that matters cannot be seen any more, send it again or write so."
    ),
    "compared": N_("What was said at the counter was compared with who you are."),
    "reissued_counter": N_("A new receipt was given out at the counter. The old secret stopped working."),
    "withdrawal_told": N_(
        "At the counter of %(post)s it was recorded that you withdraw. Nothing has changed: another unit has to hear it "
        "from you first, else the matter goes on. If you did not say so, or were urged to, write it here."
    ),
    "withdrawal_denied": N_(
        "%(post)s asked, and the answer was that you do not withdraw. The matter goes on."
    ),
    "withdrawal_confirmed": N_(
        "What was said at the counter was confirmed through %(post)s: the matter is withdrawn. You can take that back "
        "at any time, with one click."
    ),
    "reissued_channel": N_(
        "A new secret was asked for and sent the way you chose. The old one works until the new one is first used."
    ),
}
FROM_SYSTEM = frozenset({"lifted"})


def line_words(message: Message, names: Names) -> str:
    """What a line with a code says, before its own words."""
    code = message.code
    if code in ("review_asked", "rereview_asked") and message.facts.get("late"):
        code = "review_late"
    template = LINES.get(code)
    if template is None:
        return ""
    return gettext(template) % {
        "unit": names.unit(message.facts.get("unit")),
        "post": names.post(message.facts.get("post") or message.post_id),
        "body": names.bodies.get(int(message.facts.get("authority") or 0), gettext("another body")),
        "code": message.facts.get("code", ""),
        "on": day_of(message.facts.get("on")),
        "at": message.facts.get("at", ""),
        "place": message.facts.get("place", ""),
        "percent": message.facts.get("percent", ""),
    }


def _outside_words(body: dict[str, Any], name: str) -> str:
    """What was done about a letter to a body outside."""
    if body.get("later"):
        return gettext("It was recorded what %(body)s gave for the letter about it.") % {"body": name}
    if not body.get("files"):
        return gettext("A letter about it was handed over to %(body)s.") % {"body": name}
    count = len(body["files"])
    words = ngettext(
        "A letter about it was handed over to %(body)s, and %(count)s of your files with it.",
        "A letter about it was handed over to %(body)s, and %(count)s of your files with it.",
        count,
    )
    return words % {"body": name, "count": count}


def act_words(act: ActShown, case: Case, names: Names) -> str:
    """One act as a sentence to the person; empty for what stays with the office."""
    body: dict[str, Any] = act.body or {}
    template = ACTS.get(act.kind)
    if template is None or (act.kind in (A.JOINED, A.MERGED, A.SPLIT) and body.get("as") == "lead"):
        return ""
    if act.kind == A.HEARING_CALLED_OFF and act.actor_kind == "person":
        return gettext("You called the hearing off.")
    if act.kind == A.LETTER_DELIVERED and body.get("body"):
        return _outside_words(body, names.bodies.get(body["body"], gettext("another body")))
    if act.kind == A.CONFLICT_ESCALATED and "superior" not in body:
        return gettext("It was moved to where those it is about cannot reach it.")
    return gettext(template) % {
        "to": names.unit(body.get("to")) if isinstance(body.get("to"), int) else "",
        "body": names.bodies.get(body.get("to") or 0, gettext("another body")),
        "rating": body.get("rating", ""),
        "step": step_words(case, str(body.get("step", ""))),
    }


def who(act: ActShown, names: Names) -> str:
    """Who acted: the person, a post, the system."""
    if act.actor_kind == "staff":
        return standing_in(names.post(act.post_id), act)
    return {"person": gettext("you"), "client": gettext("another system")}.get(
        act.actor_kind, gettext("the system")
    )


def stands(
    case: Case, *, unread: bool, is_late: bool, told: str = "", sender: str = "", is_anew: bool = False
) -> str:
    """Where the matter stands, in one sentence. `told`: who was told that it is late. `sender`: who has to answer the
    objection of the unit that has it. `is_anew`: a review revoked what was decided."""
    places = {
        "unit": case.unit.name,
        "outcome": outcome_words(case, case.outcome),
        "told": told,
        "sender": sender,
    }
    if case.erased_at is not None:
        return gettext("What you wrote and who you are were erased here.")
    if case.state == "decided" and unread:
        return gettext("%(unit)s has decided. The decision waits for you.") % places
    if case.is_waiting and case.state in WORKING:
        return gettext("%(unit)s asked you something and waits for your answer.") % places
    if is_late and told:
        return gettext("%(unit)s has not answered in time. The system told %(told)s.") % places
    if is_late:
        return gettext("%(unit)s has not answered in time.") % places
    if sender and case.state in WORKING:
        return (
            gettext(
                "%(unit)s says that your matter belongs elsewhere; %(sender)s, which handed it over, answers that."
            )
            % places
        )
    if is_anew and case.state == "accepted":
        return gettext("%(unit)s decides your matter anew: the review revoked its decision.") % places
    return gettext(_STANDS[case.state]) % places


_STANDS = {
    "registered": N_("Your matter is registered and waits for %(unit)s to take it in hand."),
    "accepted": N_("%(unit)s is working on your matter."),
    "decided": N_("%(unit)s has decided: %(outcome)s."),
    "review": N_("%(unit)s is reviewing the decision, as you asked."),
    "rereview": N_("%(unit)s is reviewing the decision once more, as you asked."),
    "passed_on": N_("Your matter belongs to another body and was passed on there."),
    "withdrawn": N_("You withdrew this matter. You can take that back at any time."),
    "closed": N_("The matter is closed. You can still say whether it is solved."),
}
