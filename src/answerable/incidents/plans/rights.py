"""What no plan may hold: nobody taking part is identified, photographed or listed (rights, rules 1, 2, 4 and 11). Pure.

A list of words cannot know what is meant; it catches what is plainly said, so that it is refused with a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from answerable.core.text import as_read
from answerable.incidents.plans.cross_checks import Found
from answerable.incidents.plans.faults import Path
from answerable.incidents.plans.schema import PlanFile
from answerable.orgs.kept_out import KINDS, names_a_gathering, sorts_people_by

#: Names of fields that somebody might want to add, and that are refused as such, not as misspelt.
_FIELDS = re.compile(
    r"participant|attendee|organi[sz]er|ringleader|relative|next_of_kin|famil(y|ies)|employer|landlord|"
    r"(^|_)(face|faces|plate|plates|photo|photos|video|identity|identities|id_card|id_number|passport|"
    r"home|dwelling|belief|religion|ethnicity|tracking|score|watch_?list|people|persons|names_of)($|_)",
    re.IGNORECASE,
)

_WATCHES = re.compile(
    r"人脸|刷脸|车牌识别|身份证|(核实|确认|识别|辨认|核查|核验|查验|登记|查明|摸清)(其|参与者|参与人员|人员|现场人员|组织者)?的?身份|实名登记|"
    r"(拍照|摄像|录像|拍摄)(取证|留存|固定|参与|人员|群众)|(对|给)(参与|在场|现场)?(者|人员|群众)(进行)?(拍照|拍摄|摄像|录像)|"
    r"(参与|参加|在场|到场|组织|骨干|带头|重点|人员)(者|人员|人)?名单|组织者|挑头|骨干人员|带头人|"
    r"活动轨迹|行动轨迹|手机信令|手机定位|跟踪(人员|参与)|劝返|截访|稳控|"
    r"\b(facial|face recognition|faces of|number ?plates?|licen[cs]e plates?|id cards?|ringleaders?|informants?|"
    r"surveil\w*|wiretap\w*|phone location|"
    r"(identif\w+|photograph\w*|film(s|ed|ing)?|list(s|ed|ing)?|register\w*|record\w*|track(s|ed|ing)?|profil\w+)"
    r"( all| any| the| each| every)?( of)?( the)?"
    r" (those (who|taking|present)|people|persons?|participants?|attendees|organi[sz]ers?|faces)|"
    r"(list|names|identit\w+|photographs?|pictures?|footage) of( all| the)?"
    r" (those (who|taking|present)|people|persons?|participants?|attendees|organi[sz]ers?))\b",
    re.IGNORECASE,
)

#: In a plan about room, nobody is driven away or taken away.
_FORCES = re.compile(
    r"驱散|驱离|强行|带离|抓捕|拘留|控制人员|处置人员|"
    r"\b(dispers\w+|detain\w*|arrest\w*|kettl\w+|forcibl\w+|by force|water cannon|tear gas)\b",
    re.IGNORECASE,
)

_PRIVATE = re.compile(
    r"先生|女士|家属|亲属|亲戚|亲友|家长(?!会|学校|委员会)|妻子|丈夫|父亲|母亲|子女|户主|房东|本人|"
    r"\b(mr|mrs|ms|miss)\b|\b(relatives?|family|wife|husband|father|mother|son|daughter|parents? of|landlord|"
    r"neighbou?r|owner of the house)\b",
    re.IGNORECASE,
)


def is_forbidden_field(name: str) -> bool:
    """Whether a field of this name would hold what no plan may hold."""
    return bool(_FIELDS.search(name))


def found_in(plan: PlanFile) -> Iterator[Found]:
    """Every text of the plan that breaks a rule, with the rule."""
    for path, text in texts_of(plan):
        plain = as_read(text)
        is_body = path[0] == "contacts"
        # A body may be called what it is called (an office for religious affairs); nobody else may be sorted by it.
        yield from _refused(path, plain, sorts=not is_body)
        if is_body and _PRIVATE.search(plain):
            yield path, "private_person", {}
        forced = _FORCES.search(plain) if "crowd_crush" in (plan.hazard, *plan.also) else None
        if forced:
            yield path, "forces_people", {"given": forced.group()}


def refused_in(part: BaseModel) -> Iterator[Found]:
    """The same for any other file of this room: sorted by nothing, no gathering, nobody identified or listed."""
    for path, text in texts_of(part):
        yield from _refused(path, as_read(text), sorts=True)


def words_of_watching(plain: str) -> str:
    """The words of a text by which somebody would be identified, followed or listed; "" where there are none."""
    hit = _WATCHES.search(plain)
    return hit.group() if hit else ""


def _refused(path: Path, plain: str, *, sorts: bool) -> Iterator[Found]:
    kind = sorts_people_by(plain) if sorts else ""
    if kind:
        yield path, "sorts_people", {"what": KINDS[kind]}
    if names_a_gathering(plain):
        yield path, "names_gathering", {}
    given = words_of_watching(plain)
    if given:
        yield path, "watches_people", {"given": given}


def texts_of(plan: BaseModel) -> Iterator[tuple[Path, str]]:
    """Every text in the file that a person wrote, with where it stands; codes are not texts."""
    yield from _texts(plan, ())


def _texts(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _texts(getattr(value, name), (*path, name))
    elif isinstance(value, tuple):
        for place, one in enumerate(value):
            yield from _texts(one, (*path, place))
    elif isinstance(value, str) and path[-1] in ("zh", "en", "source"):
        yield path, value
