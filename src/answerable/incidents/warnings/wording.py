"""Warnings in words: CAP's values as one says them, what a message is called, and refusals."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from answerable.core.names import in_language
from answerable.core.refusals import Changed, NotYours, Refusal
from answerable.core.sentences import Said, sentence
from answerable.incidents.hazards import HAZARDS
from answerable.incidents.models import Incident, PublicWarning
from answerable.incidents.warnings.cap import CannotBuild
from answerable.incidents.warnings.rules import REMARKS, CannotWarn, Kind, Remark
from answerable.orgs.kept_out import KINDS
from answerable.ui.templatetags.ui import day_text

#: Languages as Django, CAP (RFC 3066) and the fields call them.
DJANGO = {"zh": "zh-hans", "en": "en"}
CAP_LANGUAGE = {"zh": "zh-CN", "en": "en"}
EXERCISE = {"zh": "演练：", "en": "EXERCISE: "}
EXERCISE_NOTE = "演练，并未发生险情。 This is an exercise: nothing has happened."

RESPONSES = {
    "Shelter": pgettext_lazy("what to do", "Stay inside, or take shelter"),
    "Evacuate": pgettext_lazy("what to do", "Leave the area"),
    "Prepare": pgettext_lazy("what to do", "Get ready"),
    "Execute": pgettext_lazy("what to do", "Do what was practised for this"),
    "Avoid": pgettext_lazy("what to do", "Keep away"),
    "Monitor": pgettext_lazy("what to do", "Watch for news"),
    "None": pgettext_lazy("what to do", "Nothing to do"),
}
URGENCIES = {
    "Immediate": pgettext_lazy("urgency", "act at once"),
    "Expected": pgettext_lazy("urgency", "act within the hour"),
    "Future": pgettext_lazy("urgency", "act soon"),
}
SEVERITIES = {
    "Extreme": pgettext_lazy("severity", "extraordinary danger to life or property"),
    "Severe": pgettext_lazy("severity", "great danger to life or property"),
    "Moderate": pgettext_lazy("severity", "possible danger to life or property"),
    "Minor": pgettext_lazy("severity", "little danger to life or property"),
}
CERTAINTIES = {
    "Observed": pgettext_lazy("certainty", "it has happened, or goes on"),
    "Likely": pgettext_lazy("certainty", "likely: more than even"),
    "Possible": pgettext_lazy("certainty", "possible"),
    "Unlikely": pgettext_lazy("certainty", "not likely"),
}
#: The warning level (art. 63): one of three scales, and not the level of the response.
LEVELS = {
    1: pgettext_lazy("warning level", "red, the highest of four levels"),
    2: pgettext_lazy("warning level", "orange, the second of four levels"),
    3: pgettext_lazy("warning level", "yellow, the third of four levels"),
    4: pgettext_lazy("warning level", "blue, the lowest of four levels"),
}
FIELDS = {
    "headline": gettext_lazy("Headline"),
    "description": gettext_lazy("What happened"),
    "instruction": gettext_lazy("What to do"),
    "area": gettext_lazy("Where"),
}
KIND_NAMES = {
    Kind.ALERT: gettext_lazy("Warning"),
    Kind.UPDATE: gettext_lazy("Warning, renewed"),
    Kind.CANCEL: gettext_lazy("Warning taken back"),
    Kind.ALL_CLEAR: gettext_lazy("All clear"),
}


def refusal_words(refusal: Refusal) -> str:
    """A refusal as a sentence."""
    if isinstance(refusal, Changed):
        return _(
            "Somebody has sent a message about this incident meanwhile: it stands below. Nothing of yours was sent; what "
            "you typed is still in the form."
        )
    if isinstance(refusal, NotYours):
        return _("Public warnings are sent by whoever commands the response, or leads its unit.")
    if isinstance(refusal, (CannotWarn, CannotBuild)):
        facts = dict(refusal.facts)
        if facts.get("field") in FIELDS:
            facts["field"] = str(FIELDS[facts["field"]])
        if (sorts := str(facts.get("what", ""))) in KINDS:
            facts["what"] = _(KINDS[sorts])
        return _(refusal.template) % facts
    if isinstance(refusal, Said):
        return sentence(refusal)
    raise refusal


def remark_words(remark: Remark) -> str:
    return _(REMARKS[remark.code]) % remark.facts


def hazard_in(language: str, hazard: str) -> str:
    """What the hazard is called in "zh" or "en"."""
    with translation.override(DJANGO[language]):
        return _(HAZARDS[hazard]) if hazard in HAZARDS else hazard


def kind_name(row: PublicWarning) -> str:
    return str(KIND_NAMES[Kind(row.kind)])


def at_text(at: datetime, zone: str) -> str:
    """An instant in words of the active language, in the office's zone."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{day_text(local.date())} {local:%H:%M}"


def place_of(incident: Incident) -> str:
    """Where, from the list of places alone: words of a caller may name somebody's home (rights, rule 11)."""
    return incident.place.name if incident.place is not None else incident.authority.name


def plain_headline(row: PublicWarning, language: str | None = None) -> str:
    """The headline in a language ("zh", "en"), else the reader's."""
    words = row.fields
    return in_language(words["zh"]["headline"], words["en"]["headline"], language)


def headline(row: PublicWarning, language: str | None = None) -> str:
    """The same, marked where it is an exercise."""
    language = language or ("zh" if (translation.get_language() or "").startswith("zh") else "en")
    mark = EXERCISE[language] if row.is_exercise else ""
    return mark + plain_headline(row, language)
