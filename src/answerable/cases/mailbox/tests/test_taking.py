"""One message, once: a matter, a reply, a bounce, or one that waits. Without a server."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from answerable.alerts.claiming import Taken
from answerable.alerts.composing import Composer
from answerable.alerts.due import ABOUT, COLUMNS
from answerable.alerts.due import read as due
from answerable.alerts.models import Delivery
from answerable.cases.access import readable_cases, reader_for
from answerable.cases.files import content
from answerable.cases.mailbox import taking, waiting
from answerable.cases.mailbox.models import Mail, Mailbox
from answerable.cases.mailbox.services import Wished, leave_mail, make_case, open_mailbox
from answerable.cases.mailbox.taking import Nature
from answerable.cases.models import Attachment, Case, Message
from answerable.cases.rules import CannotAct
from answerable.cases.services import persons
from answerable.cases.services.accusing import name_accused
from answerable.cases.services.deciding import send_decision
from answerable.cases.services.handling import transfer_case
from answerable.cases.services.nature import say_no_conduct
from answerable.core import clock, limits
from answerable.parties.models import Channel, DataKey, Party
from answerable.parties.steps import ChannelWish, open_channel, open_identity
from tests.cast import PARTS, Cast

from .mails import bounce, mail, raw
from .test_reading import PNG

pytestmark = pytest.mark.django_db(transaction=True)


def wished(cast: Cast, **more: object) -> Wished:
    base: dict[str, object] = {
        "unit": cast.roads,
        "subject": cast.lamps,
        "address": "help@town.example",
        "host": "127.0.0.1",
        "port": 1,
        "security": "none",
        "username": "town",
        "folder": "INBOX",
        "done_folder": "Answerable",
        "done_days": 30,
        "sends_secret": False,
        "since": (clock.now() - timedelta(days=3)).date(),
    }
    return Wished(**(base | more))  # type: ignore[arg-type]


@pytest.fixture
def box(cast: Cast) -> Mailbox:
    by = cast.actor(cast.administrator)
    return open_mailbox(authority=cast.town, wished=wished(cast), password="p", by=by, now=clock.now())


def take(box: Mailbox, data: bytes, **more: object) -> str:
    now = clock.now()
    return taking.take(box, data, arrived_at=now - timedelta(hours=2), now=now, **more)  # type: ignore[arg-type]


def sent(purpose: str):
    """The message of a delivery as it would go out."""
    pk = Delivery.objects.get(purpose=purpose).pk
    sql = f"SELECT {COLUMNS}, {ABOUT} FROM alerts_delivery d LEFT JOIN alerts_asked a ON a.id = d.asked_id LEFT JOIN alerts_alert m ON m.id = a.alert_id WHERE d.id = %s"
    (row,) = due(sql, [pk])
    return Composer().compose(Taken(row, []))


def test_a_message_becomes_a_matter_and_its_receipt_goes_back(cast, box):
    assert take(box, raw()) == "case"
    case = Case.objects.select_related("text").get()
    assert (case.intake, case.unit, case.privacy, case.language) == (
        "email",
        cast.discipline,
        "confidential",
        "zh-hans",
    )
    assert case.text.claim == "路灯不亮\n\n村口的路灯坏了两个月。"
    assert case.registered_at - case.received_at > timedelta(hours=1)
    assert open_identity(Party.objects.get())["name"] == "李兰"
    assert open_channel(Channel.objects.get()) == "li@example.org"
    out = sent("mail_receipt")
    assert (out.to, out.reply_to, out.in_reply_to) == (
        "li@example.org",
        "help@town.example",
        "<one@example.org>",
    )
    assert case.code in out.body
    assert "路灯" not in out.subject + out.body


def test_rule_05_nobody_reads_a_message_before_those_who_look_into_accusations_said_what_it_is(cast, box):
    accuses = "路灯队姓赵的收了钱才修灯。"
    take(box, raw(accuses))
    take(box, raw(message_id="<2@x>"))
    first, second = Case.objects.select_related("text").order_by("registered_at")
    head, now = cast.actor(cast.discipline_head), clock.now()
    for staff in (cast.clerk, cast.mayor):
        assert not readable_cases(reader_for(staff, now)).exists()
    with pytest.raises(CannotAct) as refused:
        transfer_case(
            case_id=second.pk, to_unit=cast.roads.pk, why="x", by=head, seen_version=second.version, now=now
        )
    assert refused.value.code == "nature_open"
    known: dict[str, Any] = {"by": head, "now": now}
    name_accused(case_id=first.pk, staff=[], units=[cast.roads.pk], seen_version=first.version, **known)
    first.refresh_from_db()
    assert (first.unit, first.is_conduct, first.is_nature_open) == (cast.discipline, True, False)
    say_no_conduct(case_id=second.pk, subject=cast.pipes.pk, seen_version=second.version, **known)
    second.refresh_from_db()
    assert (second.unit, second.subject, second.is_conduct) == (cast.water, cast.pipes, False)
    assert (second.is_accused_unknown, second.is_nature_open) == (False, False)
    assert second in readable_cases(reader_for(cast.mayor, now))
    with pytest.raises(CannotAct) as again:
        say_no_conduct(case_id=first.pk, subject=cast.pipes.pk, seen_version=first.version, **known)
    assert again.value.code == "nature_said"


def test_what_was_answered_before_its_nature_was_said_stays_answered(cast, box):
    """It went back to “registered”, at another unit, with no date at all (rule 7)."""
    take(box, raw())
    case, now = Case.objects.get(), clock.now()
    known: dict[str, Any] = {"by": cast.actor(cast.discipline_head), "now": now}
    send_decision(case_id=case.pk, outcome="explained", parts=PARTS, seen_version=case.version, **known)
    case.refresh_from_db()
    say_no_conduct(case_id=case.pk, subject=cast.pipes.pk, seen_version=case.version, **known)
    case.refresh_from_db()
    assert (case.state, case.unit, case.is_conduct) == ("decided", cast.discipline, False)


def test_the_same_message_again_changes_nothing_even_after_a_crash(box):
    take(box, raw())
    assert take(box, raw(Received="by another")) == ""
    Mail.objects.all().delete()  # as if the worker had died before it wrote this down
    assert take(box, raw()) == "case"
    assert (Case.objects.count(), Delivery.objects.filter(purpose="mail_receipt").count()) == (1, 1)


def test_the_secret_goes_only_where_the_office_wants_it(box):
    Mailbox.objects.update(sends_secret=True)
    box.refresh_from_db()
    take(box, raw())
    row = Delivery.objects.get(purpose="mail_receipt")
    assert "secret" not in str({name: value for name, value in row.facts.items() if name != "sealed"})
    assert "您的密码是" in sent("mail_receipt").body


def test_an_answer_joins_its_matter_by_the_token_alone(cast, box):
    take(box, raw())
    case, out = Case.objects.get(), sent("mail_receipt")
    about = f"<{out.idempotency}.{out.thread}@answerable>"
    text = "还是不亮。\n\n在 2026年3月2日，10:00，Help 写道：\n> 已登记"
    answer = mail(text, sender="other@example.net", message_id="<two@x.example>", In_Reply_To=about)
    answer.add_attachment(PNG, maintype="image", subtype="png", filename="灯.png")
    answer.add_attachment(
        b"MZ" + b"\0" * 200, maintype="application", subtype="octet-stream", filename="x.exe"
    )
    assert take(box, answer.as_bytes()) == "reply"
    said = Message.objects.get(case=case, from_person=True).body
    assert said.startswith("还是不亮。\n\n[")
    assert "x.exe" in said
    kept = {row.name: content(row) for row in Attachment.objects.all()}
    assert set(kept) == {"message.txt", "灯.png"}
    assert "已登记" in kept["message.txt"].decode()
    assert Case.objects.count() == 1


def test_a_forged_or_outdated_token_joins_nothing_and_is_not_lost(box):
    take(box, raw())
    out = sent("mail_receipt")
    about = f"<{out.idempotency}.{out.thread}@answerable>"
    forged = f"<{out.idempotency}.{'a' * 45}@answerable>"
    assert take(box, raw("一", message_id="<3@x>", In_Reply_To=forged)) == "waiting"
    case = Case.objects.get()
    persons.change_channel(case_id=case.pk, wish=ChannelWish("email", "new@example.org"), now=clock.now())
    assert take(box, raw("二", message_id="<4@x>", In_Reply_To=about)) == "waiting"
    assert not Message.objects.filter(case=case, from_person=True, kind="addition").exclude(body="").exists()
    assert set(Mail.objects.filter(outcome="waiting").values_list("reason", flat=True)) == {"token"}


def test_a_bounce_marks_the_message_and_becomes_no_matter(box):
    take(box, raw())
    row = Delivery.objects.get(purpose="mail_receipt")
    Delivery.objects.update(state="sent", tries=1)
    assert take(box, bounce(f"<{row.pk}.{'a' * 45}@answerable>")) == "bounce"
    row.refresh_from_db()
    assert (row.state, row.reported) == ("failed", "failed")
    assert Case.objects.count() == 1


def test_what_a_machine_wrote_waits_and_one_click_makes_it_a_matter(cast, box):
    assert take(box, raw(Auto_Submitted="auto-replied")) == "waiting"
    assert not Case.objects.exists()
    assert not Delivery.objects.exists()
    row = Mail.objects.get()
    assert b"li@example.org" not in bytes(row.sealed)
    by, now = cast.actor(cast.clerk), clock.now()
    case = make_case(mail_id=row.pk, subject=cast.pipes, nature=Nature(), by=by, now=now)
    assert (case.unit, case.intake) == (cast.water, "email")
    row.refresh_from_db()
    assert (row.outcome, row.sealed, row.settled_by) == ("turned", None, cast.post(cast.clerk))
    assert not DataKey.objects.filter(owner=row.pk).exists()
    assert Delivery.objects.filter(purpose="mail_receipt").count() == 1


def test_what_nobody_takes_up_is_destroyed_in_time(cast, box):
    take(box, raw(Auto_Submitted="auto-replied"))
    take(box, raw("二", message_id="<2@x>", Auto_Submitted="auto-replied"))
    first, second = Mail.objects.order_by("taken_at")
    leave_mail(mail_id=first.pk, by=cast.actor(cast.clerk), now=clock.now())
    assert waiting.tidy(clock.now()) == 0
    assert waiting.tidy(clock.now() + waiting.KEPT_FOR + timedelta(days=1)) == 1
    second.refresh_from_db()
    assert (second.outcome, second.sealed) == ("left", None)
    assert not DataKey.objects.filter(owner__in=[first.pk, second.pk]).exists()


def test_two_machines_that_answer_each_other_come_to_rest(box, monkeypatch):
    monkeypatch.setattr(taking, "MATTERS_AN_HOUR", 4)
    monkeypatch.setattr(taking, "RECEIPTS_AN_HOUR", 2)
    limits.sweep(clock.now())
    for number in range(6):
        take(box, raw(f"第{number}", message_id=f"<{number}@x>"))
    assert Case.objects.count() == 4
    assert Delivery.objects.filter(purpose="mail_receipt").count() == 2
    assert set(Mail.objects.filter(outcome="waiting").values_list("reason", flat=True)) == {"flood"}


def test_news_can_be_answered_too(cast, box):
    take(box, raw())
    case = Case.objects.get()
    from answerable.cases.mailbox.sending import reply_facts

    facts = reply_facts(case, Channel.objects.get())
    assert facts["reply_to"] == "help@town.example"
    answer = raw(
        "补充",
        message_id="<9@x>",
        In_Reply_To=f"<0192aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee.{facts['thread']}@answerable>",
    )
    assert take(box, answer) == "reply"
