"""A plan says why it would not work tonight; the lack is mended, the leader approves, and it says so."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from answerable.incidents.models import Plan, PlanVersion
from answerable.incidents.planned import file_of
from tests.cast import make_cast
from tests.journeys.faces import other_face

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@other_face
def test_a_lack_is_explained_and_mended(page, face, watch, sign_in, axe_clean, shot, transactional_db):
    cast = make_cast()
    zh = face.language.startswith("zh")
    sign_in(page, cast.mayor)
    page.goto(reverse("incident_plans:list"))
    axe_clean()
    # Taken over from the plans that ship.
    page.locator("form:has(input[value=fire]) button").click()
    page.locator("[name=role-0-post]").wait_for()
    axe_clean()
    plan = Plan.objects.get()
    page.goto(reverse("incident_plans:plan", args=[plan.pk]))
    lack = page.get_by_text("“镇总指挥”目前无人担任。" if zh else "Nobody fills “Town commander” now.")
    expect(lack).to_be_visible()
    axe_clean()
    shot("plan-lack", whole=True)
    # Mended in the form; a file with a slip in it is refused with its line, and nothing is lost.
    page.goto(reverse("incident_plans:edit", args=[plan.pk]))
    page.locator("[name=role-0-post]").select_option("town/mayor")
    page.locator("[name=role-0-deputy-0]").select_option("roads/head")
    shot("plan-roles")
    page.locator("main form.form button.button").last.click()
    page.wait_for_url("**?version=1")
    # A part that the shipped plan does not have; it is in the file too.
    page.goto(reverse("incident_plans:parts", args=[plan.pk]))
    axe_clean()
    shot("plan-parts", whole=True)
    page.goto(reverse("incident_plans:part_new", args=[plan.pk, "resources"]))
    for name, words in (("names_zh", "移动水泵"), ("names_en", "Mobile pump"), ("count", "2")):
        page.fill(f"[name={name}]", words)
    axe_clean()
    shot("plan-part", whole=True)
    page.locator("main form.form button.button").click()
    page.wait_for_url("**/parts#resources")
    page.goto(reverse("incident_plans:file", args=[plan.pk]))
    assert "移动水泵" in page.locator("[name=text]").input_value()
    text = page.locator("[name=text]").input_value()
    watch.may_fail.add(422)
    page.locator("[name=text]").fill(text.replace("retention_days: 180", "retention_days: many"))
    page.locator("main form.form button.button").last.click()
    line = text[: text.index("retention_days: 180")].count("\n") + 1
    expect(page.get_by_role("alert")).to_contain_text(
        f"第{line}行，retention_days：" if zh else f"Line {line}, retention_days:"
    )
    assert "retention_days: many" in page.locator("[name=text]").input_value()
    shot("plan-file-refused")
    axe_clean()
    page.locator("[name=text]").fill(text.replace("retention_days: 180", "retention_days: 90"))
    page.locator("main form.form button.button").last.click()
    page.wait_for_url("**?version=1")
    expect(lack).to_have_count(0)
    # The leader puts it in use.
    page.get_by_role("button", name="启用这一版本" if zh else "Put this version in use").click()
    page.wait_for_url(lambda url: urlsplit(url).query == "")
    version = PlanVersion.objects.get()
    assert (version.state, file_of(version).retention_days) == (PlanVersion.State.IN_USE, 90)
    assert file_of(version).commander.post == "town/mayor"
    shot("plan-in-use")
    page.goto(reverse("incident_plans:compare", args=[plan.pk]))
    axe_clean()
    shot("plan-compare")
