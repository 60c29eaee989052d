"""What tables and columns are called in a file: as on the pages, in the language of whoever exports it. Read are also the
English codes of `columns`, the pages' words in the other language, and the Chinese names that files bore earlier.
"""

from __future__ import annotations

from functools import cache

from django.utils.translation import get_language, override

from answerable.orgs import labels
from answerable.orgs.sheets.columns import TABLES, Table

LANGUAGES = ("en", "zh-hans")
_EARLIER_TABLES = {
    "authorities": "机构",
    "units": "部门",
    "posts": "岗位",
    "people": "人员",
    "subjects": "事项类别",
    "places": "地点",
    "appointments": "任职",
    "responsibilities": "责任分工",
    "special_days": "特殊日期",
}
_EARLIER = {
    "authority": "机构",
    "code": "编码",
    "name_zh": "中文名称",
    "name_en": "英文名称",
    "pack": "办理规则",
    "zone": "时区",
    "country": "国家",
    "above": "上级机构",
    "conduct_body": "受理作风举报的机构",
    "is_outside": "外部机构",
    "letter_address": "公函地址",
    "letter_email": "公函邮箱",
    "phone": "电话",
    "address_zh": "地址（中文）",
    "address_en": "地址（英文）",
    "hours_zh": "开放时间（中文）",
    "hours_en": "开放时间（英文）",
    "web": "网页",
    "unit": "部门",
    "parent": "上一级",
    "takes_conduct": "受理作风举报",
    "is_petition_office": "信访机构",
    "closed_on": "停用日期",
    "role": "角色",
    "is_head": "主要负责岗位",
    "contact_email": "联系邮箱",
    "contact_phone": "联系电话",
    "username": "用户名",
    "email": "邮箱",
    "language": "语言",
    "is_active": "在用",
    "hint_zh": "说明（中文）",
    "hint_en": "说明（英文）",
    "retention_years": "保存年限",
    "latitude": "纬度",
    "longitude": "经度",
    "post": "岗位",
    "hold": "任职方式",
    "from_at": "开始时间",
    "until_at": "结束时间",
    "subject": "事项类别",
    "place": "地点",
    "leader_unit": "分管领导所在部门",
    "leader_post": "分管领导岗位",
    "on": "日期",
    "is_working": "上班",
    "why": "原因",
}
_WIDE = str.maketrans({"(": "（", ")": "）"})
#: Tables of other rooms, by name: theirs are English codes, and in Chinese what they say themselves.
_LEARNT: dict[str, Table] = {}


def learn(table: Table) -> Table:
    """Know the names of another room's table as well, in files and in what is said of their faults."""
    _LEARNT.setdefault(table.name, table)
    _table_names.cache_clear()
    return table


def table_shown(name: str) -> str:
    """A table's name in the reader's language, as an exported file bears it; itself where it has none."""
    if name in TABLES:
        return str(labels.SHEETS[name])
    return (_LEARNT[name].zh if name in _LEARNT and _is_chinese() else "") or name


def head_shown(head: str, table: str) -> str:
    """The same for the head of a column."""
    if table in TABLES:
        return str(labels.HEADS.get(head, head))
    columns = _LEARNT[table].columns if table in _LEARNT and _is_chinese() else ()
    return next((one.zh for one in columns if one.head == head and one.zh), head)


def _is_chinese() -> bool:
    return (get_language() or "").startswith("zh")


def table_named(name: str) -> str:
    """The English code of a table, whatever name of it was given; itself where it is none."""
    return _table_names().get(_alike(name), name)


def head_named(head: str, table: Table) -> str:
    """The English code of a column of this table, whatever name of it was given; itself where it is none."""
    return _head_names(table).get(_alike(head), head)


def _alike(name: str) -> str:
    return name.strip().lower().translate(_WIDE)


@cache
def _table_names() -> dict[str, str]:
    found = {_alike(earlier): name for name, earlier in _EARLIER_TABLES.items()}
    for language in LANGUAGES:
        with override(language):
            found |= {_alike(table_shown(name)): name for name in (*TABLES, *_LEARNT)}
    return found | {name: name for name in (*TABLES, *_LEARNT)}


@cache
def _head_names(table: Table) -> dict[str, str]:
    found = {_alike(_EARLIER[head]): head for head in table.heads if head in _EARLIER}
    for language in LANGUAGES:
        with override(language):
            found |= {_alike(head_shown(head, table.name)): head for head in table.heads}
    return found | {head: head for head in table.heads}
