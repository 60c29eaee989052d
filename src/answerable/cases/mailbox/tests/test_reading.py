"""Whatever arrives is read, or said to be unreadable: no database, no server."""

from __future__ import annotations

import base64
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.cases.mailbox import reading
from answerable.cases.mailbox.html_text import words_of
from answerable.cases.mailbox.quoting import own_words
from answerable.cases.mailbox.reading import Kind, read

from .mails import bounce, mail, raw

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def test_a_letter_is_read():
    found = read(raw())
    assert (found.kind, found.sender, found.sender_name) == (Kind.LETTER, "li@example.org", "李兰")
    assert (found.subject, found.text) == ("路灯不亮", "村口的路灯坏了两个月。")


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        ({"Auto_Submitted": "auto-replied (vacation)"}, Kind.AUTOMATIC),
        ({"Auto_Submitted": "no"}, Kind.LETTER),
        ({"Precedence": "bulk"}, Kind.LIST),
        ({"List_Id": "<news.example.org>"}, Kind.LIST),
        ({"Precedence": "auto_reply"}, Kind.AUTOMATIC),
        ({"X_Autoreply": "yes"}, Kind.AUTOMATIC),
        ({"Return_Path": "<>"}, Kind.AUTOMATIC),
        ({"X_Spam_Flag": "YES"}, Kind.SPAM),
        ({"subject": "自动回复：路灯"}, Kind.AUTOMATIC),
        ({"sender": "MAILER-DAEMON@example.org"}, Kind.AUTOMATIC),
        ({"sender": "help@town.example"}, Kind.OWN),
        ({"sender": ""}, Kind.NO_SENDER),
        ({"sender": "a@example.org, b@example.org"}, Kind.NO_SENDER),
        ({"message_id": "<0192aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee@answerable>"}, Kind.OWN),
    ],
)
def test_what_it_is(headers, kind):
    assert read(raw(**headers), own="Help@town.example").kind is kind


def test_a_bounce_names_our_message_and_a_delay_is_none():
    ours = "0192aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee"
    found = read(bounce(f"<{ours}.{'a' * 45}@answerable>"))
    assert (found.kind, found.deliveries) == (Kind.BOUNCE, (ours,))
    assert read(bounce(f"<{ours}@answerable>", action="delayed")).kind is Kind.AUTOMATIC
    assert read(bounce("<other@example.org>")).kind is Kind.AUTOMATIC


def test_the_token_is_found_in_what_it_answers_and_in_the_address():
    token = "a" * 45
    answer = read(raw(In_Reply_To=f"<0192aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee.{token}@answerable>"))
    assert answer.tokens == (token,)
    plus = mail()
    plus.replace_header("To", f"help+{token}@town.example")
    assert read(plus.as_bytes()).tokens == (token,)
    assert read(raw(In_Reply_To="<forged@example.org>")).tokens == ()


@pytest.mark.parametrize("label", ["gb2312", "gbk", "GB18030", "utf-8", "us-ascii", "no-such-charset", ""])
def test_chinese_in_any_wrapping(label):
    said = "路灯坏了，镕𠮷"
    data = said.encode("utf-8" if label in ("utf-8", "us-ascii") else "gb18030")
    head = (
        f"From: li@example.org\r\nSubject: =?{label or 'gb18030'}?B?{base64.b64encode(data).decode()}?=\r\n"
    )
    kind = f"Content-Type: text/plain; charset={label}\r\n" if label else ""
    found = read((head + kind + "Content-Transfer-Encoding: 8bit\r\n\r\n").encode() + data)
    assert (found.subject, found.text) == (said, said)


def test_a_raw_subject_in_gbk():
    found = read("From: 李兰 <li@example.org>\r\nSubject: 路灯\r\n\r\n坏了".encode("gb18030"))
    assert (found.subject, found.sender_name, found.text) == ("路灯", "李兰", "坏了")


def test_files_and_messages_in_messages():
    outer = mail()
    outer.add_attachment(PNG, maintype="image", subtype="png", filename="灯.png")
    inner = mail("里面的话", subject="转发", message_id="<in@example.org>", Received="from 203.0.113.7")
    outer.add_attachment(inner)
    found = read(outer.as_bytes())
    assert found.files[0].name == "灯.png"
    assert "里面的话" in found.files[1].data.decode()
    assert "203.0.113.7" not in found.files[1].data.decode()
    assert "里面的话" not in found.text


def test_html_alone_becomes_words_and_an_alternative_is_told_once():
    page = "<style>p{}</style><p>路灯&amp;<b>坏了</b></p><script>alert(1)</script><img src=http://x/y>谢谢"
    only = mail()
    only.set_content(page, subtype="html")
    assert read(only.as_bytes()).text == "路灯&坏了\n谢谢"
    both = mail("纯文本")
    both.add_alternative("<p>网页</p>", subtype="html")
    assert read(both.as_bytes()).text == "纯文本"


@pytest.mark.parametrize(
    "header",
    [
        b"Subject: " + b"=?utf-8?q?a?= " * 50_000,
        b"Content-Type: text/plain; " + b"a=b; " * 100_000,
        b'Content-Disposition: inline; filename="' + b"=?a?q?" * 50_000 + b'"',
    ],
)
def test_a_header_of_a_megabyte_is_read_in_seconds(header):
    """The standard library would be at it for hours; the rest of the message is read as ever."""
    began = time.monotonic()
    found = read(b"From: li@example.org\r\n" + header + b"\r\n\r\nThe lamp is out.")
    assert time.monotonic() - began < 5
    assert "The lamp is out." in found.text + "".join(one.data.decode() for one in found.files)


def test_a_sign_by_a_number_of_thousands_of_digits_leaves_the_words():
    page = b"Content-Type: text/html\r\n\r\n<p>The lamp &#" + b"9" * 5000 + b"; is out.</p>"
    assert "is out." in read(b"From: li@example.org\r\n" + page).text


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"\0" * 200,
        b"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=\r\n\r\nx",
        b'From: a@b.example\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n',
        b"From: a@b.example\r\nContent-Transfer-Encoding: base64\r\n\r\n%%%%",
        b"From: =?utf-8?B?//?= <a@b.example>\r\nSubject: =?x?q?y\r\n\r\nz",
        b"From: a@b.example\r\nContent-Disposition: attachment; filename*=x'y'%zz\r\n\r\nz",
        b"".join(
            b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (n, n) for n in range(400)
        ),
        b"From: a@b.example\r\nContent-Type: message/rfc822\r\n\r\n" * 300,
    ],
    ids=["nothing", "zeros", "boundary", "open", "base64", "words", "name", "nested", "inside"],
)
def test_broken_mail_is_read_or_said_to_be_unreadable(broken):
    began = time.monotonic()
    assert read(broken).name
    assert time.monotonic() - began < 5


@given(st.binary(max_size=400))
def test_no_bytes_break_the_reader(data):
    assert read(b"From: a@b.example\r\n" + data).name
    assert read(data).name


def test_a_copied_name_does_not_hide_another_message():
    assert read(raw("一")).name == read(raw("一", Received="by mx")).name
    assert read(raw("一")).name != read(raw("二")).name


@pytest.mark.parametrize(
    "above",
    [
        "On Mon, 2 Mar 2026 at 10:00, Help <help@town.example> wrote:",
        "在 2026年3月2日，10:00，Help 写道：",
        "------------------ 原始邮件 ------------------",
        "-----Original Message-----",
        "发件人: Help\n发送时间: 2026年3月2日\n收件人: li\n主题: x",
        "________________________________\nFrom: Help\nSent: Monday\nTo: li",
        "On Mon, 2 Mar 2026 at 10:00,\nHelp <help@town.example> wrote:",
    ],
)
def test_what_is_quoted_is_left_out(above):
    assert own_words(f"还是不亮。\n\n谢谢\n\n{above}\n> 已登记\n> 编号") == "还是不亮。\n\n谢谢"


def test_where_nothing_would_be_left_all_stays():
    assert own_words("> 只有引文") == "> 只有引文"
    assert own_words("From my window I see: nothing") == "From my window I see: nothing"


@given(st.text(alphabet="On wrote:>-_ 写道在0:\n", max_size=300))
def test_quoting_takes_no_time(text):
    own_words(text * 20)


def test_a_long_line_takes_no_time():
    began = time.monotonic()
    for hostile in (
        "On " * 100_000,
        "-" * 300_000,
        "在" + "0:00" * 100_000,
        "<blockquote>" * 20_000,
        "<!--" * 50_000,
    ):
        own_words(hostile)
        words_of(hostile)
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("label", ["punycode", "Unicode-Escape", "raw_unicode_escape"])
def test_a_codec_that_no_mail_is_written_in_is_not_asked(label):
    """Two megabytes of punycode take six minutes to decode (seen)."""
    found = read(_labelled(label, b"\\u8def-" + b"9a" * 500))
    assert found.text.startswith("\\u8def-9a9a")


def _labelled(label: str, body: bytes) -> bytes:
    head = f"From: li@example.org\r\nContent-Type: text/plain; charset={label}\r\n\r\n"
    return head.encode() + body


def test_of_many_layers_and_lines_the_beginning_is_read(monkeypatch):
    monkeypatch.setattr(reading, "MOST_WORK", 20_000)
    head = b"From: li@example.org\r\nSubject: lamp\r\n"
    layers = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(9)
    )
    found = read(head + layers + b"Content-Type: text/plain\r\n\r\nThe lamp is out.\r\n" + b"x\r\n" * 9_000)
    assert found.is_cut
    assert (found.kind, found.subject, found.text[:16]) == (Kind.LETTER, "lamp", "The lamp is out.")
    assert found.text.count("x") < 2_500
    assert not read(raw()).is_cut
