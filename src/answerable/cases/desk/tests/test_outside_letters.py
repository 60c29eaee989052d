"""Letters to bodies outside: the list of those that are not done with, and what goes along."""

from __future__ import annotations

import hashlib
import io
import zipfile
from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse

from answerable.alerts.models import Delivery
from answerable.cases import files
from answerable.cases.enclosures import enclosures_of
from answerable.cases.models import Attachment, Case
from answerable.cases.person.tests.test_pages import with_receipt
from answerable.cases.services import checking, deciding, handling, persons
from answerable.orgs.models import Authority
from answerable.record import reactions
from answerable.record.actors import Actor
from answerable.record.queries import acts_of
from answerable.ui.print.tests.samples import bare, words_of
from tests.cast import PARTS, accepted

pytestmark = pytest.mark.django_db
LIST = reverse("desk:outside_letters")


def passed_on(cast, case: Case, now) -> Delivery:
    case.refresh_from_db()
    handling.pass_on(
        case_id=case.pk,
        to=cast.outside.pk,
        why="Theirs.",
        by=cast.actor(cast.clerk),
        seen_version=case.version,
        now=now,
    )
    reactions.dispatch(now + timedelta(minutes=1))
    return Delivery.objects.get(matter=case.pk, purpose="outside")


def page(browser, address: str = LIST) -> str:
    return browser.get(address).content.decode()


def test_what_waits_stands_on_a_list_until_its_receipt_is_there(cast, at_desk, now):
    """It was told of in notices and named by `check`, and stood on no list."""
    clerk, receipts = at_desk(cast.clerk), f"{LIST}?list=receipt"
    assert "No letter waits to be printed" in page(clerk)
    person = with_receipt(cast)
    case = person.case
    letter, newer = passed_on(cast, case, now), passed_on(cast, accepted(cast, now), now)
    Delivery.objects.filter(pk=letter.pk).update(queued_at=now - timedelta(days=20))
    sheet = reverse("desk:outside_letter", args=[case.pk, letter.pk])
    shown = page(clerk)
    assert shown.index(sheet) < shown.index(str(newer.pk)), "the oldest first"
    for words in ("Commission", "Passed on to it", case.code, "for more than 14 days", "Print it and hand"):
        assert words in shown
    assert case.code not in page(at_desk(cast.water_leader))
    assert at_desk(cast.water_leader).get(sheet).status_code == 404
    assert at_desk(cast.administrator).get(LIST).status_code == 403
    auditor = page(at_desk(cast.auditor))
    assert case.code in auditor
    assert "Look at the letter" in auditor
    assert "Print it and hand" not in auditor

    clerk.post(sheet, {"receipt": ""})
    assert sheet not in page(clerk)
    assert sheet in page(clerk, receipts)
    refused = clerk.post(sheet, {"receipt": " "})
    assert refused.status_code == 422
    assert 'href="#out-receipt"' in refused.content.decode(), "one summary that leads to the field"
    for _twice in range(2):
        clerk.post(sheet, {"receipt": "No. 7"})
    assert "No receipt is still to come" in page(clerk, receipts)
    acts = [act.body for act in acts_of(case.pk) if act.kind == "letter.delivered"]
    assert [(body.get("receipt"), body.get("later")) for body in acts] == [(None, None), ("No. 7", True)]
    assert "No. 7" in page(clerk, sheet)
    assert "what Commission gave for the letter" in person.page()
    # What was taken up again here need not go there.
    Case.objects.filter(pk=newer.matter).update(state="accepted", ended_at=None)
    assert "No letter waits to be printed" in page(clerk)


def test_a_message_that_has_not_gone_is_not_said_to_have_told_anybody(cast, at_desk, now):
    case, clerk = with_receipt(cast).case, at_desk(cast.clerk)
    Authority.objects.filter(pk=cast.outside.pk).update(letter_email="court@example.org")
    message = passed_on(cast, case, now)
    assert message.kind == "email"
    case_page, sheet = (
        reverse("desk:case", args=[case.pk]),
        reverse("desk:outside_letter", args=[case.pk, message.pk]),
    )
    for state, said in (
        ("queued", "has not gone out yet"),
        ("sent", "was told by a message"),
        ("failed", "did not arrive"),
    ):
        Delivery.objects.filter(pk=message.pk).update(state=state)
        shown = page(clerk, sheet)
        assert said in shown
        assert ("was told by a message" in shown) is (state == "sent")
    assert "A letter was made for it instead" in page(clerk, case_page)
    assert "The person has not heard of it" not in page(clerk, case_page)


def test_the_sheet_is_in_the_offices_language_whoever_prints_it(cast, at_desk, now, settings):
    case = with_receipt(cast).case
    letter = passed_on(cast, case, now)
    sheet = reverse("desk:outside_letter", args=[case.pk, letter.pk])
    shown = page(at_desk(cast.clerk, "en" if settings.LANGUAGE_CODE.startswith("zh") else "zh-hans"), sheet)
    office, reader = ("诉求", "What is asked")
    if not settings.LANGUAGE_CODE.startswith("zh"):
        office, reader = reader, office
    assert f"<h2>{office}</h2>" in shown
    assert f"<h2>{reader}</h2>" not in shown


def sent_by_person(case: Case, name: str, now) -> Attachment:
    data = name.encode()
    accepted_file = files.Accepted(name, "application/pdf", data, hashlib.sha256(data).digest())
    with transaction.atomic():
        return files.attach(case, [accepted_file], by=Actor.person(), now=now)[0]


def test_rule_02_only_what_a_human_has_cleared_goes_along_and_under_no_name(cast, at_desk, now):
    person = with_receipt(cast)
    case, by = person.case, cast.actor(cast.clerk)
    clear, secret, held = (sent_by_person(case, f"{who}.pdf", now) for who in ("Wang", "Li", "Zhao"))
    sent_by = {"by": by, "now": now}
    checking.check_file(attachment_id=clear.pk, cleared=True, **sent_by)
    checking.check_file(attachment_id=secret.pk, cleared=False, why="A name.", **sent_by)
    redacted = files.Accepted("Li-2.pdf", "application/pdf", b"black", hashlib.sha256(b"black").digest())
    checking.add_redacted_copy(attachment_id=secret.pk, accepted=redacted, **sent_by)
    letter = passed_on(cast, case, now)
    clerk = at_desk(cast.clerk)
    sheet, bundle = (
        reverse(f"desk:{name}", args=[case.pk, letter.pk]) for name in ("outside_letter", "outside_bundle")
    )
    shown = page(clerk, sheet)
    assert "1 file of the person does not go along: nobody has checked it yet." in shown
    assert "02 PDF, 5 B" in shown
    assert not [who for who in ("Wang", "Li-2", "Zhao") if who in shown]

    answer = clerk.post(bundle)
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.namelist() == ["letter.pdf", "01.pdf", "02.pdf"]
        assert [archive.read(name) for name in ("01.pdf", "02.pdf")] == [b"Wang.pdf", b"black"]
        words = words_of(archive.read("letter.pdf"))
    assert bare("村口的路灯") in words
    assert "Zhao" not in words
    opened = [act.body for act in acts_of(case.pk) if act.kind == "case.attachment_opened"]
    assert {body["body"] for body in opened} == {cast.outside.pk}
    assert len(opened) == 2
    assert "Took out the file “Wang.pdf”, to go along with the letter to Commission" in person.page()
    assert "If a reason does not convince you" not in person.page(), "nobody gave one"
    assert at_desk(cast.auditor).post(bundle).status_code == 403
    assert at_desk(cast.water_leader).post(bundle).status_code == 404
    assert held.check_state == "held"

    clerk.post(sheet, {"receipt": "No. 8", "with_files": "on"})
    assert "2 of your files with it" in person.page()


def test_rule_02_the_files_of_a_review_outside_are_checked_by_the_unit_that_had_the_matter(
    cn_cast, at_desk, now
):
    """They lay with the body outside, where nobody can look at them, and so never went along."""
    cast = cn_cast
    Authority.objects.filter(pk=cast.town.pk).update(above=cast.outside)
    case = accepted(cast, now - timedelta(days=2), kind="claim")
    file = sent_by_person(case, "Wang.pdf", now)
    case.refresh_from_db()
    deciding.send_decision(
        case_id=case.pk, outcome="not_supported", parts=PARTS, by=cast.actor(cast.leader),
        seen_version=case.version, now=now,
    )  # fmt: skip
    persons.see_decisions(case_id=case.pk, now=now)
    case = persons.ask_review(case_id=case.pk, text="", now=now)
    assert case.unit == cast.outside_unit
    check = reverse("desk:check_file", args=[case.pk, file.pk])
    assert at_desk(cast.water_leader).get(check).status_code == 404
    assert at_desk(cast.auditor).get(check).status_code == 403
    assert enclosures_of(case).held == 1
    at_desk(cast.clerk).post(check, {"do": "clear"})
    assert [one.row for one in enclosures_of(case).files] == [file]
    # So is what the person sends while it lies there.
    later = sent_by_person(case, "Li.pdf", now)
    at_desk(cast.clerk).post(reverse("desk:check_file", args=[case.pk, later.pk]), {"do": "clear"})
    assert [one.row for one in enclosures_of(case).files] == [file, later]


def test_what_is_written_while_it_lies_with_the_body_goes_to_it_by_letter(cast, at_desk, now):
    """Its notice stood before a post that nobody here holds, and the words went nowhere."""
    Authority.objects.filter(pk=cast.town.pk).update(above=cast.outside)
    case, by = accepted(cast, now - timedelta(hours=2)), cast.actor(cast.leader)
    deciding.send_decision(
        case_id=case.pk, outcome="supported", parts=PARTS, by=by, seen_version=case.version, now=now
    )
    persons.see_decisions(case_id=case.pk, now=now)
    persons.ask_review(case_id=case.pk, text="还是不亮。", now=now)
    persons.write(case_id=case.pk, text="第三盏也坏了。", now=now)
    reactions.dispatch(now)
    review, written = Delivery.objects.filter(matter=case.pk, purpose="outside").order_by("pk")
    clerk = at_desk(cast.clerk)
    assert "Its person wrote more" in page(clerk)
    sheets = [reverse("desk:outside_letter", args=[case.pk, row.pk]) for row in (review, written)]
    assert ["第三盏也坏了。" in page(clerk, sheet) for sheet in sheets] == [False, True]
    answer = clerk.post(reverse("desk:outside_bundle", args=[case.pk, written.pk]))
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert bare("第三盏也坏了") in words_of(archive.read("letter.pdf"))
    persons.withdraw(case_id=case.pk, now=now)
    reactions.dispatch(now)
    shown = page(clerk)
    assert "Withdrawn by its person" in shown, "the body goes on with what nobody asks for any more"
    assert "A review is asked of it" not in shown
