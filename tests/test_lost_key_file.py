"""Every copy of the key file is lost: identities stay closed and say so; the matter goes on to its end."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from answerable.cases.models import Case
from answerable.cases.services import deciding, handling
from answerable.parties import first_start, steps
from answerable.parties.keyfile import KeyFileError
from answerable.parties.models import Party
from answerable.parties.steps import ChannelWish, Identity
from tests.cast import MONDAY, PARTS, Cast, accepted, registered

pytestmark = pytest.mark.django_db


@pytest.fixture
def lost(tmp_path: Path, settings: Settings, cast: Cast) -> Case:
    """A confidential case from before, accepted; then the key file goes and a new one is begun."""
    path = tmp_path / "keys" / "key-file"
    settings.ANSWERABLE_KEY_FILE = str(path)
    first_start.open_key_file(path)
    case = accepted(
        cast,
        privacy="confidential",
        identities=(Identity("王秀英", "柳树村 3 号"),),
        channel=ChannelWish("sms", "13800000000"),
    )
    path.unlink()
    first_start.begin_again(path)
    return case


def test_the_identity_says_why_it_stays_closed(lost: Case) -> None:
    with pytest.raises(KeyFileError) as refused:
        steps.open_identity(Party.objects.get(case_id=lost.pk))
    assert refused.value.code == "no_such_key"
    assert "the case itself can be worked on as before" in str(refused.value)


def test_the_case_is_handled_to_its_end(lost: Case, cast: Cast) -> None:
    later = MONDAY + timedelta(days=1)
    handling.ask_person(
        case_id=lost.pk,
        text="请问是哪一盏路灯？",
        by=cast.actor(cast.clerk),
        seen_version=lost.version,
        now=later,
    )
    lost.refresh_from_db()
    deciding.send_decision(
        case_id=lost.pk,
        outcome="supported",
        parts=PARTS,
        by=cast.actor(cast.leader),
        seen_version=lost.version,
        now=later + timedelta(days=1),
    )
    lost.refresh_from_db()
    assert lost.state == "decided"


def test_new_matters_are_sealed_and_open(lost: Case, cast: Cast) -> None:
    new = registered(cast, privacy="confidential", identities=(Identity("李四"),)).case
    assert steps.open_identity(Party.objects.get(case_id=new.pk))["name"] == "李四"


def test_the_old_identity_can_still_be_erased(lost: Case) -> None:
    steps.erase(lost.pk, now=MONDAY + timedelta(days=9))
    with pytest.raises(steps.Erased):
        steps.open_identity(Party.objects.get(case_id=lost.pk))
