"""From the answers to what is registered."""

from __future__ import annotations

from datetime import datetime

from answerable.cases.files import Accepted
from answerable.cases.models import Privacy
from answerable.cases.portal import draft as forms
from answerable.cases.portal.draft import Draft, Shown
from answerable.cases.portal.flow import is_conduct
from answerable.cases.portal.office import Office
from answerable.cases.portal.queries import lead_of, place_of, subject_of
from answerable.cases.services.intake import Registered, Told, register_case
from answerable.parties.models import PartyRole
from answerable.parties.steps import ChannelWish, Identity
from answerable.record.actors import Actor


class SubjectGone(LookupError):
    """The subject was closed while the form was open; the question is asked again."""


def send(draft: Draft, office: Office, *, share: bool, language: str, now: datetime) -> Registered:
    """Register what the draft holds and replace the draft by its receipt.

    A second press finds the first one's case. Raises SubjectGone, and what `register_case` raises.
    """
    done = register_case(told_of(draft, office, share=share, language=language), by=Actor.person(), now=now)
    forms.finish(draft, Shown(str(done.case.pk), done.code, done.secret), now)
    return done


def told_of(draft: Draft, office: Office, *, share: bool, language: str) -> Told:
    """What is registered. Raises SubjectGone."""
    subject = subject_of(draft, office)
    if subject is None:
        raise SubjectGone
    conduct = is_conduct(draft.answers)
    return Told(
        authority=office.authority,
        subject=subject,
        place=place_of(draft, office),
        place_text=draft.get("place", "in_words", ""),
        claim=draft.get("story"),
        wants=draft.get("story", "wants", ""),
        kind=_kind(draft, office, conduct),
        language=language,
        privacy=draft.get("privacy"),
        identities=_identities(draft),
        channel=_channel(draft),
        is_conduct=conduct,
        is_danger=draft.get("danger") == "yes",
        accused_text=draft.get("about", "in_words", "") if conduct else "",
        accused_units=tuple(draft.get("about", "units", [])) if conduct else (),
        is_shareable=share and not conduct,
        submission=bytes.fromhex(draft.submission),
        lead=None if conduct else lead_of(draft, office),
        files=tuple(_files(draft)),
    )


def _kind(draft: Draft, office: Office, conduct: bool) -> str:
    if conduct and office.conduct_kind:
        return office.conduct_kind.code
    kinds = office.plain_kinds or list(office.pack.kinds)
    chosen = draft.get("kind")
    return next((kind.code for kind in kinds if kind.code == chosen), kinds[0].code)


def _identities(draft: Draft) -> tuple[Identity, ...]:
    if draft.get("privacy") == Privacy.ANONYMOUS:
        return ()
    name, address = draft.get("name", "name", ""), draft.get("name", "address", "")
    if draft.get("who") == "self":
        return (Identity(name, address, PartyRole.SELF),)
    represented = draft.get("name", "represented", "")
    return (
        Identity(name, address, PartyRole.REPRESENTATIVE),
        *((Identity(represented, "", PartyRole.REPRESENTED),) if represented else ()),
    )


def _channel(draft: Draft) -> ChannelWish | None:
    kind = draft.get("channel")
    return None if kind == "none" else ChannelWish(kind, draft.get("reach"))


def _files(draft: Draft) -> list[Accepted]:
    return [
        Accepted(file.name, file.media_type, data, bytes.fromhex(file.sha256), file.virus_state)
        for file, data in forms.contents(draft)
    ]
