"""What may be reported: the office's subjects as services, and its plain questions as their attributes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_noop as N_

from answerable.cases.portal.office import CONDUCT_SUBJECT, Office
from answerable.core.names import in_language
from answerable.open311.rules import Refused
from answerable.orgs.models import Authority, Subject
from answerable.orgs.queries import serving
from answerable.orgs.standing import standing

#: The questions every service has: what is asked, and what helps to answer it.
ASKED = {
    "wants": (N_("What should be done?"), N_("What would settle it for you.")),
    "kind": (N_("What is it, most of all?"), N_("It decides which time limits apply.")),
    "danger": (
        N_("Is anyone's life or health in danger right now?"),
        N_("For example: someone hurt, gas leaking, a wire down, a wall about to fall, water rising fast."),
    ),
    "conduct": (
        N_("Is it about how an official or an office behaved?"),
        N_("If so, they can neither handle the matter nor read it, nor learn who told it."),
    ),
    "conduct_unit": (N_("Which office is it about?"), N_("Only where it is about somebody's conduct.")),
    "conduct_who": (
        N_("Or say in your own words who it is"),
        N_("A name, a post, or how one would recognise them. Only those who look into it read this."),
    ),
    "publish": (
        N_("May it be published?"),
        N_(
            "What it is about, the public place, since when, how far it is, and a summary by the office that says "
            "nothing about you. Never your words, your name or your pictures. You can take it back at any time."
        ),
    ),
}
ORDER = tuple(ASKED)


def authority_of(asked: Mapping[str, str]) -> Authority:
    """The office that a question is put to. Raises Refused (jurisdiction_missing, jurisdiction_unknown)."""
    code, bodies = asked.get("jurisdiction_id", "").strip(), serving()
    if code:
        found = next((body for body in bodies if body.code == code), None)
        if found is None:
            raise Refused("jurisdiction_unknown")
        return found
    if len(bodies) == 1:
        return bodies[0]
    if not bodies:
        raise Refused("jurisdiction_unknown")
    raise Refused("jurisdiction_missing", known=", ".join(sorted(body.code for body in bodies)))


def subject_of(authority: Authority, code: str) -> Subject:
    """The open subject behind a service_code. Raises Refused (service_missing, service_unknown)."""
    if not code:
        raise Refused("service_missing")
    found = standing().subject_codes.get((authority.pk, code))
    if found is None or found.closed_on is not None:
        raise Refused("service_unknown")
    return found


def services(authority: Authority) -> list[dict[str, Any]]:
    """Every open subject of the office."""
    rows = [row for row in standing().subjects.values() if row.authority_id == authority.pk]
    return [_service(row) for row in rows if row.closed_on is None]


def _service(subject: Subject) -> dict[str, Any]:
    return {
        "service_code": subject.code,
        "service_name": subject.name,
        "description": in_language(subject.hint_zh, subject.hint_en),
        "metadata": True,
        "type": "realtime",
        "keywords": ",".join(dict.fromkeys(filter(None, (subject.name_zh, subject.name_en)))),
        "group": subject.parent.name if subject.parent else "",
    }


def definition(authority: Authority, subject: Subject) -> dict[str, Any]:
    """The questions of one service. None of them must be answered: nobody is sent back for a question."""
    office = Office(authority, [authority], conduct=True)
    attributes: list[dict[str, Any]] = []
    for code in ORDER:
        values = _values(code, office)
        if code == "kind" and not values:
            continue
        if code in ("conduct", "publish") and subject.code == CONDUCT_SUBJECT:
            continue
        attributes.append(_attribute(code, len(attributes) + 1, values))
    return {"service_code": subject.code, "attributes": attributes}


def _attribute(code: str, order: int, values: list[dict[str, str]]) -> dict[str, Any]:
    question, hint = ASKED[code]
    datatype = "text"
    if values:
        datatype = "multivaluelist" if code == "conduct_unit" else "singlevaluelist"
    return {
        "variable": True,
        "code": code,
        "datatype": datatype,
        "required": False,
        "datatype_description": gettext(hint),
        "order": order,
        "description": gettext(question),
        "values": values,
    }


def _values(code: str, office: Office) -> list[dict[str, str]]:
    language = get_language() or "en"
    if code == "kind":
        return [{"key": one.code, "name": one.title.in_language(language)} for one in office.kinds_to_ask]
    if code == "conduct_unit":
        return [
            {"key": node.row.code, "name": office.units.full_name(node.id)}
            for node in office.units.everything()
        ]
    if code in ("danger", "publish"):
        return [{"key": "no", "name": gettext("No")}, {"key": "yes", "name": gettext("Yes")}]
    if code == "conduct":
        unsure = {"key": "unsure", "name": gettext("I am not sure")}
        return [{"key": "no", "name": gettext("No")}, {"key": "yes", "name": gettext("Yes")}, unsure]
    return []
