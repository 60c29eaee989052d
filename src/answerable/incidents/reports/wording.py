"""Reports in words: what they are called, why they are due when they are, refusals, and the letter that goes out."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from answerable.core.names import in_language
from answerable.core.refusals import Changed, NotYours, Refusal
from answerable.core.sentences import Said, sentence
from answerable.incidents.hazards import HAZARDS
from answerable.incidents.models import Incident, Report
from answerable.incidents.reports.recipients import Recipient
from answerable.incidents.reports.rules import CONTENTS, CannotReport
from answerable.orgs.kept_out import KINDS
from answerable.ui.templatetags.ui import day_text

WAYS = {
    "phone": gettext_lazy("by telephone"),
    "channel": gettext_lazy("by message from here"),
    "paper": gettext_lazy("on paper"),
}
#: Why a report ended by rule.
ENDED = {
    "void": gettext_lazy("No response was needed."),
    "no_change": gettext_lazy("Nothing changed until its time was over."),
    "stood_down": gettext_lazy("The response ended before it was due."),
    "drill_stopped": gettext_lazy("The drill was stopped."),
    "drill_over": gettext_lazy("The drill is over."),
}


def refusal_words(refusal: Refusal) -> str:
    """A refusal as a sentence."""
    if isinstance(refusal, Changed):
        return _(
            "Somebody changed this meanwhile. Here it is as it stands now; what you typed is still in the form."
        )
    if isinstance(refusal, NotYours):
        return _(
            "Whoever has a role in the response, is on duty or leads its unit reports. Not required: says the commander."
        )
    if isinstance(refusal, CannotReport):
        facts = dict(refusal.facts)
        if "parts" in facts:
            facts["parts"] = listed([content(code) for code in facts["parts"]])
        if "part" in facts:
            facts["part"] = content(str(facts["part"]))
        if (sorts := str(facts.get("what", ""))) in KINDS:
            facts["what"] = _(KINDS[sorts])
        return _(refusal.template) % facts
    if isinstance(refusal, Said):
        return sentence(refusal)
    raise refusal


def listed(words: list[str]) -> str:
    return _(", ").join(words)


def content(code: str) -> str:
    return _(CONTENTS[code])


def title(row: Report) -> str:
    """What the report is called; follow-ups with their number."""
    name = in_language(row.name_zh, row.name_en) or str(row.get_kind_display())
    if row.kind == Report.Kind.FOLLOW_UP:
        return _("%(name)s no. %(number)s") % {"name": name, "number": row.number}
    return name


def title_in(row: Report, language: str) -> str:
    with translation.override(language):
        return title(row)


def recipient(row: Report) -> str:
    return in_language(row.recipient_zh, row.recipient_en)


def at_text(at: datetime, zone: str | None = None) -> str:
    """An instant in the reader's words, in the office's zone."""
    local = at.astimezone(ZoneInfo(zone)) if zone else timezone.localtime(at)
    return f"{day_text(local.date())} {local:%H:%M}"


def left_text(due_at: datetime, now: datetime) -> str:
    """How long there is still, or for how long it has been late."""
    late = now > due_at
    minutes = int(abs((due_at - now).total_seconds()) // 60)
    days, rest = divmod(minutes, 24 * 60)
    if days:
        span = ngettext("%(count)s day", "%(count)s days", days) % {"count": days}
    elif rest >= 120:
        span = _("%(count)s h %(minutes)s min") % {"count": rest // 60, "minutes": rest % 60}
    else:
        span = ngettext("%(count)s minute", "%(count)s minutes", rest) % {"count": rest}
    return _("late by %(span)s") % {"span": span} if late else _("%(span)s left") % {"span": span}


_FROM = {
    "first_call": gettext_lazy("the first call"),
    "stood_down": gettext_lazy("the end of the response"),
    "first_report": gettext_lazy("the limit of the first report"),
    "before": gettext_lazy("the limit of the follow-up before"),
    "change": gettext_lazy("the change that was announced"),
}
_VERIFIED = {
    "primary": gettext_lazy("its text was read"),
    "secondary": gettext_lazy("from a secondary source"),
    "ours": gettext_lazy("a default; check it against your own rules"),
}


def why_this_time(row: Report) -> list[tuple[str, str]]:
    """How the due instant was computed: term and text."""
    known = row.derivation
    found = []
    if known.get("at") and known.get("minutes") is not None:
        found.append(
            (
                _("Counted from"),
                _("%(what)s, %(at)s")
                % {
                    "what": _FROM.get(known["from"], known["from"]),
                    "at": at_text(datetime.fromisoformat(known["at"])),
                },
            )
        )
        limit = ngettext("%(count)s minute", "%(count)s minutes", known["minutes"])
        found.append((_("Limit"), limit % {"count": known["minutes"]}))
    if known.get("pace", 1) > 1:
        found.append((_("Drill"), _("Time runs %(pace)s times faster.") % {"pace": known["pace"]}))
    if row.until_at is not None:
        found.append((_("Changes are reported until"), at_text(row.until_at)))
    if known.get("source"):
        words = _("%(source)s (%(verified)s)") % {
            "source": known["source"],
            "verified": _VERIFIED.get(known.get("verified", ""), ""),
        }
        found.append((_("Rule"), words))
    return found


def ended_words(row: Report) -> str:
    """Why a report was not required."""
    return str(ENDED.get(row.why, row.why)) if row.waived_by_id is None else row.why


def hazard(incident: Incident) -> str:
    return _(HAZARDS[incident.hazard]) if incident.hazard in HAZARDS else incident.hazard


def drill(incident: Incident, text: str) -> str:
    """Marked where it is practice."""
    return _("EXERCISE: %(text)s") % {"text": text} if incident.is_drill else text


def log_line(row: Report, to: Recipient) -> str:
    """What the log says of a report that went out."""
    facts = {"report": title(row), "to": to.name, "by": row.taken_by}
    if row.sent_way == "phone":
        return _("%(report)s given to %(to)s by telephone; taken down by %(by)s.") % facts
    if row.sent_way == "paper":
        return _("%(report)s sent to %(to)s on paper.") % facts
    return _("%(report)s sent to %(to)s.") % facts


def as_letter(incident: Incident, row: Report) -> tuple[str, str]:
    """Subject and text of a report as a message to another body, in the active language."""
    subject = _("%(title)s: %(hazard)s, %(code)s (%(body)s)") % {
        "title": title(row),
        "hazard": hazard(incident),
        "code": incident.code,
        "body": incident.authority.name,
    }
    lines = [drill(incident, subject), ""]
    if incident.is_drill:
        lines += [_("This is an exercise. Nothing has happened."), ""]
    if row.kind == Report.Kind.FOLLOW_UP:
        lines += [_("It says only what has changed since the report before."), ""]
    for code, part in row.text.items():
        lines += [content(code) + _(":"), part, ""]
    if row.sent_at is not None:
        lines.append(_("Sent %(at)s") % {"at": at_text(row.sent_at, incident.authority.zone)})
    if incident.authority.phone:
        lines.append(_("Call back: %(phone)s") % {"phone": incident.authority.phone})
    return drill(incident, subject), "\n".join(lines)
