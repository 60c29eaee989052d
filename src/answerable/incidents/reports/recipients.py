"""Whom a report goes to: a body, a post or a contact of the plan; how it is called, and how it is reached."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from answerable.core.names import in_language
from answerable.incidents.models import Incident
from answerable.incidents.reports.defaults import ABOVE
from answerable.incidents.reports.rules import Duty
from answerable.orgs.models import Authority, Post
from answerable.orgs.queries import head_of, root_unit
from answerable.orgs.standing import standing


@dataclass(frozen=True)
class Recipient:
    """`post`: who takes it here, in this installation; `email`, `phone`: how another body is reached."""

    name_zh: str
    name_en: str
    phone: str = ""
    email: str = ""
    post: Post | None = None

    @property
    def name(self) -> str:
        return in_language(self.name_zh, self.name_en)

    @property
    def is_reached_by_channel(self) -> bool:
        return self.post is not None or bool(self.email)


def named(duty: Duty, incident: Incident) -> Duty:
    """The duty with "the body above" as the body that it is, so that one recipient has one name."""
    above = incident.authority.above
    if duty.recipient == ABOVE and above is not None:
        return replace(duty, recipient=f"authority:{above.code}")
    return duty


def recipient_of(ref: str, incident: Incident, plan_file: Any | None) -> Recipient:
    """The recipient as it stands now. What the reference names and nobody knows any more has only its name."""
    kind, _, code = ref.partition(":")
    if kind == "contact" and plan_file is not None:
        found = next((one for one in plan_file.contacts if one.code == code), None)
        if found is not None:
            return Recipient(found.names.zh, found.names.en, found.phone, found.email)
    if kind == "post":
        unit_code, _, post_code = code.partition("/")
        for post in standing().posts.values():
            unit = post.unit
            if (unit.authority_id, unit.code, post.code) == (incident.authority_id, unit_code, post_code):
                return Recipient(
                    f"{unit.name_in('zh-hans')}{post.name_in('zh-hans')}",
                    f"{post.name_in('en')}, {unit.name_in('en')}",
                    post.contact_phone,
                    post=post,
                )
    if kind == "authority":
        body = next((one for one in standing().authorities.values() if one.code == code), None)
        if body is not None:
            return _of_body(body)
        return Recipient("上级机关", "the office above")
    return Recipient(code, code)


def _of_body(body: Authority) -> Recipient:
    root = None if body.is_outside else root_unit(body)
    return Recipient(
        body.name_in("zh-hans"),
        body.name_in("en"),
        body.phone,
        body.letter_email,
        post=head_of(root) if root is not None else None,
    )
