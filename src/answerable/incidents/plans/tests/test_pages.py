"""A body takes a plan over, says who has each role, and its leader approves it; nothing bad is ever kept."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation

from answerable.incidents.models import Plan, PlanVersion
from answerable.incidents.planned import file_of
from answerable.incidents.plans.catalogue import shipped_text
from answerable.incidents.plans.rules import CannotPlan
from answerable.incidents.services import plans as services
from answerable.incidents.tests import scenes
from answerable.record.models import Act
from tests.cast import MONDAY, Cast, make_cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _demo(settings):
    settings.DEMO = True  # the second factor has its own tests


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def as_(cast):
    def signed_in(staff) -> Client:
        client = Client(headers={"accept-language": "en"})
        client.force_login(staff)
        staff.language = "en"
        staff.save(update_fields=["language"])
        return client

    return signed_in


def adopted(cast: Cast, code: str = "flood") -> PlanVersion:
    return services.adopt_plan(
        authority=cast.town, text=shipped_text(code), by=cast.actor(cast.mayor), now=MONDAY
    )


def words(response) -> str:
    return response.content.decode()


def test_from_a_shipped_plan_to_one_in_use(cast, as_):
    clerk, mayor = as_(cast.clerk), as_(cast.mayor)
    page = clerk.get("/desk/plans/")
    assert "There is no plan yet" in words(page)
    went = clerk.post("/desk/plans/new", {"code": "flood"})
    plan = Plan.objects.get()
    assert went.headers["location"] == f"/desk/plans/{plan.pk}/edit"
    page = clerk.get(went.headers["location"])
    form = page.context["form"]
    data = {name: form[name].initial for name in form.fields} | {"seen": 1, "note": "our posts"}
    data = {key: "" if value is None else value for key, value in data.items()}
    data |= {"role-0-post": "town/mayor", "role-0-deputy-0": "roads/head", "role-0-ask": 7}
    data |= {"action-0-min": 4, "action-1-role": "office", "action-3-levels": [1, 2]}
    data |= {"contact-1-called": "yes", "contact-0-phone": "0539-1234567", "contact-0-called": "no"}
    went = clerk.post(f"/desk/plans/{plan.pk}/edit", data)
    assert went.status_code == 303, words(went)
    draft = PlanVersion.objects.get()
    file = file_of(draft)
    assert (file.commander.post, file.commander.deputies, file.commander.ask) == (
        "town/mayor",
        ("roads/head",),
        7,
    )
    assert [one.target_min for one in file.actions[:2]] == [4, 15]
    assert (file.actions[1].role, file.actions[3].levels, file.actions[2].levels) == (
        "office",
        (1, 2),
        (1, 2, 3),
    )
    assert file.contacts[1].verified_on is not None
    assert file.contacts[0].silent_since is not None
    # The rest of the file is what it was, to the letter.
    before, after = shipped_text("flood").splitlines(), draft.text.splitlines()
    assert len([line for line in before if line not in after]) <= 7
    # A clerk does not approve; the mayor does.
    assert clerk.post(f"/desk/plans/{plan.pk}/approve", {"seen": draft.version}).status_code == 403
    page = mayor.get(f"/desk/plans/{plan.pk}")
    assert "waits for your approval" in words(page)
    mayor.post(f"/desk/plans/{plan.pk}/approve", {"seen": draft.version})
    draft.refresh_from_db()
    assert (draft.state, draft.approved_by) == (PlanVersion.State.IN_USE, cast.mayor)
    assert Plan.objects.get().name_en == "Flood and severe weather"
    acts = list(Act.objects.filter(matter=plan.matter).order_by("seq").values_list("kind", flat=True))
    assert acts == ["plan.made", "plan.drafted", "plan.approved"]


def test_what_a_form_would_break_is_refused_with_a_sentence(cast, as_):
    plan = adopted(cast).plan
    client = as_(cast.clerk)
    form = client.get(f"/desk/plans/{plan.pk}/edit").context["form"]
    data = {name: form[name].initial for name in form.fields} | {"seen": 1, "note": ""}
    data = {key: "" if value is None else value for key, value in data.items()}
    # Shelters are needed at level 3; opened at 1 and 2 alone, people could never be moved there.
    at = next(at for at, one in enumerate(form.file.actions) if one.code == "open_shelters")
    page = client.post(f"/desk/plans/{plan.pk}/edit", data | {f"action-{at}-levels": [1, 2]})
    assert page.status_code == 422
    assert "“open_shelters” is not done at level 3" in words(page)
    assert PlanVersion.objects.get().text == shipped_text("flood")


def test_the_page_explains_every_missing_point(cast, as_):
    plan = adopted(cast).plan
    page = as_(cast.mayor).get(f"/desk/plans/{plan.pk}")
    assert page.status_code == 200
    areas = page.context["areas"]
    assert page.context["score"] == sum(area.left for area in areas)
    assert "Nobody fills “Commander” now." in words(page)
    assert "(20 points)" in words(page)


def test_a_file_that_is_no_plan_is_refused_with_its_lines_and_nothing_is_changed(cast, as_):
    plan = adopted(cast).plan
    client = as_(cast.clerk)
    bad = shipped_text("flood").replace("hazard: flood", "hazard: meteor")
    page = client.post(f"/desk/plans/{plan.pk}/file", {"text": bad, "seen": 1, "note": ""})
    assert page.status_code == 422
    assert "Line 8, hazard" in words(page)
    assert "hazard: meteor" in words(page)  # what was typed is not lost
    upload = SimpleUploadedFile("mine.yaml", b"<<<<<<< a\n=======\n>>>>>>> b\n")
    page = client.post(f"/desk/plans/{plan.pk}/file", {"upload": upload, "seen": 1, "note": ""})
    assert "two versions were put together" in words(page)
    upload = SimpleUploadedFile("new.yaml", b"\xff\xfe")
    assert "not UTF-8" in words(client.post("/desk/plans/new", {"upload": upload}))
    other = shipped_text("fire")
    page = client.post(f"/desk/plans/{plan.pk}/file", {"text": other, "seen": 1, "note": ""})
    assert "This file is of the plan “fire”" in words(page)
    assert PlanVersion.objects.get().text == shipped_text("flood")


def test_a_file_goes_out_and_comes_back_the_same(cast, as_):
    plan = adopted(cast).plan
    client = as_(cast.clerk)
    out = client.get(f"/desk/plans/{plan.pk}/1.yaml")
    assert out.content.decode() == shipped_text("flood")
    changed = out.content.replace(b"retention_days: 180", b"retention_days: 90")
    upload = SimpleUploadedFile("flood.yaml", changed.replace(b"\n", b"\r\n"))
    went = client.post(f"/desk/plans/{plan.pk}/file", {"upload": upload, "seen": 1, "note": "shorter"})
    assert went.status_code == 303
    assert PlanVersion.objects.get().text == changed.decode()


def test_nobody_overwrites_what_somebody_else_saved(cast, as_):
    plan = adopted(cast).plan
    text = shipped_text("flood")
    mine, theirs = as_(cast.clerk), as_(cast.mayor)
    theirs.post(f"/desk/plans/{plan.pk}/file", {"text": text + "# theirs\n", "seen": 1, "note": ""})
    page = mine.post(f"/desk/plans/{plan.pk}/file", {"text": text + "# mine\n", "seen": 1, "note": ""})
    assert page.status_code == 422
    assert "Somebody else saved this draft meanwhile" in words(page)
    with pytest.raises(CannotPlan) as refused:
        services.approve_draft(plan_id=plan.pk, by=cast.actor(cast.mayor), seen=1, now=MONDAY)
    assert refused.value.code == "changed"
    assert PlanVersion.objects.get().text.endswith("# theirs\n")


def test_what_is_approved_is_never_changed_and_a_response_keeps_its_version(cast, as_):
    scene = scenes.activated(cast)
    version = scene.incident.plan_version
    plan = version.plan
    services.save_draft(
        plan_id=plan.pk, text=version.text + "# more\n", by=cast.actor(cast.mayor), seen=0, now=MONDAY
    )
    services.approve_draft(plan_id=plan.pk, by=cast.actor(cast.mayor), seen=1, now=MONDAY)
    version.refresh_from_db()
    assert version.state == PlanVersion.State.REPLACED
    assert version.text == shipped_text("flood")
    assert scene.again().plan_version_id == version.pk
    page = as_(cast.clerk).get(f"/desk/plans/{plan.pk}/compare")
    assert [row.right for row in page.context["rows"] if row.kind == "new"] == ["# more"]
    with pytest.raises(CannotPlan) as refused:
        services.retire_plan(plan_id=plan.pk, by=cast.actor(cast.mayor), why="old", now=MONDAY)
    assert refused.value.code == "in_use_by_response"


def test_a_draft_is_dropped_and_a_plan_retired(cast, as_):
    plan = adopted(cast).plan
    client = as_(cast.mayor)
    client.post(f"/desk/plans/{plan.pk}/drop", {"seen": 1})
    assert PlanVersion.objects.get().state == PlanVersion.State.DROPPED
    assert client.get(f"/desk/plans/{plan.pk}").status_code == 200
    client.post(f"/desk/plans/{plan.pk}/retire", {"why": ""})
    assert Plan.objects.get().retired_at is None
    client.post(f"/desk/plans/{plan.pk}/retire", {"why": "merged with another"})
    assert Plan.objects.get().retired_at is not None
    with pytest.raises(CannotPlan):
        services.save_draft(plan_id=plan.pk, text="x", by=cast.actor(cast.mayor), seen=0, now=MONDAY)


def test_another_body_does_not_see_it_and_an_auditor_only_reads(cast, as_):
    plan = adopted(cast).plan
    assert as_(cast.discipline_head).get(f"/desk/plans/{plan.pk}").status_code in (200, 404)
    auditor = as_(cast.auditor)
    assert auditor.get(f"/desk/plans/{plan.pk}").status_code == 200
    assert auditor.get(f"/desk/plans/{plan.pk}/edit").status_code == 403
    assert auditor.post("/desk/plans/new", {"code": "fire"}).status_code == 403
    assert Client().get(f"/desk/plans/{plan.pk}").status_code in (302, 303, 403)


def test_one_code_is_one_plan(cast):
    adopted(cast)
    with pytest.raises(CannotPlan) as refused:
        adopted(cast)
    assert refused.value.code == "code_taken"


@pytest.mark.parametrize("what", ["plan", "call-tree", "role-cards"])
def test_on_paper_in_both_languages(cast, as_, what):
    import io

    from pypdf import PdfReader

    plan = adopted(cast).plan
    client = as_(cast.mayor)
    for language, wanted in (("en", "Commander"), ("zh-hans", "总指挥")):
        cast.mayor.language = language
        cast.mayor.save()
        with translation.override(language):
            out = client.get(f"/desk/plans/{plan.pk}/1/{what}.pdf", headers={"accept-language": language})
        assert out.headers["content-type"] == "application/pdf"
        pdf = PdfReader(io.BytesIO(out.content))
        text = "".join(page.extract_text() for page in pdf.pages)
        assert wanted in text
        assert what != "call-tree" or len(pdf.pages) == 1
    assert client.get(f"/desk/plans/{plan.pk}/1/secrets.pdf").status_code == 404


def _of(form, **more) -> dict:
    given = {name: form[name].initial for name in form.fields} | more
    return {key: "" if value is None else value for key, value in given.items()}


def test_parts_are_added_changed_and_taken_out_in_a_form(cast, as_):
    plan = adopted(cast).plan
    clerk = as_(cast.clerk)
    at = f"/desk/plans/{plan.pk}/parts"
    assert "What the plan is made of" in words(clerk.get(at))

    form = clerk.get(f"{at}/actions").context["form"]
    new = _of(
        form, names_zh="关闭闸门", names_en="Close the gates", levels=[1, 2], track="safety", role="office"
    )
    half = clerk.post(f"{at}/actions", new | {"target_min": 20, "check_en": "No water comes through"})
    assert half.status_code == 422
    assert "Say it in both languages" in words(half)
    whole = new | {"target_min": 20, "check_en": "No water comes through", "check_zh": "不再进水"}
    assert clerk.post(f"{at}/actions", whole).status_code == 303, "kept"
    draft = PlanVersion.objects.get(plan=plan, state="draft")
    file = file_of(draft)
    added = file.actions[-1]
    assert (added.names.en, added.levels, added.check.zh, added.target_min) == (
        "Close the gates",
        (1, 2),
        "不再进水",
        20,
    )
    assert draft.text.count("#") == shipped_text("flood").count("#"), "no comment is lost"
    assert clerk.post(f"{at}/actions", whole).status_code == 422, "somebody else saved meanwhile"

    page = clerk.get(f"{at}/levels/1")
    assert "does not exist" not in words(page), "a level is a number in the file, and there all the same"
    form = page.context["form"]
    assert clerk.post(f"{at}/levels/1", _of(form, criteria_en="Water in the streets")).status_code == 303
    draft.refresh_from_db()
    assert file_of(draft).response(2).criteria.en == "Water in the streets"

    form = clerk.get(f"{at}/announce").context["form"]
    assert clerk.post(f"{at}/announce", _of(form, advice_en="Go upstairs.")).status_code == 303
    draft.refresh_from_db()
    assert file_of(draft).announce.advice.en == "Go upstairs."

    office = [role.code for role in file.roles].index("office")
    refused = clerk.post(f"{at}/roles/{office}/change", {"do": "out", "seen": draft.version})
    assert refused.status_code == 422, "others still need it"
    assert "Nothing was changed" in words(refused)
    last = len(file.actions) - 1
    moved = clerk.post(f"{at}/actions/{last}/change", {"do": "up", "seen": draft.version})
    assert moved.status_code == 303
    draft.refresh_from_db()
    assert file_of(draft).actions[last - 1].names.en == "Close the gates"
    gone = clerk.post(f"{at}/actions/{last - 1}/change", {"do": "out", "seen": draft.version})
    assert gone.status_code == 303
    draft.refresh_from_db()
    assert "Close the gates" not in draft.text
    assert clerk.get(f"{at}/actions/999").status_code == 404
    assert clerk.get(f"{at}/nonsense").status_code == 404


@pytest.mark.parametrize("code", ["roles", "reports", "resources", "contacts", "recovery", "warnings"])
def test_a_part_that_is_kept_as_it_is_changes_nothing(cast, as_, code):
    plan = adopted(cast).plan
    before = PlanVersion.objects.get(plan=plan).text
    clerk = as_(cast.clerk)
    form = clerk.get(f"/desk/plans/{plan.pk}/parts/{code}/0").context["form"]
    assert clerk.post(f"/desk/plans/{plan.pk}/parts/{code}/0", _of(form)).status_code == 303
    assert PlanVersion.objects.get(plan=plan).text == before
