"""The one table of the file (docs/reference/import.md). Heads in English or Chinese. Pure."""

from __future__ import annotations

from answerable.core.text import LINE_LIMIT
from answerable.orgs.sheets.columns import Column, Table
from answerable.orgs.sheets.names import learn

#: A cell of a workbook holds no more.
CELL = 32_000

CASES = learn(
    Table(
        "cases",
        ("foreign_id",),
        (
            Column("foreign_id", must=True, limit=120, zh="原系统编号"),
            Column("received", "instant", must=True, default="", zh="收到时间"),
            Column("subject", "code", must=True, limit=60, zh="事项类别"),
            Column("claim", "text", must=True, limit=CELL, zh="反映内容"),
            Column("wants", "text", limit=CELL, zh="诉求"),
            Column("kind", "code", limit=40, zh="类型"),
            Column("place", "code", limit=60, zh="地点"),
            Column("place_in_words", limit=LINE_LIMIT, zh="地点说明"),
            Column("language", "choice", choices=("zh-hans", "en"), default="zh-hans", zh="语言"),
            Column("name", limit=120, zh="姓名"),
            Column("address", "text", limit=500, zh="通信地址"),
            Column("channel", "choice", choices=("email", "sms", "post"), zh="告知方式"),
            Column("channel_address", limit=300, zh="告知地址"),
        ),
        zh="事项",
    )
)
TABLES = {CASES.name: CASES}
