"""Each paper is read back: its words, language, title, pages, and what must not be on it."""

from __future__ import annotations

import dataclasses
from datetime import date, datetime

import pytest

from answerable.ui.print import data, engine, qr, render, words
from answerable.ui.print.tests.samples import (
    AT,
    LANGS,
    SECRET,
    URL,
    bare,
    case_file,
    decision,
    head,
    notice_sheet,
    plain,
    read,
    receipt,
    words_of,
    work_list,
)

#: As large as the proof of a log with a million entries, and a promise.
PROOF = "TLOG1:" + "A1B2" * 300
PROMISE = b"answerable/promise/v1\n" + bytes(230)


def lowest_words(page) -> float:
    """Points from the foot of the sheet to its lowest line of text."""
    heights = []
    page.extract_text(
        visitor_text=lambda t, cm, tm, font, size: heights.append(cm[5] + tm[5]) if t.strip() else None
    )
    return min(heights)


EVERYTHING = {
    "receipt": lambda lang: render.receipt(receipt(), lang),
    "decision": lambda lang: render.decision_letter(decision(), lang),
    "plain": lambda lang: render.plain_letter(plain(data.PlainKind.LIFTED, confirm_receipt=True), lang),
    "case_file": lambda lang: render.case_file(case_file(), lang),
    "list": lambda lang: render.list_print(work_list(), lang),
    "sheet": lambda lang: render.notice_sheet(notice_sheet(), lang),
}


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("paper", EVERYTHING)
def test_every_paper_is_archivable_accessible_titled_and_in_its_language(paper, lang):
    pdf = read(EVERYTHING[paper](lang))
    catalog = pdf.trailer["/Root"]
    assert catalog["/Lang"] == {"zh-hans": "zh-CN", "en": "en-GB"}[lang]
    assert catalog["/MarkInfo"]["/Marked"]
    assert pdf.metadata is not None
    assert pdf.metadata.title
    meta = catalog["/Metadata"].get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part>" in meta
    assert "<pdfaid:conformance>B</pdfaid:conformance>" in meta
    assert "<pdfuaid:part>1</pdfuaid:part>" in meta
    width, height = pdf.pages[0].mediabox.width, pdf.pages[0].mediabox.height
    assert {round(width), round(height)} == {595, 842}
    assert (width > height) == (paper == "list")


@pytest.mark.parametrize("paper", EVERYTHING)
def test_the_same_facts_give_the_same_bytes(paper):
    assert EVERYTHING[paper]("en") == EVERYTHING[paper]("en")


def test_pages_are_numbered_and_carry_the_number_of_the_letter():
    long = decision(facts="路灯由镇里统一维护。\n" * 120)
    for lang, last in (("zh-hans", "第{0}页，共{0}页"), ("en", "Page{0}of{0}")):
        pdf = render.decision_letter(long, lang)
        pages = read(pdf).pages
        assert len(pages) > 2
        assert bare(last.format(len(pages))) in bare(pages[-1].extract_text())
        assert all("青诉〔2026〕12号" in bare(page.extract_text()) for page in pages)


@pytest.mark.parametrize("lang", LANGS)
def test_the_notice_board_sheet_says_everything_in_both_languages_on_one_page(lang):
    pdf = render.notice_sheet(notice_sheet(), lang)
    assert len(read(pdf).pages) == 1
    text = words_of(pdf)
    for part in (
        "1234567",
        "udvB1t1XbGfd",
        "公开日志的当前状态",
        "The public log as it stands",
        "临水县人民法院",
    ):
        assert bare(part) in text
    for part in (
        "2026年11月23日14:05",
        "23 November 2026, 14:05",
        "+ATtqJ7zOtqQ",
        "answerable record monitor https://",
    ):
        assert bare(part) in text
    bare_of_stamps = words_of(render.notice_sheet(notice_sheet(witnesses=(), stamped_at=None), lang))
    assert "见证方" not in bare_of_stamps


# The two dates of a petition, as their own sentences tell them.
TWO_STEPS = {
    "zh-hans": [
        (
            "书面告知接收情况、处理途径和程序",
            "2026年11月29日（星期日）首次收到，当天不算，从第二天起算。 期限为15日。 "
            "最后一天是2026年12月14日（星期一），次日起算逾期。 依据：信访工作条例第 23 条。",
        ),
        (
            "从收到到作出处理意见的总时限",
            "2026年11月29日（星期日）首次收到，当天不算，从第二天起算。 期限为90日。 "
            "最后一天是2027年2月27日（星期六），次日起算逾期。 依据：信访工作条例。 规定对此没有写明期限，这个期限由本系统设定。",
        ),
    ],
    "en": [
        (
            "Written notice of receipt, path and procedure",
            "The office first received this on Sunday 29 November 2026. That day is day zero. The limit is 15 days. "
            "The last day in time is Monday 14 December 2026; it is late from the day after. "
            "Rule: Regulations on Petition Work (China, 2022), article 23.",
        ),
        (
            "From first receipt to the decision, in all",
            "The office first received this on Sunday 29 November 2026. That day is day zero. The limit is 90 days. "
            "The last day in time is Saturday 27 February 2027; it is late from the day after. "
            "Rule: Regulations on Petition Work (China, 2022). "
            "The rule itself gives no number here; this one is set by the software.",
        ),
    ],
}


class TestReceipt:
    def test_code_date_steps_and_post_are_on_it(self):
        text = words_of(render.receipt(receipt(), "zh-hans"))
        for part in ("K7QF9M2TX", URL, "2026年11月23日14:05登记", "城镇建设办公室", "城建办主任", "没有期限"):
            assert bare(part) in text
        assert "2027年2月6日（星期六）" in text
        assert bare("自受理之日起 60 日（第三十四条）") in text
        assert "请上一级过问" in text

    def test_secret_is_printed_once_on_the_slip_below_the_cut(self):
        text = words_of(render.receipt(receipt(), "en"))
        above, below = text.split("Cuthere")
        assert SECRET not in above
        assert below.count(SECRET) == 1
        assert "K7QF9M2TX" not in below
        assert "青禾" not in below

    def test_qr_code_holds_the_address_alone(self):
        """The drawing on the sheet is the one of the address, and an address with the secret is refused."""
        assert SECRET not in qr.svg(URL)
        for url in (f"{URL}?s={SECRET}", f"{URL}#3h8w-r5jp-c4nx-7ayd"):
            with pytest.raises(ValueError, match="must not hold the secret"):
                render.receipt(receipt(follow_url=url), "en")

    def test_has_no_field_for_what_the_matter_is_about(self):
        names = {field.name for field in dataclasses.fields(data.ReceiptData)}
        assert not names & {"subject", "text", "claim", "asked", "title", "place", "party", "name"}

    def test_reprint_without_secret_has_no_slip(self):
        text = words_of(render.receipt(receipt(secret=None), "en"))
        assert "Cuthere" not in text
        assert SECRET not in text

    def test_standard_receipt_is_one_sheet(self):
        for lang in LANGS:
            assert len(read(render.receipt(receipt(), lang)).pages) == 1

    def test_long_receipt_keeps_the_strip_of_the_slip_free_on_every_sheet(self):
        step = data.Step(what="告知您", by=AT.date(), why="自收到之日起 15 日" * 8)
        pages = read(render.receipt(receipt(steps=(step,) * 14), "zh-hans")).pages
        assert len(pages) > 1
        assert [SECRET in bare(page.extract_text()) for page in pages] == [False] * (len(pages) - 1) + [True]
        for page in pages[:-1]:
            assert lowest_words(page) > 105


class TestLetters:
    def test_decision_has_every_part_with_its_date_and_body(self):
        text = words_of(render.decision_letter(decision(), "zh-hans"))
        in_order = (
            "编号K7QF9M2TX事项的提出人",
            "处理意见书",
            "一、您的诉求",
            "二、查明的事实和理由",
            "三、处理意见",
            "四、依据",
            "五、处理结果",
            "六、如果您不同意",
            "临水县人民政府",
            "截至2027年1月4日（星期一）（含当日）",
            "城镇建设办公室主任",
        )
        places = [text.find(part) for part in in_order]
        assert -1 not in places
        assert places == sorted(places)

    def test_parts_that_are_empty_leave_no_heading_and_no_hole_in_the_numbers(self):
        text = words_of(render.decision_letter(decision(facts="", legal_basis=(), remedies=()), "en"))
        assert "Legalbasis" not in text
        assert "Factsandreasons" not in text
        assert "1.Whatyouaskedfor" in text
        assert "3.Outcome" in text

    def test_how_it_stands_in_the_log_is_said_with_the_codes_that_are_there(self):
        def said(**facts) -> str:
            return words_of(
                render.decision_letter(decision(in_log=data.InLog(log="town.example/record", **facts)), "en")
            )

        assert "Inthepubliclog" not in words_of(render.decision_letter(decision(), "en"))
        proved = said(number=43, small=URL, full=PROOF)
        assert "Recordedasentry43ofthepubliclogtown.example/record." in proved
        assert "Smallcode" in proved
        assert "Largecode" in proved
        promised = said(by=AT, promise=PROMISE)
        assert "by23November2026,14:05" in promised
        assert "Largecode" not in promised
        assert "Itsprooffollows" in said()

    @pytest.mark.parametrize("lang", LANGS)
    @pytest.mark.parametrize(
        "facts", [{"number": 43, "small": URL, "full": PROOF}, {"by": AT, "promise": PROMISE}]
    )
    def test_a_short_letter_and_a_receipt_stay_one_sheet_with_it(self, lang, facts):
        found = data.InLog(log="town.example/record", **facts)
        assert len(read(render.decision_letter(decision(in_log=found), lang)).pages) == 1
        said = TWO_STEPS[lang]
        steps = tuple(data.Step(what=what, by=date(2027, 2, 27), why=why) for what, why in said)
        sees = "Whoever opens your name has to give a reason, and you see at once which post looked, when, and why."
        two = receipt(in_log=found, steps=steps, who_sees_you=sees)
        assert len(read(render.receipt(two, lang)).pages) == 1, "as the petition regulations' receipt is"

    def test_the_large_code_costs_a_receipt_no_second_sheet(self):
        found = data.InLog(log="town.example/record", number=43, small=URL, full=PROOF)
        step = data.Step(what="告知您", by=AT.date(), why="自收到之日起 15 日")
        pdf = render.receipt(receipt(in_log=found, steps=(step,) * 7), "en")
        assert engine.pages_of(pdf) == len(read(pdf).pages) == 1
        assert "Smallcode" in words_of(pdf)
        assert "Largecode" not in words_of(pdf)

    def test_a_code_too_fine_to_be_read_off_paper_is_left_out(self):
        found = data.InLog(log="town.example/record", number=43, small=URL, full="TLOG1:" + "A" * 3000)
        text = words_of(render.decision_letter(decision(in_log=found), "en"))
        assert "Smallcode" in text
        assert "Largecode" not in text

    @pytest.mark.parametrize("lang", LANGS)
    @pytest.mark.parametrize("kind", data.PlainKind)
    def test_each_plain_letter_has_its_own_title(self, kind, lang):
        pdf = render.plain_letter(plain(kind), lang)
        assert read(pdf).metadata.title == words.said(f"letter_{kind.value}", lang)
        assert bare("您反映的事项已经收到。") in words_of(pdf)

    def test_slip_to_confirm_receipt_is_printed_only_on_demand(self):
        assert (
            "Received on"
            not in read(render.plain_letter(plain(data.PlainKind.LIFTED), "en")).pages[0].extract_text()
        )
        asked = render.plain_letter(plain(data.PlainKind.LIFTED, confirm_receipt=True), "en")
        assert "Receivedon" in words_of(asked)

    def test_preview_is_marked_on_every_page(self):
        letter = decision(head=head(preview=True), facts="路灯由镇里统一维护。\n" * 120)
        pages = read(render.decision_letter(letter, "zh-hans")).pages
        assert len(pages) > 2
        assert all("预览稿，尚未发出" in bare(page.extract_text()) for page in pages)
        assert "预览" not in words_of(render.decision_letter(decision(), "zh-hans"))


class TestCaseFile:
    def test_holds_clocks_decisions_messages_acts_files_and_looks(self):
        text = words_of(render.case_file(case_file(), "zh-hans"))
        for part in (
            "等待处理意见",
            "路灯坏了半年",
            "✓已完成",
            "▲已逾期",
            "加60日",
            "又坏了两盏",
            "称发生于2026年11月22日00:00（邮戳）",
            "照片1.jpg",
            "2.3MB",
            "9f" * 32,
            "补发回执",
        ):
            assert part in text

    def test_empty_file_says_that_there_is_nothing(self):
        empty = data.CaseFileData(body=data.Body(name="镇"), code="K", made_at=AT, status="刚登记。")
        text = words_of(render.case_file(empty, "zh-hans"))
        assert "没有人查看过" in text
        assert text.count("没有。") == 4


class TestList:
    def test_rows_count_and_filters(self):
        text = words_of(render.list_print(work_list(40), "zh-hans"))
        assert "K7QF-0039" in text
        assert "共40条" in text
        assert "本单位；7天内到期" in text

    def test_heads_are_repeated_on_every_page(self):
        pages = read(render.list_print(work_list(90), "zh-hans")).pages
        assert len(pages) > 2
        assert all("编号" in page.extract_text() for page in pages)

    def test_empty_list_says_so(self):
        assert "Nothingmatches" in words_of(render.list_print(work_list(0), "en"))

    def test_row_of_another_width_is_refused(self):
        with pytest.raises(ValueError, match="as many cells"):
            render.list_print(work_list(rows=(("a", "b", "c"),)), "en")

    def test_a_list_too_long_for_paper_says_what_is_missing(self, monkeypatch):
        monkeypatch.setattr(render, "MAX_ROWS", 5)
        text = words_of(render.list_print(work_list(7), "en"))
        assert "K7QF-0004" in text
        assert "K7QF-0005" not in text
        assert "first5rowsof7" in text


class TestTypesetter:
    def test_unknown_template_and_language_are_refused(self):
        with pytest.raises(render.CannotPrint):
            render.render("../house", {"title": "x"}, lang="en", made_at=AT)
        with pytest.raises(ValueError, match="on paper"):
            render.render("list", {"title": "x"}, lang="fr", made_at=AT)

    def test_time_without_zone_is_refused(self):
        with pytest.raises(ValueError, match="zone"):
            render.receipt(receipt(registered_at=datetime(2026, 1, 1)), "en")  # noqa: DTZ001

    def test_failure_says_nothing_of_what_was_to_be_printed(self):
        with pytest.raises(engine.CannotPrint) as failure:
            render.render("list", {"title": "私密"}, lang="en", made_at=AT)
        assert "私密" not in str(failure.value)
