"""What no round may ask: nothing of persons, dwellings or gatherings (rights, rules 1, 2, 4 and 11). Pure.

A list of words cannot know what is meant; it catches what is plainly said, so that it is refused with a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from answerable.core.text import as_read
from answerable.incidents.plans.cross_checks import Found
from answerable.incidents.plans.rights import refused_in, texts_of
from answerable.orgs.kept_out import names_a_gathering, sorts_people_by
from answerable.readiness.rounds.template.schema import RoundFile

_PERSONS = re.compile(
    r"入户|家访|走访|探访|慰问|上门(看望|走访|了解|核实|摸排)?|逐户|挨家|挨户|敲门|谁在家|"
    r"(独居|留守|困难|特殊|困境|失独|孤寡|空巢)(老人|儿童|人员|群众|妇女|家庭)|"
    r"(人员|人口|居民|村民|群众|职工|工人|学生|住户|租户)的?(情况|底数|信息|动向|动态|去向|名单|姓名|电话|身份|思想|情绪|表现)|"
    r"思想(动态|状况)|情绪(是否)?(稳定|状况|激动)|外来人员|可疑人|陌生人|流动人口|摸排|排查人|"
    r"(登记|记录|询问|采集)(其|他们|对方|在场|工人|居民|住户|学生)?的?(姓名|身份|电话|住址|身份证)|谈话|约谈|"
    r"拍(摄|照|下)?(在场|现场|施工|路过)的?(人员|人|工人|群众|学生)|"
    r"\b(home visits?|call on (the )?(families|residents|people)|door[- ]to[- ]door|knock(s|ed|ing)? on|"
    r"visit(s|ed|ing)? (the |each |every |all )?(famil(y|ies)|households?|residents?|persons?|people|elderly|workers?|"
    r"tenants?|pupils?|villagers?)|"
    r"who (lives|sleeps|stays|is at home|works)|(names?|numbers?|addresses|mood|behaviou?r|attitudes?|whereabouts|identit\w+) of "
    r"(the |each |every |all )?(workers?|residents?|tenants?|pupils?|students?|villagers?|people|persons?|staff|families)|"
    r"suspicious (people|persons?)|strangers?|outsiders?|migrants?|(ask|question|interview)(s|ed|ing)? (the |each |every |all )?"
    r"(workers?|residents?|tenants?|pupils?|villagers?|people|persons?|families))\b",
    re.IGNORECASE,
)

_DWELLINGS = re.compile(
    r"民宅|住宅|住户|户主|民房|农户|私宅|自住房|出租屋|出租房|家中|家里|屋内住|居室|卧室|寝室内|房间内(住|的人)|"
    r"\b(dwellings?|private (homes?|houses?|rooms?)|homes?|households?|bedrooms?|flats?|apartments?|"
    r"living rooms?|residences?|tenements?|lodgings?|inside (the|a|each|every) (house|room)s?)\b",
    re.IGNORECASE,
)


def found_in(file: RoundFile) -> Iterator[Found]:
    """Every text of a template that breaks a rule, with the rule."""
    yield from refused_in(file)
    for path, text in texts_of(file):
        code, hit = refused_words(text)
        if code in ("about_persons", "about_dwelling"):
            yield path, code, {"given": hit}


def refused_words(text: str) -> tuple[str, str]:
    """Why words about a place or thing are not kept, as a code, and what they were; "" where nothing is wrong."""
    plain = as_read(text)
    if hit := _PERSONS.search(plain):
        return "about_persons", hit.group()
    if hit := _DWELLINGS.search(plain):
        return "about_dwelling", hit.group()
    if names_a_gathering(plain):
        return "names_gathering", ""
    if sorts_people_by(plain):
        return "sorts_people", ""
    return "", ""
