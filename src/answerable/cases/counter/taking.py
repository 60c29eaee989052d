"""From the clerk's page to the registered matter. What was typed lies sealed as the portal's forms do."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.core.files.uploadedfile import UploadedFile
from django.urls import reverse
from django.utils import translation

from answerable.cases.counter.forms import NO_CHANNEL, MatterForm
from answerable.cases.models import Intake, Privacy
from answerable.cases.portal import draft as forms
from answerable.cases.portal import summary
from answerable.cases.portal.draft import Draft, Shown
from answerable.cases.portal.file_views import add_uploads
from answerable.cases.portal.office import Office, Tree
from answerable.cases.portal.sending import told_of
from answerable.cases.services import drafts
from answerable.cases.services.intake import Told, register_case
from answerable.record.actors import Actor

#: The clerk's own part of the draft, beside the portal's steps.
OWN = "counter"
_TOKEN = re.compile(r"^[A-Za-z0-9_-]{43}$")


def load(token: str, staff_id: int, now: datetime) -> Draft | None:
    """What this clerk keeps under the token; None for anyone else's, or where its time is over."""
    draft = forms.load(token, now) if _TOKEN.match(token) else None
    return draft if draft is not None and draft.get(OWN, "staff") == staff_id else None


def keep_files(
    draft: Draft | None,
    token: str,
    uploads: list[UploadedFile],
    *,
    left_out: list[str],
    staff_id: int,
    now: datetime,
) -> tuple[Draft | None, list[str]]:
    """Keep the pages that came with the form, also where its words need another look: they are chosen once.

    Gives the draft that holds them (None where nothing was ever kept) and a sentence for each that was not taken.
    """
    if draft is None and not uploads:
        return None, []
    if draft is None:
        draft = Draft(
            token if _TOKEN.match(token) else drafts.new_token(), answers={OWN: {"staff": staff_id}}
        )
    for ref in left_out:
        forms.remove_file(draft, ref)
    faults = add_uploads(draft, uploads, now)
    forms.keep(draft, now)
    return draft, faults


def keep(form: MatterForm, draft: Draft | None, *, staff_id: int, now: datetime) -> Draft:
    """Keep what the valid form says; the same page sent again replaces it."""
    if draft is None:
        token = form.cleaned_data["token"]
        draft = Draft(token if _TOKEN.match(token) else drafts.new_token())
    draft.answers = answers_of(form, staff_id=staff_id)
    forms.keep(draft, now)
    return draft


def answers_of(form: MatterForm, *, staff_id: int) -> dict[str, dict[str, Any]]:
    """The page's fields as the portal's answers, and what only a clerk says under `OWN`."""
    said, office = form.cleaned_data, form.office
    conduct, units = form.is_conduct, [int(pk) for pk in said["units"]]
    day: date | None = said["received_on"]
    own = {
        "staff": staff_id,
        "intake": said["intake"],
        "language": said["language"],
        "received_on": day.isoformat() if day else "",
        "old_day": bool(day and said["old_day"]),
        "share": said["share"],
        "accuses_own": bool(conduct and form.own_units & set(units)),
    }
    answers: dict[str, dict[str, Any]] = {
        OWN: own,
        "body": {"body": office.authority.pk},
        "who": {"who": said["who"]},
        "story": {"story": said["story"], "wants": said["wants"]},
        "danger": {"danger": said["danger"]},
        "conduct": {"conduct": said["conduct"]},
        "subject": {"subject": int(said["subject"])},
        "privacy": {"privacy": said["privacy"]},
        "channel": {"channel": said["channel"]},
        **_place(office.places, said["place"], said["place_words"]),
    }
    if conduct:
        answers["about"] = {"units": units, "in_words": said["accused_words"]}
    elif "kind" in said:
        answers["kind"] = {"kind": said["kind"]}
    if said["privacy"] != Privacy.ANONYMOUS:
        answers["name"] = {key: said[key] for key in ("name", "represented", "address")}
    if said["channel"] != NO_CHANNEL:
        answers["reach"] = {"reach": said["reach"]}
    return answers


def _place(tree: Tree, chosen: str, in_words: str) -> dict[str, dict[str, Any]]:
    """The portal asks for a place in two steps: the first level, then the spot below it."""
    if not chosen:
        return {"place": {"place": None, "more": False, "in_words": in_words}}
    spot = int(chosen)
    first = next(n.id for n in tree.top() if n.id == spot or spot in {b.id for b in tree.under(n.id)})
    more = bool(tree.below.get(first))
    place = {"place": {"place": first, "more": more, "in_words": in_words}}
    return {**place, "spot": {"spot": spot}} if more else place


def initial_of(draft: Draft) -> dict[str, Any]:
    """What the page shows when the clerk goes back to change something."""
    get = draft.get
    return {
        "token": draft.token,
        "intake": get(OWN, "intake"),
        "received_on": date.fromisoformat(get(OWN, "received_on")) if get(OWN, "received_on") else None,
        "old_day": get(OWN, "old_day"),
        "language": get(OWN, "language"),
        "share": get(OWN, "share"),
        "story": get("story"),
        "wants": get("story", "wants"),
        "units": [str(pk) for pk in get("about", "units", [])],
        "accused_words": get("about", "in_words"),
        "place": get("spot") or get("place"),
        "place_words": get("place", "in_words"),
        "address": get("name", "address"),
        "represented": get("name", "represented"),
        **{
            key: get(key)
            for key in ("who", "danger", "conduct", "subject", "kind", "privacy", "name", "channel")
        },
        "reach": get("reach"),
    }


def rows_for_reading(draft: Draft, office: Office) -> list[tuple[str, str]]:
    """What is read back, in the person's language: (question, answer), every word of a long text."""
    long = (draft.get("story"), draft.get("story", "wants"), draft.get("about", "in_words", ""))
    with translation.override(draft.get(OWN, "language")):
        rows = [row for row in summary.rows(draft, office) if row.url != reverse("portal:files")]
    return [
        (row.what, next((text for text in long if row.more and text.startswith(row.text)), row.text))
        for row in rows
    ]


def is_told(draft: Draft) -> bool:
    """Whether the form itself was taken, not only pages that came with it."""
    return bool(draft.get("story"))


def told_from(draft: Draft, office: Office) -> Told:
    """What is registered. Raises portal.sending.SubjectGone."""
    told = told_of(draft, office, share=draft.get(OWN, "share"), language=draft.get(OWN, "language"))
    return replace(told, intake=Intake(draft.get(OWN, "intake")), received_at=_received_at(draft, office))


def _received_at(draft: Draft, office: Office) -> datetime | None:
    """The beginning of the day a letter arrived, in the office's time: the earliest it can have been."""
    day = draft.get(OWN, "received_on")
    if not day:
        return None
    zone = ZoneInfo(office.authority.zone)
    return datetime.combine(date.fromisoformat(day), time(), zone).astimezone(UTC)


def register(draft: Draft, office: Office, *, by: Actor, now: datetime) -> Draft:
    """Register the matter under the clerk's post; the draft then holds its receipt alone.

    A second press finds the receipt already there, or the first one's case. A clerk of the accused unit is not
    shown the secret, which opens the person's page (rights, rule 5). Raises SubjectGone, and what register_case
    raises.
    """
    if draft.receipt is not None:
        return draft
    done = register_case(told_from(draft, office), by=by, now=now)
    withheld = bool(draft.get(OWN, "accuses_own"))
    kept = {key: draft.get(OWN, key) for key in ("staff", "intake", "language", "accuses_own")}
    draft.receipt = Shown(str(done.case.pk), done.code, None if withheld else done.secret)
    draft.answers = {OWN: kept}
    for file in list(draft.files):
        forms.remove_file(draft, file.ref)
    forms.keep(draft, now)
    return draft
