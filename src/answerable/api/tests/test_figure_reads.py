"""Figures as another system reads them: what is published, as it was frozen, and nothing that is not out."""

from __future__ import annotations

import pytest

from answerable.api.tests.systems import ask, system
from answerable.figures.published import batch, files
from answerable.figures.published.models import Edition, Publishing
from answerable.figures.published.tests.scenes import NOW, published, two_months
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)


def test_rule_10_only_what_is_published_and_as_it_was(cast: Cast) -> None:
    two_months(cast)
    Publishing.objects.create(authority=cast.town, first_month="2026-11")
    key = system(cast, "figures:read")[1]
    batch.publish_due(NOW)
    batch.lay_out_due(lambda: NOW)
    assert Edition.objects.filter(state="prepared").exists()
    assert ask(key, "figures").json() == {"items": []}
    assert ask(key, "figures/2026-12").status_code == 404
    Edition.objects.all().delete()
    month = published(cast, "2026-11")
    (listed,) = ask(key, "figures").json()["items"]
    assert (listed["period"], listed["sha256"]) == ("2026-11", bytes(month.sha256).hex())
    whole = ask(key, "figures/2026-11").json()
    assert [tuple(one.values()) for one in whole["figures"]] == list(files.lines(month.content))
    assert all(one["number"] == 0 or one["number"] >= 5 for one in whole["figures"])
    assert ask(key, "figures/2026-13").status_code == 422
