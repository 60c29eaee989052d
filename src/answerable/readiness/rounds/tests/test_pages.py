"""The pages of rounds: who opens which, in both languages, and what they do without JavaScript."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from pypdf import PdfReader

from answerable.core import clock
from answerable.orgs.models import Staff
from answerable.readiness.rounds.models import Finding, Round, RoundPlan, RoundTemplate, TemplateVersion
from answerable.readiness.rounds.rules import Given
from answerable.readiness.rounds.tests.scenes import FIRE, rounds, template
from answerable.record.models import Act

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _demo(settings):
    settings.DEMO = True  # the second factor has its own tests


def browser(staff: Staff, language: str = "en") -> Client:
    made = Client(headers={"accept-language": language})
    made.force_login(staff)
    return made


def at(name: str, *args: object) -> str:
    return reverse(f"rounds:{name}", args=args)


def fields(**more: str) -> dict[str, str]:
    return {f"a-{code}": one.value for code, one in FIRE.items()} | more


@pytest.fixture
def scene(cast):
    """One round done with a finding, one to do now."""
    now = clock.now()
    found = rounds(cast, now=now - timedelta(days=2), starts_on=(now - timedelta(days=9)).date())
    found.do(now - timedelta(days=1), clear=Given("no", note="堆着纸箱"))
    found.make(now)
    return found


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_page_opens_in_both_languages(scene, language):
    one, plan = scene.finding(), scene.plan
    pages = [
        at("home"),
        at("findings"),
        at("findings") + "?state=late&severity=serious&repeated=on",
        at("finding", one.pk),
        at("plans"),
        at("plan", plan.pk),
        at("plan_change", plan.pk),
        at("plan_new", plan.template_id),
        at("moved"),
        at("templates"),
        at("template", plan.template_id),
        at("template_edit", plan.template_id),
        at("template_file", plan.template_id),
        at("shipped", "dams"),
        at("at_place", one.place_id),
        at("round", scene.due().pk),
        at("round", one.round_id),
    ]
    client = browser(scene.cast.leader, language)
    for page in pages:
        answer = client.get(page)
        assert answer.status_code == 200, page
        assert "Found in" not in answer.content.decode() or language == "en", page
    assert client.get(at("template_download", plan.template_id, 1)).content.startswith(b"# Fire exits")


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("corridors and stairs free of things", "never at persons", "finding", "To be mended by")),
        ("zh-hans", ("没有堆物吗",)),
    ],
)
def test_rounds_are_printed_empty_and_done(scene, language, words):
    done, due = scene.finding().round, scene.due()
    client = browser(scene.cast.handler, language)
    papers = {}
    for name, page in {
        "form": at("round_paper", due.pk),
        "done": at("round_paper", done.pk),
        "template": at("template_paper", scene.plan.template_id, 1),
    }.items():
        answer = client.get(page)
        assert answer["Content-Type"] == "application/pdf", name
        assert answer["Content-Disposition"].startswith("inline"), name
        papers[name] = PdfReader(io.BytesIO(answer.content))
    said = {
        name: " ".join("".join(page.extract_text() for page in pdf.pages).split())
        for name, pdf in papers.items()
    }
    assert due.place.name in said["form"]
    assert due.place.name not in said["template"]
    assert scene.finding().name_in(language) in said["done"]
    together = "".join(said.values())
    for one in words:
        assert one in together, one
    for name, text in said.items():
        assert scene.cast.handler.name not in text, name
    assert browser(scene.cast.water_leader).get(at("round_paper", due.pk)).status_code == 404


def test_a_round_is_done_in_its_form_and_its_words_are_kept_where_it_is_refused(scene):
    client, one = browser(scene.cast.handler), scene.due()
    page = at("round", one.pk)
    refused = client.post(page, fields(**{"a-lights": "", "n-clear": "cardboard"}))
    assert refused.status_code == 422
    assert "Not answered yet" in refused.content.decode()
    assert "cardboard" in refused.content.decode()
    refused = client.post(page, fields(**{"a-clear": "no", "n-clear": "ask the residents who lives there"}))
    assert "never at persons" in refused.content.decode()
    assert client.post(page, fields(**{"a-access": "no", "on_paper": "1"})).status_code == 303
    done = client.get(page).content.decode()
    assert "Fire engine" in done
    assert "typed in from the paper form" in done
    assert Round.objects.get(pk=one.pk).on_paper
    again = client.post(page, fields())
    assert again.status_code == 422
    assert "was done on" in again.content.decode()


def test_who_may_see_and_do_what(scene):
    cast, one, plan = scene.cast, scene.finding(), scene.plan
    due = scene.due()
    for stranger in (cast.water_leader, cast.county_leader):
        for page in (at("round", due.pk), at("finding", one.pk), at("plan", plan.pk)):
            assert browser(stranger).get(page).status_code == 404, stranger
    for looker in (cast.auditor, cast.administrator, cast.mayor):
        assert browser(looker).get(at("finding", one.pk)).status_code in (200, 404)
    handler, leader = browser(cast.handler), browser(cast.leader)
    assert handler.get(at("plan_change", plan.pk)).status_code == 403
    assert handler.get(at("plan_new", plan.template_id)).status_code == 403
    assert handler.post(at("template_use", plan.template_id), {"seen": 1}).status_code == 403
    assert leader.get(at("at_place", 0)).status_code == 404
    assert leader.get(at("template", plan.template_id) + "?version=99").status_code == 404
    assert Client().get(at("home")).status_code == 302


def test_mended_by_the_leader_and_looked_at_by_whoever_does_the_rounds(scene):
    cast, one = scene.cast, scene.finding()
    page = at("finding", one.pk)
    leader, handler = browser(cast.leader), browser(cast.handler)
    seen = {"seen_version": one.version}
    assert leader.post(page, seen | {"do": "mend", "what": "清走了"}).status_code == 303
    own = leader.get(page).content.decode()
    assert "somebody else looks" in own
    assert 'value="check"' not in own
    refused = leader.post(page, {"do": "check", "seen_version": 2, "is_mended": "yes"})
    assert refused.status_code == 422
    stale = handler.post(page, {"do": "check", "seen_version": 1, "is_mended": "yes"})
    assert stale.status_code == 422
    assert "Somebody else saved" in stale.content.decode()
    assert handler.post(page, {"do": "check", "seen_version": 2, "is_mended": "yes"}).status_code == 303
    assert Finding.objects.get().state == "closed"
    assert "mended, and somebody else has looked" in handler.get(page).content.decode()
    assert handler.post(page, {"do": "nonsense"}).status_code == 404


def test_a_repair_turns_out_to_be_a_case(scene):
    page = at("finding", scene.finding().pk)
    client = browser(scene.cast.leader)
    refused = client.post(page, {"do": "raise", "becomes": "case", "subject": ""})
    assert refused.status_code == 422
    done = client.post(page, {"do": "raise", "becomes": "case", "subject": "pipes"}, follow=True)
    assert "Registered" in done.content.decode()
    assert scene.finding().case_id is not None


def test_a_template_is_taken_over_adapted_in_a_form_and_put_to_use(cast):
    client = browser(cast.leader)
    assert client.post(at("adopt"), {"code": "vehicles"}).status_code == 303
    one = RoundTemplate.objects.get()
    page = at("template_edit", one.pk)
    form = client.get(page).context
    data = {f"q-{name}": value for name, value in _management(form["questions"]).items()}
    data |= {name: value for name, value in form["head"].initial.items() if value is not None}
    for number, row in enumerate(form["questions"].initial_forms):
        for name, value in row.initial.items():
            if value not in (None, False):
                data[f"q-{number}-{name}"] = "on" if value is True else value
    changed = data | {"q-1-least": "50", "note": "柴油够用一半", "q-0-place": "9"}
    bad = client.post(page, changed | {"q-1-ask_en": "Who lives in the flat?"})
    assert bad.status_code == 422
    assert "never at persons" in bad.content.decode()
    assert client.post(page, changed).status_code == 303
    assert (
        client.post(at("template_use", one.pk), {"seen": 1}, follow=True)
        .content.decode()
        .count("Somebody else")
    )
    assert client.post(at("template_use", one.pk), {"seen": 2}).status_code == 303
    version = TemplateVersion.objects.get(state="in_use")
    assert "least: 50" in version.text
    assert version.text.index("code: fuel") < version.text.index("code: starts")
    assert client.post(at("adopt"), {"code": "vehicles"}).status_code == 422


def _management(questions) -> dict[str, object]:
    return {name: questions.management_form[name].value() for name in questions.management_form.fields}


def test_a_plan_is_made_changed_and_stopped_in_its_forms(cast):
    one = template(cast, now=clock.now())
    client = browser(cast.leader)
    data = {
        "name_en": "Exits",
        "unit": cast.roads.pk,
        "post": cast.post(cast.handler).pk,
        "targets": [cast.village.pk],
        "every": "week",
        "weekdays": [0, 3],
        "times": "08：00，20:00",
        "faster_every": "month",
        "faster_month_days": "1, last",
        "open_hours": 6,
        "starts_on": "2026-03-01",
    }
    refused = client.post(at("plan_new", one.pk), data)
    assert refused.status_code == 422
    assert "never for less" in refused.content.decode()
    made = client.post(at("plan_new", one.pk), data | {"faster_every": "day"}, follow=True)
    assert "Monday; Thursday, by 08:00; 20:00" in made.content.decode()
    plan = RoundPlan.objects.get()
    changed = data | {"faster_every": "", "seen_version": 1, "every": "days", "n": "3"}
    assert client.post(at("plan_change", plan.pk), changed).status_code == 303
    stale = client.post(at("plan_change", plan.pk), changed)
    assert "Somebody else saved" in stale.content.decode()
    assert client.post(at("plan_stop", plan.pk), {"seen_version": 2, "why": "no longer"}).status_code == 303
    assert RoundPlan.objects.get().stopped_at is not None


def test_workbooks_hold_what_was_found_and_no_formula(scene):
    one = scene.finding()
    Finding.objects.filter(pk=one.pk).update(note="=HYPERLINK(1)")
    client = browser(scene.cast.leader)
    for page, name in (
        (at("findings_workbook") + "?state=all", "Things stored"),
        (at("plan_workbook", scene.plan.pk), scene.cast.village.name_en),
    ):
        answer = client.get(page)
        book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
        cells = [cell for row in book.active.iter_rows() for cell in row]
        assert any(name in str(cell.value) for cell in cells), page
        assert not any(cell.data_type == "f" for cell in cells)
    assert Act.objects.filter(kind="round.exported").count() == 2


def test_a_review_from_the_desk_shows_numbers_and_only_the_readers_own_matters(cast):
    now = clock.now()
    scene = rounds(
        cast, now=now, template=template(cast, "contact-lists", now), place_ids=(), starts_on=now.date()
    )
    scene.make(now)
    page = browser(cast.handler).get(at("round", scene.due().pk)).content.decode()
    assert "People whom alarms would ask" in page
    assert "n-unproven" not in page, "no words"
    matters = rounds(
        cast, now=now, template=template(cast, "open-matters", now), place_ids=(), starts_on=now.date()
    )
    matters.make(now)
    page = browser(cast.handler).get(at("round", matters.due().pk)).content.decode()
    assert "nothing of it is kept" in page
