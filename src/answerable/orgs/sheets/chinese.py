"""The names of tables and columns for whoever reads Chinese; a file may bear these or the English ones. Pure."""

from __future__ import annotations

from answerable.orgs.sheets.columns import Table

_TABLES = {
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
_HEADS = {
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


def learn(table: Table) -> Table:
    """Know the names of another room's table as well, in files and in what is said of their faults."""
    _TABLES.setdefault(table.name, table.zh)
    for one in table.columns:
        _HEADS.setdefault(one.head, one.zh)
    return table


def in_chinese(name: str, *, is_table: bool = False) -> str:
    """A table's or a column's name; itself where it has none."""
    return (_TABLES if is_table else _HEADS).get(name, name)


def table_named(name: str) -> str:
    """The English name of a table, whichever of the two it was given; itself where it is none."""
    return next((english for english, chinese in _TABLES.items() if chinese == name), name)


def head_named(head: str, table: Table) -> str:
    """The English head of a column of this table, whichever of the two it was given; itself where it is none."""
    wide = head.translate(_WIDE)
    return next((one.head for one in table.columns if (one.zh or _HEADS.get(one.head)) == wide), head)
