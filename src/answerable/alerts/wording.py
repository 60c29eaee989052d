"""What messages and notices say. To a person: that there is news, never what (rights, rule 4 and 6)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from answerable.alerts.models import Delivery
from answerable.core.names import in_language
from answerable.ui.flow import in_a_row
from answerable.ui.templatetags.ui import day_text

_DAY = re.compile(r"^\d{4}-\d\d-\d\d$")


def message(purpose: str, facts: Mapping[str, Any], *, may_be_duplicate: bool = False) -> tuple[str, str]:
    """Subject and body of a message out, in the active language."""
    subject, body = _MESSAGES[purpose](facts)
    if may_be_duplicate:
        body += "\n\n" + _("You may have received this message before: we could not tell whether it arrived.")
    return subject, body


def _news(facts: Mapping[str, Any]) -> tuple[str, str]:
    return (
        _("There is news"),
        _("There is news for you. Read it with the code and the secret of your receipt: %(address)s")
        % {"address": facts.get("address", "")}
        + "\n\n"
        + _("Nobody will ask you for your secret by message or telephone.")
        + _answerable(facts),
    )


def _answerable(facts: Mapping[str, Any]) -> str:
    if not facts.get("reply_to"):
        return ""
    return "\n\n" + _("You can answer this message; your answer is put with your matter.")


def _mail_receipt(facts: Mapping[str, Any]) -> tuple[str, str]:
    """What a person gets back who wrote by e-mail. It repeats nothing of what they wrote."""
    known = {
        "case": facts.get("case", ""),
        "unit": in_language(str(facts.get("unit_zh", "")), str(facts.get("unit_en", ""))),
        "due": day_text(date.fromisoformat(str(facts["due"]))) if facts.get("due") else "",
        "address": facts.get("address", ""),
        "secret": facts.get("secret") or "",
        "files": ", ".join(facts.get("left_out") or ()),
    }
    parts = [_("Your message is registered. Your code is %(case)s.") % known]
    if known["due"]:
        parts.append(_("It lies with %(unit)s. The next step is due by %(due)s.") % known)
    if known["secret"]:
        parts.append(
            _("Your secret is %(secret)s. With code and secret you see how far it is: %(address)s") % known
        )
    else:
        parts.append(
            _("To see how far it is, have a secret sent to you: choose “I lost my receipt” at %(address)s")
            % known
        )
    if known["files"]:
        parts.append(_("These files could not be taken: %(files)s") % known)
    parts.append(_("You can answer this message; your answer is put with your matter."))
    return _("Registered: %(case)s") % known, "\n\n".join(parts)


def _reissued(facts: Mapping[str, Any]) -> tuple[str, str]:
    return (
        _("Your new secret"),
        # The code is not in it: whoever reads the message by chance opens nothing with the secret alone.
        _(
            "A new secret, as asked for: %(secret)s. It works with the code that you have. Once you have used "
            "it, the old secret no longer works. Write it down, then delete this message."
        )
        % {"secret": facts.get("secret", "")},
    )


def _digest(facts: Mapping[str, Any]) -> tuple[str, str]:
    late, told, count = facts.get("late", 0), facts.get("late_told", 0), facts.get("count", 0)
    lines = []
    if late:
        lines.append(
            ngettext(
                "%(count)s late matter waits for you to say that you have it: %(link)s",
                "%(count)s late matters wait for you to say that you have them: %(link)s",
                late,
            )
            % {"count": late, "link": facts.get("calm", "")}
        )
    if told:
        lines.append(
            ngettext(
                "%(count)s late matter, for you to know; the level above is asked.",
                "%(count)s late matters, for you to know; the level above is asked.",
                told,
            )
            % {"count": told}
        )
    text = "\n".join(f"- {line}" for line in [*lines, *facts.get("lines", [])])
    subject = _("Today on your desk: %(count)s notices") % {"count": count}
    if late or told:
        subject = ngettext(
            "Today on your desk: %(late)s late matter, %(count)s notices",
            "Today on your desk: %(late)s late matters, %(count)s notices",
            late or told,
        ) % {"late": late or told, "count": count}
    return subject, text + "\n\n" + facts.get("address", "")


def _duty(facts: Mapping[str, Any]) -> tuple[str, str]:
    lines = "\n".join(f"- {line}" for line in facts.get("lines", []))
    return (
        _("You are on duty: %(first)s") % {"first": (facts.get("lines") or [""])[0]},
        "\n\n".join(part for part in (lines, facts.get("address", "")) if part),
    )


def _duty_change(facts: Mapping[str, Any]) -> tuple[str, str]:
    # One sentence, for it may be a text message; the address where it is not read out.
    return facts.get("line", ""), " ".join(
        part for part in (facts.get("line", ""), facts.get("address", "")) if part
    )


def _urgent(facts: Mapping[str, Any]) -> tuple[str, str]:
    return facts.get("line", ""), facts.get("line", "") + "\n\n" + facts.get("address", "")


def _outside(facts: Mapping[str, Any]) -> tuple[str, str]:
    return (
        _("A matter for your decision: %(code)s") % {"code": facts.get("code", "")},
        facts.get("text", ""),
    )


def _report(facts: Mapping[str, Any]) -> tuple[str, str]:
    """As it was written when it was sent: the body that reads it gets the words that the file has."""
    return facts.get("subject", ""), facts.get("text", "")


def _contact_code(facts: Mapping[str, Any]) -> tuple[str, str]:
    # In one sentence: a text message has 70 characters, and a call reads it out.
    line = _("Your code: %(code)s. Type it in on your page “How I am reached” within 15 minutes.") % {
        "code": facts.get("code", "")
    }
    return _("A code to show that this way reaches you"), line


def _contact_test(facts: Mapping[str, Any]) -> tuple[str, str]:
    return _("A test"), _(
        "This is a test: messages of the duty desk reach you this way. There is nothing to do."
    )


def _which_alarm(facts: Mapping[str, Any]) -> tuple[str, str]:
    return _("Which alarm?"), _(
        "Several alarms ask you. Answer with the code of the one you mean, such as: %(example)s 1. Their codes: %(codes)s"
    ) % {"example": facts.get("example", ""), "codes": facts.get("codes", "")}


_MESSAGES = {
    "contact_code": _contact_code,
    "contact_test": _contact_test,
    "which_alarm": _which_alarm,
    "news": _news,
    "mail_receipt": _mail_receipt,
    "reissued": _reissued,
    "digest": _digest,
    "duty": _duty,
    "duty_change": _duty_change,
    "urgent": _urgent,
    "outside": _outside,
    "report": _report,
}


def notice(code: str, facts: Mapping[str, Any]) -> str:
    """One line for a post: which case, what, why. In the active language."""
    known = {"case": "", "due": ""} | dict(facts)
    due = str(known["due"])
    if not due:
        code = _UNDATED.get(code, code)
    elif _DAY.match(due):
        known["due"] = day_text(date.fromisoformat(due))
    for name in ("step", "unit", "place"):
        known[name] = in_language(str(facts.get(f"{name}_zh", "")), str(facts.get(f"{name}_en", "")))
    said = _NOTICES.get(code, _unknown)() % known
    by = {
        name: in_language(str(facts.get(f"{key}_zh", "")), str(facts.get(f"{key}_en", "")))
        for name, key in (("post", "by"), ("unit", "by_unit"))
    }
    return in_a_row((said, _("Done by: %(post)s, %(unit)s.") % by if by["post"] else ""))


def _unknown() -> str:
    return _("Case %(case)s: something happened. Open it to see.")


def out(row: Delivery) -> str:
    """What is known of a message out, as a sentence for the desk. In the active language."""
    if row.state == Delivery.State.SENT:
        if row.may_be_duplicate:
            return _(
                "Sent once more: it is not known whether the first one arrived, and the second one says so."
            )
        return _("Sent.")
    if row.state == Delivery.State.UNKNOWN:
        return _(
            "It is not known whether it arrived. It is not tried again; the person may not have heard of it."
        )
    if row.state == Delivery.State.FAILED:
        return _("It could not be sent. The person has not heard of it.")
    if row.state == Delivery.State.DROPPED:
        return _("It was not sent: it is no longer needed.")
    if row.may_be_duplicate:
        return _("It is not known whether it arrived: the line broke. It is sent once more and says that.")
    return _("Waits to be sent.")


# Where no date runs (the rule sets none, or it is met already), the sentence names none.
_UNDATED = {
    "registered": "registered_undated",
    "assigned": "assigned_undated",
    "transferred": "transferred_undated",
    "review": "review_undated",
    "rereview": "rereview_undated",
    "withdrawal_undone": "withdrawal_undone_undated",
}

_NOTICES = {
    "import_stuck": lambda: _(
        "Taking matters over from “%(case)s” (%(step)s) could not go on and is tried no more. “Taking matters over” says "
        "why, and there you can have it tried again."
    ),
    "import_lost": lambda: _(
        "Taking matters over from “%(case)s” (%(step)s) has ended: what was read can no longer be opened, its key is gone. "
        "Read it again under “Taking matters over”; what is registered stays."
    ),
    "hook_stopped": lambda: _(
        "The key “%(case)s”: nothing is sent to %(step)s any more, since it did not take messages. Ask your "
        "administrator to start it again under “Keys for other systems”."
    ),
    "key_ends": lambda: _(
        "The key “%(case)s” for another system ends on %(due)s. Ask your administrator for a successor under “Keys for "
        "other systems”."
    ),
    "somebody_appointed": lambda: _(
        "Somebody was given the post “%(step)s”, %(unit)s. If you know nothing of it, ask who did so: it stands under "
        "“Looks, exports, changes”."
    ),
    "role_changed": lambda: _(
        "The post “%(step)s”, %(unit)s, was given another role: whoever holds it may now read and do other things. If you "
        "know nothing of it, ask who did so: it stands under “Looks, exports, changes”."
    ),
    "way_out_changed": lambda: _(
        "It was changed where matters go that are sent to %(step)s or climb out of it: its addresses, the body above it, or "
        "where accusations go. If you know nothing of it, ask who did so: it stands under “Looks, exports, changes”."
    ),
    "sign_in_renewed": lambda: _(
        "The sign-in of %(step)s was renewed with a one-time code. If they did not ask for it, somebody else may be "
        "signing in as them: ask them now."
    ),
    "second_factor_reset": lambda: _(
        "The second factor of %(step)s was taken away. If they did not ask for it, somebody else may be signing in as "
        "them: ask them now."
    ),
    "plan_not_ready": lambda: _(
        "The plan “%(step)s” is %(score)s of 100 ready. Each missing point is explained under Emergency plans."
    ),
    "period_announced": lambda: _(
        "A readiness period was announced: “%(step)s”, %(unit)s, until %(due)s. See what it demands of your unit."
    ),
    "period_prolonged": lambda: _("“%(step)s”, %(unit)s, lasts longer: until %(due)s."),
    "period_called_off": lambda: _("“%(step)s”, %(unit)s, was called off. Nothing is asked for it any more."),
    "period_ended": lambda: _("“%(step)s”, %(unit)s, has ended. Duty and reports are as usual again."),
    "lesson_due": lambda: _(
        "Incident %(case)s: “%(step)s” is for your post, due %(due)s. Say on the page of reviews when it is done."
    ),
    "lesson_late": lambda: _(
        "Incident %(case)s: “%(step)s” is for your post, was due %(due)s and is late. The leader has been told."
    ),
    "unit_report_due": lambda: _("“%(step)s” of %(unit)s is due soon and not sent yet. Nil is a report too."),
    "unit_report_back": lambda: _(
        "“%(step)s” of %(unit)s was sent back: something is missing. Open it under Reports due."
    ),
    "unit_report_corrected": lambda: _("%(unit)s has corrected “%(step)s”. Both versions stand in it."),
    "round_due": lambda: _(
        "The round “%(step)s” is for your post, due %(due)s at %(clock)s at the latest. It stands under Rounds."
    ),
    "finding_given": lambda: _(
        "%(place)s: “%(step)s” was found in a round and is for your post to mend by %(due)s."
    ),
    "finding_due": lambda: _("%(place)s: “%(step)s” is for your post to mend by %(due)s."),
    "finding_late": lambda: _(
        "%(place)s: “%(step)s” was for your post to mend by %(due)s and is late. The leader has been told."
    ),
    "finding_mended": lambda: _(
        "%(place)s: “%(step)s” is said to be mended. Look by %(due)s whether it is; it stands under Rounds."
    ),
    "finding_check": lambda: _(
        "%(place)s: “%(step)s” is said to be mended, and nobody else has looked yet. Look by %(due)s whether it is."
    ),
    "finding_sent_back": lambda: _(
        "%(place)s: “%(step)s” is not mended, as somebody saw who looked. It is for your post by %(due)s."
    ),
    "registered_undated": lambda: _("Case %(case)s is new."),
    "assigned_undated": lambda: _("Case %(case)s was given to your post."),
    "transferred_undated": lambda: _("Case %(case)s was handed to your unit."),
    "review_undated": lambda: _("Case %(case)s: the person asks for a review of the decision."),
    "rereview_undated": lambda: _("Case %(case)s: the person asks for a re-review."),
    "withdrawal_undone_undated": lambda: _("Case %(case)s: the person took the withdrawal back."),
    "registered": lambda: _("Case %(case)s is new. First answer due %(due)s."),
    "danger": lambda: _(
        "Case %(case)s is new, and the person says that someone's life or health is in danger. Open it now."
    ),
    "danger_assigned": lambda: _(
        "Case %(case)s was given to your post, and the person says that someone's life or health is in danger. "
        "Open it now."
    ),
    "danger_transferred": lambda: _(
        "Case %(case)s was handed to your unit, and the person says that someone's life or health is in danger. "
        "Open it now."
    ),
    "conduct": lambda: _(
        "Case %(case)s is about the conduct of an official or an office. It is with your post."
    ),
    "assigned": lambda: _("Case %(case)s was given to your post. Due %(due)s."),
    "withdrawal_told": lambda: _(
        "Case %(case)s: it was said at a counter that the person withdraws. Please hear it from them; without that "
        "the matter goes on."
    ),
    "transferred": lambda: _("Case %(case)s was handed to your unit. Due %(due)s."),
    "passed_on": lambda: _(
        "Case %(case)s was passed on to your body: %(unit)s does not handle it. Read it there."
    ),
    "answered": lambda: _("Case %(case)s: the person answered."),
    "added_to": lambda: _("Case %(case)s: the person added something."),
    "half": lambda: _("Case %(case)s: half of the time for “%(step)s” is gone. Due %(due)s."),
    "four_fifths": lambda: _("Case %(case)s: four fifths of the time for “%(step)s” are gone. Due %(due)s."),
    "late_above": lambda: _(
        "Case %(case)s is late: “%(step)s” was due %(due)s and rests with %(unit)s. See that it is done."
    ),
    "late_own": lambda: _(
        "Case %(case)s is late: “%(step)s” was due %(due)s. The level above has been told."
    ),
    "raised": lambda: _("Case %(case)s: the person raised it to your level. %(unit)s still answers for it."),
    "raised_own": lambda: _("Case %(case)s: the person raised it to the level above. It stays with you."),
    "review": lambda: _("Case %(case)s: the person asks for a review of the decision. Due %(due)s."),
    "rereview": lambda: _("Case %(case)s: the person asks for a re-review. Due %(due)s."),
    "under_review": lambda: _(
        "Case %(case)s: the person has asked %(unit)s to review what you decided. It is with them now; you can follow it."
    ),
    "reviewed": lambda: _("Case %(case)s: %(unit)s has reviewed what you decided. The outcome: %(step)s."),
    "unsolved": lambda: _("Case %(case)s: the person says it is not solved."),
    "withdrawn": lambda: _("Case %(case)s: the person withdrew it. They can undo that at any time."),
    "withdrawal_undone": lambda: _("Case %(case)s: the person took the withdrawal back. Due %(due)s."),
    "draft_ready": lambda: _("Case %(case)s: a decision waits for your signature."),
    "draft_returned": lambda: _(
        "Case %(case)s: the draft of the decision was given back. What has to change stands in the notes."
    ),
    "transfer_objected": lambda: _(
        "Case %(case)s: the unit that you handed it to objects. Accept or decline the objection on its page."
    ),
    "objection_agreed": lambda: _(
        "Case %(case)s: your objection was accepted. It is back with %(unit)s; there is nothing left to do."
    ),
    "objection_declined": lambda: _(
        "Case %(case)s: your objection was declined, and it stays with you. On its page you can let the level above both "
        "decide."
    ),
    "reopened_back": lambda: _(
        "Case %(case)s: a review sent it back to your unit, to decide anew. Due %(due)s."
    ),
    "dispute": lambda: _(
        "Case %(case)s: two units dispute whose it is. Decide it on its page, by handing it over to one of them."
    ),
    "mediation_consented": lambda: _(
        "Case %(case)s: the person agrees to mediation. Arrange the first talk and tell them when and where."
    ),
    "mediation_declined": lambda: _(
        "Case %(case)s: the person does not want mediation. Go on with the matter; its date did not stop."
    ),
    "hearing_declined": lambda: _(
        "Case %(case)s: the person called the hearing off. Go on with the matter; its date did not stop."
    ),
    "answers_now": lambda: _(
        "Case %(case)s: the post that answered for it was closed, and yours answers for it now."
    ),
    "answers_for_closed_unit": lambda: _(
        "Case %(case)s: %(unit)s was closed, and your post answers for it now. Hand it over to the unit that does that work."
    ),
    "worker_post_closed": lambda: _(
        "Case %(case)s: the post that worked on it was closed. See that somebody else carries it on."
    ),
    "watches_now": lambda: _(
        "Case %(case)s: the post that watched over it was closed, and yours watches over it now."
    ),
    "stepped_aside": lambda: _(
        "Case %(case)s: somebody with an interest stepped aside. See that somebody else carries it on."
    ),
    "no_level_above": lambda: _(
        "Case %(case)s is late and no level above is named. It stays on top of your desk."
    ),
    "extension_asked": lambda: _(
        "Case %(case)s: whoever works on it asks you to extend the time limit. Due %(due)s; the reason is in the notes."
    ),
    "letter_to_print": lambda: _("Case %(case)s: a letter to %(unit)s waits to be printed and sent."),
    "letter_waits": lambda: _(
        "Case %(case)s: a letter to %(unit)s has waited since %(due)s to be printed and sent, and the person sees that it "
        "has not gone. Print it from the matter's page, and record there that it was handed over."
    ),
    "letter_without_receipt": lambda: _(
        "Case %(case)s: a letter to %(unit)s went on %(due)s, and nothing is recorded that they gave for it. Ask them, and "
        "record their number, or how it went where none will come."
    ),
    "delivery_failed": lambda: _("Case %(case)s: a message to the person could not be sent."),
    "delivery_unknown": lambda: _("Case %(case)s: it is not known whether a message reached the person."),
    "delivery_outside": lambda: _(
        "Case %(case)s: the message to the body outside was not sent, or may not have arrived. Send it by letter."
    ),
    "erasure_asked": lambda: _("Case %(case)s: the person asks that their file be erased."),
}
