"""Words that would sort people, in names that an office configures (rights, rule 1). Pure.

A list of words cannot know what is meant; it catches what is plainly said, so that `check` and imports can
refuse it with a sentence. A subject names a kind of matter ("wages", "health services"), never a kind of person.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

from answerable.core.sentences import N_

#: What a name would sort people by, as it is said.
KINDS = {
    "belief": N_("belief or religion"),
    "ethnicity": N_("ethnicity or origin"),
    "politics": N_("politics"),
    "health": N_("health"),
    "service": N_("past service"),
    "record": N_("a past before the courts"),
    "complaining": N_("how often or where people complain"),
    "watching": N_("lists of people to be watched"),
    "dwelling": N_("where somebody lives"),
}

#: What is said of people and never of a danger: refused in alarms and reports (rights, rules 1 and 11). Health and
#: dwellings are left out: both may be what is in danger.
NEVER_A_DANGER = frozenset(
    {"complaining", "watching", "belief", "ethnicity", "politics", "record", "service"}
)

_WORDS: dict[str, str] = {
    "belief": (
        r"宗教|信教|教徒|信徒|基督|天主教|伊斯兰|穆斯林|佛教|道教|清真寺|教堂|邪教|法轮|"
        r"\b(religio\w*|faiths?|believers?|christians?|muslims?|islam\w*|buddhis\w*|hindus?|jew(s|ish)?|catholics?|"
        r"church(es)?|mosques?|synagogues?|cults?|sects?)\b"
    ),
    "ethnicity": (
        r"民族|维吾尔|维族|藏族|回族|蒙古族|壮族|朝鲜族|汉族|种族|"
        r"\b(ethnic\w*|race|racial|tribes?|tribal|nationalit(y|ies)|uyghurs?|tibetans?|roma|gypsies|"
        r"minorit(y|ies))\b"
    ),
    "politics": (
        r"政治面貌|政治倾向|政治立场|异见|民运|党派|群众政治|"
        r"\b(politic\w*|dissidents?|dissent|activists?|opposition|party members?|protest(er|or)s?)\b"
    ),
    "health": (
        r"精神病人|精神病患|精神障碍患者|艾滋|hiv|癌症患者|传染病人|病患名单|孕情|吸毒|毒瘾|"
        r"\b(mentally ill|mental patients?|aids patients?|addicts?|drug users?|pregnan(t|cy)|diagnos[ei]s)\b"
    ),
    "service": (
        r"退役军人|退伍|转业军人|复员|老兵|涉军|参战人员|军转|"
        r"\b(veterans?|ex-?soldiers?|ex-?servicem[ae]n|former soldiers?)\b"
    ),
    "record": r"前科|刑满|刑释|社区矫正|\b(ex-?convicts?|criminal records?|ex-?prisoners?|parolees?)\b",
    "complaining": (
        r"缠访|闹访|老户|老上访|上访户|重复访|越级访|越级上访|进京访|进京上访|非访|非正常上访|集体访|"
        r"\b(vexatious|repeat(ed)? complain\w*|serial complain\w*|querulous|troublemakers?|frequent callers?)\b"
    ),
    "watching": (
        r"重点人|重点人员|稳控|管控对象|管控人员|涉稳|维稳|敏感人员|黑名单|高危人员|"
        r"\b(watch-?lists?|black-?lists?|persons? of interest|target(ed)? persons?|stability control)\b"
    ),
}

_DWELLING = (
    r"[0-9０-９一二三四五六七八九十]+\s*(单元|室|号房|号楼[0-9０-９]+)|的家$|家中$|住宅|住所|"
    r"\b(flat|apartment|apt\.?)\s*\d+|\b(home|house|residence|dwelling) of\b|\w+'s (home|house)\b"
)

_PATTERNS = {kind: re.compile(words, re.IGNORECASE) for kind, words in _WORDS.items()}
_HOME = re.compile(_DWELLING, re.IGNORECASE)


def sorts_people_by(name: str, *, is_place: bool = False, among: Collection[str] = KINDS.keys()) -> str:
    """The key of `KINDS` that a configured name breaks, or ""; the first of those that matter (`among`).

    Full-width and half-width letters count the same. `is_place`: also refuse a dwelling (rights, rule 11).
    """
    text = unicodedata.normalize("NFKC", name)
    for kind, pattern in _PATTERNS.items():
        if kind in among and pattern.search(text):
            return kind
    return "dwelling" if is_place and _HOME.search(text) else ""


_GATHERING = re.compile(
    r"上访|信访人|信访群众|聚众|(人员|群众|村民|居民|职工|工人|家长|业主)聚集|聚集(闹事|讨说法|维权)|静坐|示威|游行|抗议|拉横幅|围堵|"
    r"\b(petitioners?|complainants?|protest\w*|demonstrators?|sit-?ins?|pickets?|picketing|mobs?|"
    r"(crowds?|gatherings?|groups?) of (people|villagers|residents|workers|parents|petitioners))\b",
    re.IGNORECASE,
)


def names_a_gathering(text: str) -> bool:
    """Whether an alarm would be about people who come together or bring a matter (rights, rule 11)."""
    return bool(_GATHERING.search(unicodedata.normalize("NFKC", text)))
