"""A made-up town's papers, in both languages."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta, timezone

from pypdf import PdfReader

from answerable.ui.print import data

ZONE = timezone(timedelta(hours=8))
AT = datetime(2026, 11, 23, 14, 5, tzinfo=ZONE)
SECRET = "3H8WR5JPC4NX7AYD"
URL = "https://wen.qinghe.example/follow"
BODY = data.Body(name="青禾镇人民政府", unit="群众诉求服务中心", contact=("电话 0000-1234567",))
LANGS = ("zh-hans", "en")


def read(pdf: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf))


def words_of(pdf: bytes) -> str:
    """All text of a PDF without white space and break marks, as line ends fall anywhere."""
    text = "".join(page.extract_text() for page in read(pdf).pages)
    return "".join(text.replace("\u200b", "").split())


def bare(text: str) -> str:
    return "".join(text.split())


def receipt(**changes) -> data.ReceiptData:
    standard = {
        "body": BODY,
        "code": "K7QF9M2TX",
        "secret": SECRET,
        "registered_at": AT,
        "made_at": AT,
        "follow_url": URL,
        "answering_post": "城建办主任",
        "answering_unit": "城镇建设办公室",
        "steps": (
            data.Step(what="书面答复您", by=date(2027, 2, 6), why="自受理之日起 60 日（第三十四条）"),
            data.Step(what="您说一说是否解决"),
        ),
    }
    return data.ReceiptData(**(standard | changes))


def head(**changes) -> data.Letterhead:
    standard = {
        "body": BODY,
        "number": "青诉〔2026〕12号",
        "signed_on": date(2026, 12, 4),
        "signature_post": "城镇建设办公室主任",
        "made_at": AT,
        "case_code": "K7QF9M2TX",
    }
    return data.Letterhead(**(standard | changes))


REVIEW = data.Remedy(
    what="申请复查",
    body="临水县人民政府",
    until=date(2027, 1, 4),
    why="收到之日为第 0 日，加 30 日（第三十五条）",
    how="到任一窗口提出。",
)


def decision(**changes) -> data.LetterData:
    standard = {
        "head": head(),
        "claim": "渔湾村三组的路灯坏了半年，要求尽快修好。",
        "facts": "三组 14 盏路灯中有 6 盏不亮。\n路灯由镇里统一维护，责任在我办。",
        "opinion": "支持您的诉求。",
        "legal_basis": ("《信访工作条例》第三十二条",),
        "outcome": "2026年12月18日前修好全部 6 盏路灯。",
        "remedies": (REVIEW,),
    }
    return data.LetterData(**(standard | changes))


def plain(kind: data.PlainKind, **changes) -> data.PlainLetterData:
    standard = {"head": head(), "kind": kind, "paragraphs": ("您反映的事项已经收到。",)}
    return data.PlainLetterData(**(standard | changes))


def case_file(**changes) -> data.CaseFileData:
    standard = {
        "body": BODY,
        "code": "K7QF9M2TX",
        "made_at": AT,
        "status": "等待处理意见，最晚 2026年12月3日。",
        "asked": "路灯坏了半年。",
        "facts": (("地点", "渔湾村三组"),),
        "clocks": (
            data.Clock(what="告知", by=date(2026, 12, 8), state=data.ClockState.MET, why="加 15 日"),
            data.Clock(what="答复", by=date(2027, 2, 6), state=data.ClockState.LATE, why="加 60 日"),
        ),
        "decisions": (
            data.Decision(
                decided_on=date(2026, 12, 4),
                post="主任",
                claim="修好路灯",
                legal_basis=("第三十二条",),
                remedies=(REVIEW,),
            ),
        ),
        "messages": (data.Message(at=AT, who="您", text="又坏了两盏。", from_person=True),),
        "timeline": (
            data.Entry(
                recorded_at=AT,
                who="窗口岗",
                what="登记",
                claimed_at=datetime(2026, 11, 22, tzinfo=UTC),
                claimed_by="邮戳",
            ),
        ),
        "attachments": (data.Attachment(name="照片 1.jpg", size=2_345_678, sha256="9f" * 32),),
        "looks": (data.Look(at=AT, post="窗口岗", why="补发回执"),),
    }
    return data.CaseFileData(**(standard | changes))


def work_list(count: int = 3, **changes) -> data.ListData:
    standard = {
        "body": BODY,
        "title": "即将到期",
        "columns": (data.Column(title="编号"), data.Column(title="事项", share=4)),
        "rows": tuple((f"K7QF-{i:04d}", "路灯不亮") for i in range(count)),
        "made_at": AT,
        "filters": ("本单位", "7 天内到期"),
    }
    return data.ListData(**(standard | changes))


def notice_sheet(**changes) -> data.SheetData:
    standard = {
        "body": BODY,
        "origin": "wen.qinghe.example/record",
        "size": 1_234_567,
        "root": "udvB1t1XbGfdQSOxegDAB2p8fVON+JGb2QFVbDJCA=AA",
        "published_at": AT,
        "made_at": AT,
        "address": "https://wen.qinghe.example/record/",
        "key": "wen.qinghe.example/record+5ccb4331+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop",
        "checkpoint": "wen.qinghe.example/record\n1234567\n…\n\n— wen.qinghe.example/record XMtD\n".encode(),
        "witnesses": ("临水县人民法院",),
        "stamped_at": AT,
    }
    return data.SheetData(**(standard | changes))
