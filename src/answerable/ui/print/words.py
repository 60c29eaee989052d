"""The words of printed pages, in each language, and how a day is written.

Kept apart from the message catalogue of the pages: paper is printed in the reader's language, whatever
language the one who prints it uses, and templates get all words of one language at once.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal, get_args

Lang = Literal["zh-hans", "en"]
LANGUAGES: tuple[Lang, ...] = get_args(Lang)

# key: (Simplified Chinese, English). Placeholders are filled by templates and by `said`.
WORDS: dict[str, tuple[str, str]] = {
    "page": ("第 {page} 页，共 {pages} 页", "Page {page} of {pages}"),
    "printed": ("打印于 {when}", "Printed {when}"),
    "printed_by": ("{post}打印于 {when}", "Printed {when} by {post}"),
    "number": ("编号 {number}", "No. {number}"),
    "labelled": ("{label}：{value}", "{label}: {value}"),
    "why_this_day": ("这个日期怎么算的：", "How this date was computed: "),
    "until": ("截至 {day}（含当日）", "Until {day}, that day included"),
    "by": ("不晚于 {day}", "By {day}"),
    "no_day": ("没有期限", "No time limit"),
    "preview": ("预览稿，尚未发出", "Preview, not sent"),
    "end_of_file": ("以下无正文。", "End of the file."),
    # how a paper stands in the public log
    "in_log_head": ("公开日志中的记录", "In the public log"),
    "in_log": (
        "已编入公开日志 {log}，是第 {number} 条。",
        "Recorded as entry {number} of the public log {log}.",
    ),
    "in_log_promised": (
        "已经记录。本单位签名承诺：最晚 {by} 编入公开日志 {log}，届时凭编号和密码可在网上取得证明。",
        "Recorded. The office has signed its promise that this is in the public log {log} by {by}; its proof is "
        "then on the page of your matter.",
    ),
    "in_log_unsigned": (
        "已经记录。证明随后可凭编号和密码在网上取得。",
        "Recorded. Its proof follows on the page of your matter.",
    ),
    "in_log_small": (
        "小码：用手机扫，查看这一条。",
        "Small code: scan it with a telephone to see the entry.",
    ),
    "in_log_full": (
        "大码：完整的证明，可用核验程序离线核对，不必依赖本单位。",
        "Large code: the whole proof; a verifier checks it offline, without relying on the office.",
    ),
    "in_log_promise": (
        "此码是签名的承诺书；到时没有兑现，它就是凭据。",
        "The code is the signed promise. If it is not kept, this is the evidence.",
    ),
    "in_log_no_content": (
        "码里没有内容，也没有您的信息。",
        "The codes hold neither what it is about nor who you are.",
    ),
    "record_small_alt": ("二维码，指向公开日志中的条目", "QR code leading to the entry in the public log"),
    "record_full_alt": ("二维码，含完整证明", "QR code with the whole proof"),
    "record_promise_alt": ("二维码，含签名的承诺书", "QR code with the signed promise"),
    # receipt
    "receipt": ("登记回执", "Receipt"),
    "receipt_says": (
        "您反映的事项已于 {when} 登记。",
        "Your matter was registered on {when}.",
    ),
    "receipt_code": ("您的编号", "Your code"),
    "receipt_code_hint": (
        "查询、来电或到窗口时，请报这个编号。其中没有容易看混的字母和数字。",
        "Give this code when you look it up, call or come to the counter. It has no letters or digits that "
        "look alike.",
    ),
    "receipt_follow": ("在网上查看", "Follow it online"),
    "receipt_follow_hint": (
        "扫码或输入网址，再填编号和密码。二维码里没有密码。",
        "Scan, or type the address; then enter code and secret. The QR code does not hold the secret.",
    ),
    "receipt_qr_alt": (
        "二维码，内容是网址 {url}，不含密码",
        "QR code with the address {url}, without the secret",
    ),
    "receipt_next": ("接下来", "What happens next"),
    "receipt_what": ("事项", "What"),
    "receipt_by": ("最晚日期", "At the latest"),
    "receipt_why": ("日期怎么算的", "How the date was computed"),
    "receipt_answers": ("由谁负责答复", "Who answers for it"),
    "receipt_answers_unit": ("{unit}　{post}", "{post}, {unit}"),
    "receipt_who_sees": ("谁能看到您是谁", "Who sees who you are"),
    "receipt_raise": ("觉得办得慢、办得不对", "If it takes too long or goes wrong"),
    "receipt_raise_text": (
        "您随时可以请上一级过问：在查询页面点“请上一级过问”，或者打电话、到窗口报编号和密码。不需要理由，"
        "也不用等到期限届满。过了期限还没有答复，系统会自动报给上一级，并告诉您。",
        "You can raise it to the level above at any time: choose “Raise it to the level above” on its page, or "
        "say your code and secret on the telephone or at the counter. You need no reason and need not wait for "
        "a date to pass. If a date passes without an answer, the system itself lifts the matter to the level "
        "above and tells you.",
    ),
    "receipt_rights": ("您的权利", "Your rights"),
    "receipt_right_write": (
        "可以随时补充材料、撤回，也可以取消撤回。",
        "You may add to it, withdraw it, and undo the withdrawal, at any time.",
    ),
    "receipt_right_answer": (
        "您会得到答复和理由，并被告知不同意时还能找谁、到哪天为止。",
        "You get an answer with reasons, and are told where you can go, and until when, if you do not agree.",
    ),
    "receipt_right_closed": (
        "是否解决，由您来说；您说“没有解决”，会和办理单位的结论记在一起。",
        "Whether it is solved is yours to say; your “not solved” stands beside what the office says.",
    ),
    "receipt_right_seen": (
        "谁查看过您的身份、什么时候、为什么，您在查询页面上都能看到。",
        "Your page shows you who looked at your identity, when, and why.",
    ),
    "receipt_right_safe": (
        "任何人不得因此报复您；您可以要求删除个人信息。",
        "Nobody may retaliate against you for it; you may ask to have your personal data erased.",
    ),
    "receipt_cut": ("沿此线剪下，与上半页分开保管", "Cut here and keep this part apart from the sheet above"),
    "receipt_secret": ("密码", "Secret"),
    "receipt_secret_text": (
        "编号和密码要一起用。只给您本人；工作人员不会在电话或短信里主动向您要。有人捡到这张纸条，没有编号也打不开。",
        "It works only together with the code and is for you alone; no office will call or write to ask for it. "
        "Whoever finds this slip can open nothing without the code.",
    ),
    "receipt_secret_lost": (
        "丢了可以补发，旧密码随即作废。",
        "If it is lost you can get a new one, and the old one stops working.",
    ),
    # letters
    "letter_decision": ("处理意见书", "Decision"),
    "letter_acknowledgement": ("收到告知书", "Acknowledgement"),
    "letter_notice": ("告知书", "Notice"),
    "letter_question": ("请您补充情况", "A question to you"),
    "letter_passed_on": ("转送告知书", "Your matter was passed on"),
    "letter_extension": ("延长期限告知书", "More time is needed"),
    "letter_lifted": ("逾期事项督办函", "A matter past its date"),
    "letter_body_outside": ("工作联系函", "Letter about a matter"),
    "letter_to_person": ("编号 {code} 事项的提出人", "To the person who raised matter {code}"),
    "letter_claim": ("您的诉求", "What you asked for"),
    "letter_facts": ("查明的事实和理由", "Facts and reasons"),
    "letter_opinion": ("处理意见", "Opinion"),
    "letter_basis": ("依据", "Legal basis"),
    "letter_outcome": ("处理结果", "Outcome"),
    "letter_remedies": ("如果您不同意", "If you do not agree"),
    "letter_steps": ("接下来", "What happens next"),
    "letter_to_body": ("向{body}提出", "Decided by: {body}"),
    "letter_enclosures": ("附件", "Enclosures"),
    "letter_copies": ("抄送", "Copies to"),
    "letter_slip": ("回执（请填写后寄回）", "Confirmation of receipt (please fill in and return)"),
    "letter_slip_text": (
        "编号 {number} 的来函已收到。",
        "The letter no. {number} has been received.",
    ),
    "letter_slip_day": ("收到日期", "Received on"),
    "letter_slip_post": ("经办岗位", "Post in charge"),
    "letter_slip_reach": ("联系方式", "How to reach it"),
    "letter_slip_sign": ("签名或盖章", "Signature or seal"),
    # case file
    "file": ("事项卷宗", "Case file"),
    "file_for": ("供{whom}查阅", "Made for {whom}"),
    "file_overview": ("概况", "Overview"),
    "file_asked": ("反映的内容", "What is asked"),
    "file_clocks": ("期限", "Deadlines"),
    "file_clock": ("期限", "Deadline"),
    "file_by": ("最晚日期", "At the latest"),
    "file_state": ("状态", "State"),
    "file_decisions": ("处理意见", "Decisions"),
    "file_decision_of": ("{title}（{day}）", "{title}, {day}"),
    "file_claim": ("诉求", "Claim"),
    "file_remedies": ("后续途径", "Remedies"),
    "file_messages": ("往来信息", "Messages"),
    "file_timeline": ("全部记录", "Everything that was done"),
    "file_when": ("时间", "When"),
    "file_who": ("岗位", "Who"),
    "file_what": ("事项", "What"),
    "file_why": ("理由", "Why"),
    "file_claimed": ("称发生于 {when}", "said to have happened {when}"),
    "file_claimed_by": ("称发生于 {when}（{who}）", "said to have happened {when} ({who})"),
    "file_attachments": ("附件清单", "Attachments"),
    "file_attachment": ("文件", "File"),
    "file_size": ("大小", "Size"),
    "file_digest": ("SHA-256 校验值", "SHA-256"),
    "file_looks": ("谁查看过身份信息", "Who looked at the identity"),
    "file_no_looks": ("没有人查看过。", "Nobody has."),
    "file_none": ("没有。", "None."),
    "file_person_identity": (
        "身份和联系方式另行封存，不在本卷宗内。",
        "Identity and contact channels are kept apart and are not in this file.",
    ),
    "state_running": ("办理中", "running"),
    "state_paused": ("已暂停", "paused"),
    "state_met": ("已完成", "met"),
    "state_met_late": ("逾期后完成", "met late"),
    "state_late": ("已逾期", "late"),
    # list
    "list_count": ("共 {count} 条", "Rows: {count}"),
    "list_cut": (
        "只打印前 {printed} 条，共 {count} 条；全部内容请导出表格。",
        "Only the first {printed} rows of {count} are printed; export the table to have them all.",
    ),
    "list_empty": ("按这些条件没有找到事项。", "Nothing matches these filters."),
    # a duty roster for the wall
    "roster_title": ("{line} {month}值班表", "Duty roster, {line}, {month}"),
    "roster_day": ("日期", "Day"),
    "roster_hours": ("每班 {hours}", "Each shift {hours}"),
    "roster_phone": ("值班电话 {phone}", "Telephone of the duty room {phone}"),
    "roster_fair": ("公平情况（可逐项数出核对）", "How evenly it is shared (count for yourself)"),
    "roster_gap": ("缺", "nobody"),
    "roster_empty": ("这个月还没有公布的值班安排。", "Nothing is published for this month yet."),
    "roster_care": ("值班信息仅供值班使用。", "Duty data is for duty only."),
    # the log's head on the notice board, in both languages on one sheet
    "sheet": ("公开日志的当前状态", "The public log as it stands"),
    "sheet_lead": (
        "每一次受理和办理都在一份只能增加、不能改写的公开日志里。下面的数字锁定了其中的每一条：只要有一条被改动、删除或补记到从前，"
        "这个数字就会不同。请拍照或抄下这张纸。",
        "Every act of this office stands in a public log that can only grow. The figure below fixes every entry of it: "
        "were one changed, removed or added to the past, the figure would be another. Take a photograph of this sheet, "
        "or copy it.",
    ),
    "sheet_log": ("日志", "Log"),
    "sheet_size": ("条目数", "Entries"),
    "sheet_root": ("全部条目的摘要（根值）", "The figure over all of them (root)"),
    "sheet_time": ("发布时间", "Published"),
    "sheet_stamp": ("机构加盖的时间戳", "Time-stamped by an authority"),
    "sheet_witnesses": ("见证方", "Witnesses"),
    "sheet_key": ("签名所用的公钥", "The key that signs"),
    "sheet_qr": ("二维码中是经签名的摘要全文", "The QR code holds the signed head, word for word"),
    "sheet_qr_alt": (
        "二维码，内容是经签名的日志摘要",
        "QR code with the signed head of the log",
    ),
    "sheet_check": ("怎样核对", "How to check it"),
    "sheet_check_now": (
        "把这里的条目数和摘要与 {address}checkpoint 上的比较：条目数只会更多，不会更少。",
        "Compare size and figure with {address}checkpoint: there may be more entries there, never fewer.",
    ),
    "sheet_check_monitor": (
        "想每天自动核对的人，用这里的公钥运行：answerable record monitor {address} --key 公钥。这个程序不属于本机关，任何人都可以使用。",
        "To have it checked every day, run this with the key above: answerable record monitor {address} --key KEY. "
        "Anybody may use the program; it need not come from this office.",
    ),
    "sheet_check_later": (
        "日后有人怀疑日志被改写时，这张纸就是证据：前 {size} 条必须仍然得出这个摘要。",
        "Should somebody doubt the log one day, this sheet is evidence: its first {size} entries must still lead to this "
        "figure.",
    ),
    "list_care": ("用后请销毁。", "Please destroy after use."),
}

WEEKDAYS_ZH = "一二三四五六日"
WEEKDAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS_EN = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def words(lang: Lang) -> dict[str, str]:
    """All words of one language, by key."""
    place = LANGUAGES.index(lang)
    return {key: both[place] for key, both in WORDS.items()}


def said(key: str, lang: Lang, **values: str) -> str:
    """One phrase with its placeholders filled. Raises KeyError for an unknown key or a missing value."""
    return words(lang)[key].format(**values)


def day(on: date, lang: Lang) -> str:
    """A local day with its weekday: `2026年12月3日（星期四）`, `Thursday 3 December 2026`."""
    if lang == "zh-hans":
        return f"{plain_day(on, lang)}（星期{WEEKDAYS_ZH[on.weekday()]}）"
    return f"{WEEKDAYS_EN[on.weekday()]} {plain_day(on, lang)}"


def plain_day(on: date, lang: Lang) -> str:
    """A local day: `2026年12月3日`, `3 December 2026`."""
    if lang == "zh-hans":
        return f"{on.year}年{on.month}月{on.day}日"
    return f"{on.day} {MONTHS_EN[on.month - 1]} {on.year}"


def moment(at: datetime, lang: Lang) -> str:
    """An instant in the zone it carries: `2026年11月23日 14:05`, `23 November 2026, 14:05`.

    Raises ValueError for a naive one: what is printed must not depend on where it was printed.
    """
    if at.tzinfo is None:
        raise ValueError("A printed time needs its time zone.")
    joint = " " if lang == "zh-hans" else ", "
    return f"{plain_day(at, lang)}{joint}{at:%H:%M}"


def size(octets: int) -> str:
    """A file size a person can read: `812 B`, `14 kB`, `2.3 MB` (powers of ten)."""
    if octets < 1000:
        return f"{octets} B"
    if octets < 1_000_000:
        return f"{round(octets / 1000)} kB"
    return f"{octets / 1_000_000:.1f} MB"
