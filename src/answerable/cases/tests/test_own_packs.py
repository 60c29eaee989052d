"""An office's own pack: read beside the shipped ones, named where it is faulty, and no clock moves when it changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from answerable.alerts.models import Notice
from answerable.cases import checks, letters
from answerable.cases.models import Case, Deadline
from answerable.cases.packs import FOLDER, PackError, all_packs, load_pack, own_packs, use_folder
from answerable.cases.services import supervision
from answerable.cases.services.handling import accept_case
from answerable.orgs.models import Authority, Post, Unit
from answerable.record import reactions
from answerable.ui.print.tests.samples import bare, words_of
from tests.cast import MONDAY, Cast, registered

GENERIC = (FOLDER / "generic.toml").read_text(encoding="utf-8")


@pytest.fixture
def write(tmp_path: Path, settings: Settings) -> Iterator[Callable[..., None]]:
    """`write(name, old=new, …)`: a pack of one's own after `generic`, read as at the next start."""
    settings.ANSWERABLE_PACKS_DIR = tmp_path

    def put(name: str, *changes: tuple[str, str], code: str = "") -> None:
        text = GENERIC.replace('code = "generic"', f'code = "{code or name}"', 1)
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
        use_folder(tmp_path)

    yield put
    use_folder(None)


def test_own_packs_stand_beside_the_shipped_ones(write: Callable[..., None]) -> None:
    write("our-town")
    assert next(iter(all_packs())) == "generic"
    assert list(all_packs())[-1] == "our-town"
    assert load_pack("our-town").code == "our-town"


def test_a_faulty_one_is_named_and_holds_up_no_other(write: Callable[..., None]) -> None:
    write("our-town")
    write("torn", ("number = 20", "number = 0"))
    write("other", code="another")
    write("cn-guangdong")
    assert {name: error.code for name, error in own_packs().faults.items()} == {
        "torn": "faulty_pack",
        "other": "misnamed_pack",
        "cn-guangdong": "shipped_pack",
    }
    assert load_pack("our-town")
    assert load_pack("cn-guangdong").source
    with pytest.raises(PackError, match="torn"):
        load_pack("torn")
    assert {fault.code for fault in checks.check_own_packs()} == {"own_pack_faulty"}


@pytest.mark.django_db
def test_a_changed_file_moves_no_running_clock_and_new_ones_take_it(
    write: Callable[..., None], cast: Cast
) -> None:
    write("our-town")
    Authority.objects.update(pack="our-town")
    cast.town.refresh_from_db()
    case = registered(cast).case
    before = {row.step: (row.late_from, row.derivation) for row in Deadline.objects.filter(case=case)}
    longest = max(late for late, _derivation in before.values())

    write("our-town", ("number = 20", "number = 7"), ("version = 1", "version = 2"))
    accept_case(case_id=case.pk, by=cast.actor(cast.clerk), seen_version=case.version, now=MONDAY)
    after = {row.step: (row.late_from, row.derivation) for row in Deadline.objects.filter(case=case)}
    assert {step: after[step] for step in before} == before
    newer = registered(cast, claim="又一盏路灯坏了。").case
    rows = Deadline.objects.filter(case=newer)
    assert max(row.late_from for row in rows) < longest
    assert {row.derivation["pack_version"] for row in rows} == {2}


@pytest.mark.django_db
def test_check_names_a_pack_that_is_gone_and_a_step_that_clocks_miss(
    write: Callable[..., None], cast: Cast, tmp_path: Path
) -> None:
    write("our-town")
    Authority.objects.update(pack="our-town")
    cast.town.refresh_from_db()
    registered(cast)
    assert list(checks.check_packs_of_cases()) == []
    write("our-town", ('code = "acknowledge"', 'code = "first-word"'))
    assert [fault.code for fault in checks.check_packs_of_cases()] == ["pack_lost_a_step"]
    row = Deadline.objects.get(step="acknowledge")
    supervision.lift_deadline(deadline_id=row.pk, now=row.late_from)
    reactions.dispatch(row.late_from)
    told = Notice.objects.filter(code="late_own").first()
    assert told is not None, "late is told, also where the step's name is lost"
    assert "acknowledge" in str(told.facts)
    Authority.objects.update(pack="generic")
    (tmp_path / "our-town.toml").unlink()
    use_folder(tmp_path)
    (fault,) = checks.check_packs_of_cases()
    assert fault.code == "pack_of_cases_unusable"
    assert "our-town" in fault.sentence


@pytest.mark.django_db
def test_a_letter_says_what_was_signed_also_where_the_pack_has_lost_the_words_for_it(cast: Cast) -> None:
    case = registered(cast, language="en").case
    parts = {"opinion": "Opinion.", "costs": "Nobody pays."}
    post, language = cast.post(cast.leader), letters.language_of(case)
    assert language == "en"
    words = words_of(letters.preview_letter(case, outcome="half-right", parts=parts, post=post, now=MONDAY))
    assert bare("costs Nobody pays.") in words
    assert bare("half-right") in words


@pytest.mark.django_db
def test_check_names_open_matters_of_a_unit_and_of_a_post_that_were_closed(cast: Cast) -> None:
    """Nobody there reads them, and a notice to such a post is read by nobody."""
    registered(cast)
    given = registered(cast).case
    assert not list(checks.check_closed_holders())
    Case.objects.filter(pk=given.pk).update(handler_post=cast.post(cast.handler))
    Post.objects.filter(pk=cast.post(cast.handler).pk).update(closed_on=MONDAY.date())
    assert [fault.code for fault in checks.check_closed_holders()] == ["cases_of_closed_post"]
    Unit.objects.filter(pk=cast.roads.pk).update(closed_on=MONDAY.date())
    (fault,) = checks.check_closed_holders()
    assert fault.code == "cases_in_closed_unit"
    assert "2" in fault.sentence
