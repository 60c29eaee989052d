"""What no report asks for and no answer says (rights, rules 1, 2 and 11). Pure.

The words of plans hold here too; and a report asks for no names at all: it is about numbers, posts and things.
"""

from __future__ import annotations

import re
from typing import Any

from pydantic import BaseModel

from answerable.core.text import as_read
from answerable.incidents.plans.rights import refused_in

#: A line that would make a list of persons. What has a name and is no person may be asked for by name.
_PERSONS = re.compile(
    r"姓名|名单|花名册|身份证|证件号|住址|户籍|手机号|家庭情况|何人|(信访|上访|来访|投诉|举报|反映|当事)人|"
    r"(?<!place )(?<!road )(?<!street )(?<!village )(?<!item )\bnames?\b(?! of (the )?(place|road|street|village|dam|bridge|item))|"
    r"\b(who complain\w*|complainants?|petitioners?|id (card|number)s?|home address(es)?|"
    r"(people|persons?|residents|villagers|participants) (photographed|filmed|identified|listed|registered|named)|"
    r"(phone|telephone) numbers? of|list of (people|persons?|residents|villagers|workers))\b",
    re.IGNORECASE,
)

#: A gathering is no hazard, whoever counts it; said of what every unit is asked (rule 11).
_GATHERINGS = re.compile(
    r"聚集|集会|集访|群体性|访量|\b(gatherings?|assembl(y|ies)|rall(y|ies)|strikes?)\b", re.IGNORECASE
)


class _Text(BaseModel):
    zh: str


def refused_text(text: str, *, is_answer: bool = False) -> tuple[str, dict[str, Any]] | None:
    """The code and facts of the rule that a text breaks, or None. `is_answer`: what was reported, not what is asked.

    An answer may say that a person was named (a helper's post, a rescued child); what is asked of every unit may not.
    """
    plain = as_read(text)
    for _path, code, facts in refused_in(_Text(zh=plain)):
        return code, dict(facts)
    if is_answer:
        return None
    if _GATHERINGS.search(plain):
        return "names_gathering", {}
    hit = _PERSONS.search(plain)
    return ("lists_persons", {"given": hit.group()}) if hit else None
