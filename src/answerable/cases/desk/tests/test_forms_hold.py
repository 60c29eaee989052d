"""Every form of the desk: sent twice, sent from a page that has gone stale, sent after the sign-in has ended.

Each is tried by whoever may send it, on a matter in the state it is for. Sent twice it does its work once, and says
so in a page; after the sign-in it comes back with every word.
"""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from answerable.cases.counter.tests.test_counter import said
from answerable.cases.desk.verbs import VERBS
from answerable.cases.models import Case, SavedView
from answerable.cases.services import deciding, handling, mediation, persons
from answerable.core import clock
from answerable.orgs.models import CannedText, Post, Staff
from answerable.record.models import Act
from tests.cast import PARTS, Cast, accepted, make_cast, registered

WORDS = "电工周一上门查看，请在家等候。"
SENT = {f"part_{code}": text for code, text in PARTS.items()} | {"outcome": "supported", "seen_draft": 0}


@dataclass
class Town:
    """The cast, and matters in the states that forms are for."""

    cast: Cast
    ago: timedelta = timedelta(hours=2)

    def fresh(self) -> Case:
        return registered(self.cast, clock.now() - self.ago).case

    def accepted(self, **more: Any) -> Case:
        return accepted(self.cast, clock.now() - self.ago, **more)

    def decided(self) -> Case:
        case = self.accepted()
        deciding.send_decision(
            case_id=case.pk, outcome="supported", parts=PARTS, by=self.cast.actor(self.cast.leader),
            seen_version=case.version, now=clock.now() - timedelta(minutes=30),
        )  # fmt: skip
        case.refresh_from_db()
        return case

    def closed(self) -> Case:
        case = self.decided()
        persons.see_decisions(case_id=case.pk, now=clock.now() - timedelta(minutes=20))
        case.refresh_from_db()
        done = deciding.close_case(
            case_id=case.pk, by=self.cast.actor(self.cast.handler), seen_version=case.version, now=clock.now()
        )
        done.refresh_from_db()
        return done

    def offered(self) -> Case:
        case = self.accepted()
        mediation.offer_mediation(
            case_id=case.pk, text="调解", other_side=True, by=self.cast.actor(self.cast.handler),
            seen_version=case.version, now=clock.now() - timedelta(minutes=30),
        )  # fmt: skip
        case.refresh_from_db()
        return case

    def mediated(self) -> Case:
        case = self.offered()
        mediation.answer_mediation(case_id=case.pk, agrees=True, now=clock.now() - timedelta(minutes=20))
        case.refresh_from_db()
        return case

    def put_up(self) -> Case:
        case = self.accepted()
        deciding.draft_decision(
            case_id=case.pk, outcome="supported", parts=PARTS, by=self.cast.actor(self.cast.handler), seen_draft=0,
            now=clock.now() - timedelta(minutes=30), is_ready=True,
        )  # fmt: skip
        case.refresh_from_db()
        return case

    def appeal(self) -> Case:
        return self.accepted(kind="appeal")

    def transferred(self) -> Case:
        case = self.accepted()
        handling.transfer_case(
            case_id=case.pk, to_unit=self.cast.water.pk, why="水利站的事。", by=self.cast.actor(self.cast.leader),
            seen_version=case.version, now=clock.now() - timedelta(minutes=30),
        )  # fmt: skip
        case.refresh_from_db()
        return case


@dataclass
class Form:
    """One form: who sends it, what it is about, what is typed. `path` and `data` may be made from the matter."""

    who: Callable[[Cast], Staff]
    about: Callable[[Town], Any]
    data: Callable[[Cast, Any], dict[str, Any]]
    path: Callable[[Any], str]
    typed: tuple[str, ...] = ()  # fields whose words must come back
    tables: tuple[Any, ...] = field(default=(Act,))
    adds: bool = False  # other words are another note, draft or row: nothing is overwritten by them
    pack: str = "generic"


def verb(code: str) -> Callable[[Any], str]:
    return lambda case: reverse("desk:act", args=[case.pk, code])


def name(name: str) -> Callable[[Any], str]:
    return lambda case: reverse(f"desk:{name}", args=[case.pk])


def plain(name: str) -> Callable[[Any], str]:
    return lambda _about: reverse(name)


def words(**more: Any) -> Callable[[Cast, Any], dict[str, Any]]:
    return lambda _cast, _about: more


def by(who: str) -> Callable[[Cast], Staff]:
    return lambda cast: getattr(cast, who)


def post_of(cast: Cast, who: str) -> int:
    return cast.post(getattr(cast, who)).pk


def two(town: Town) -> Case:
    case = town.accepted()
    town.other = town.accepted().code  # type: ignore[attr-defined]
    return case


def canned(town: Town) -> CannedText:
    return CannedText.objects.create(
        authority=town.cast.town, unit=town.cast.roads, name_zh="周一", body_zh="周一。"
    )


def other(_cast: Cast, case: Case) -> dict[str, Any]:
    code = Case.objects.exclude(pk=case.pk).get().code
    return {"code": code, "why": WORDS}


TEXTS = {"name_zh": "周一上门", "name_en": "", "body_zh": WORDS, "body_en": "", "kind": ""}
FORMS: dict[str, Form] = {
    "accept": Form(by("clerk"), Town.fresh, words(title="村口路灯两盏不亮"), verb("accept"), ("title",)),
    "assign": Form(
        by("leader"), Town.accepted, lambda c, _: {"to_post": post_of(c, "handler"), "why": WORDS}, verb("assign"), ("why",)
    ),
    "ask": Form(by("handler"), Town.accepted, words(text=WORDS), verb("ask"), ("text",)),
    "reply": Form(by("handler"), Town.accepted, words(text=WORDS), verb("reply"), ("text",)),
    "note": Form(by("handler"), Town.accepted, words(text=WORDS), verb("note"), ("text",), adds=True),
    "charge": Form(by("leader"), Town.accepted, words(why=WORDS), verb("charge"), ("why",)),
    "extend": Form(by("leader"), Town.accepted, words(number=5, why=WORDS), verb("extend"), ("why",)),
    "askextend": Form(by("handler"), Town.accepted, words(number=5, why=WORDS), verb("askextend"), ("why",)),
    "mediate": Form(by("handler"), Town.accepted, words(text=WORDS, other_side="on"), verb("mediate"), ("text",)),
    "nomediation": Form(by("handler"), Town.offered, words(text=WORDS), verb("nomediation"), ("text",)),
    "endmediation": Form(by("handler"), Town.mediated, words(text=WORDS, agreed="on"), verb("endmediation"), ("text",)),
    "hearing": Form(
        by("leader"),
        Town.appeal,
        lambda _c, _a: {
            "on": (clock.now() + timedelta(days=9)).date().isoformat(), "at": "9:00", "place": "镇政府二楼会议室", "text": WORDS,
            "ground": "person",
        },
        verb("hearing"),
        ("place", "text"),
        pack="cn-xinfang-2022",
    ),
    "describe": Form(by("handler"), Town.accepted, words(title="村口路灯两盏不亮"), verb("describe"), ("title",)),
    "transfer": Form(
        by("leader"), Town.accepted, lambda c, _: {"to_unit": c.water.pk, "why": WORDS}, verb("transfer"), ("why",)
    ),
    "object": Form(by("water_leader"), Town.transferred, words(why=WORDS), verb("object"), ("why",)),
    "pass": Form(by("leader"), Town.fresh, lambda c, _: {"to": c.outside.pk, "why": WORDS}, verb("pass"), ("why",)),
    "link": Form(by("handler"), two, other, verb("link"), ("why",)),
    "join": Form(by("handler"), two, other, verb("join"), ("why",)),
    "merge": Form(by("handler"), two, other, verb("merge"), ("why",)),
    "divide": Form(
        by("leader"),
        Town.accepted,
        lambda c, _: {"own_title": "村口路灯不亮了", "title": "水管漏水好几天", "subject": c.pipes.pk, "why": WORDS},
        verb("divide"),
        ("own_title", "title", "why"),
    ),
    "aside": Form(by("handler"), Town.accepted, words(why=WORDS), verb("aside"), ("why",)),
    "accused": Form(by("leader"), Town.accepted, lambda c, _: {"staff": [c.clerk.pk]}, verb("accused"), ()),
    "deliver": Form(by("handler"), Town.decided, words(how="post", on=""), verb("deliver"), ()),
    "close": Form(by("handler"), Town.decided, words(why=WORDS), verb("close"), ("why",)),
    "reopen": Form(by("leader"), Town.closed, words(why=WORDS), verb("reopen"), ("why",)),
    "decision": Form(by("leader"), Town.accepted, words(do="send", **SENT), name("decide"), ("part_facts",)),
    "draft": Form(by("handler"), Town.accepted, words(do="keep", **SENT), name("decide"), ("part_facts",)),
    "giveback": Form(by("leader"), Town.put_up, words(why=WORDS), verb("giveback"), ("why",)),
    "new text": Form(
        by("clerk"), canned, lambda c, _: TEXTS | {"whose": f"u{c.roads.pk}"}, plain("desk:new_text"), ("body_zh",), adds=True
    ),
    "text": Form(by("clerk"), canned, words(**TEXTS, seen_version=1), name("edit_text"), ("body_zh",)),
    "retire": Form(by("clerk"), canned, words(version=1), name("retire_text"), ()),
    "view": Form(
        by("clerk"), Town.accepted, words(address="list=late", name="我的逾期清单"), plain("desk:save_view"), ("name",), (SavedView,), adds=True
    ),
    "give": Form(
        by("leader"), Town.accepted, lambda c, a: {"case": str(a.pk), "to_post": post_of(c, "handler")}, plain("desk:assign_many")
    ),
    "counter": Form(by("clerk"), Town.accepted, lambda c, _: said(c), plain("desk:counter"), ("story",), (Case,), adds=True),
    "post": Form(
        by("administrator"),
        Town.accepted,
        lambda c, _: {"staff": c.clerk.pk, "hold": "deputy", "since": "", "until": ""},
        lambda case: reverse("orgs:post", args=[case.handler_post_id or Post.objects.order_by("pk")[0].pk]),
    ),
    "unit": Form(
        by("administrator"),
        Town.accepted,
        lambda c, _: {"authority": "town", "parent": "town", "code": "bridges", "name_zh": "桥梁道路管理站", "name_en": ""},
        lambda _case: reverse("orgs:new", args=["units"]),
        ("name_zh",),
        adds=True,
    ),
}  # fmt: skip
#: Verbs that answer somebody else's act, wait for a day, or want a file: told in test_pages.py and test_hearings_pages.py;
#: and the one of what came by e-mail, in which nothing is typed (mailbox/tests).
ELSEWHERE = {
    "agree",
    "decline",
    "superior",
    "out",
    "movehearing",
    "calloffhearing",
    "openhearing",
    "closehearing",
    "nature",
}


def rows(form: Form) -> int:
    return sum(table.objects.count() for table in form.tables)


def test_no_verb_is_forgotten():
    verbs = {verb.code for verb in VERBS}
    assert verbs == (set(FORMS) & verbs) | ELSEWHERE


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_no_words_are_lost_and_nothing_is_done_twice(form, transactional_db, at_desk):
    """Sent after the sign-in has ended, sent, sent again, and sent with other words from the page that went stale."""
    town = Town(make_cast(form.pack))
    about = form.about(town)
    path, data = form.path(about), form.data(town.cast, about)
    if isinstance(about, Case):
        last = Act.objects.filter(matter=about.pk).order_by("-seq")[0].seq
        data = {"seen_version": about.version, "seen_seq": last, **data}
    before = rows(form)
    _after_the_sign_in_ended(form, path, data)
    assert rows(form) == before
    browser = at_desk(form.who(town.cast))
    sent = browser.post(path, data)
    assert sent.status_code == 303, html.unescape(sent.content.decode())[-3000:]
    done = rows(form)
    assert done > before or form.tables != (Act,)
    again = browser.post(path, data, follow=True)
    assert again.status_code in (200, 403, 404, 409, 422)
    assert rows(form) == done, "the second press did it once more"
    if form.typed and not form.adds:
        _from_a_stale_page(form, browser, path, data)
        assert rows(form) == done


def _after_the_sign_in_ended(form: Form, path: str, data: dict[str, Any]) -> None:
    answer = Client(headers={"accept-language": "en"}).post(path, data)
    page = html.unescape(answer.content.decode())
    assert answer.status_code == 403
    assert "You are not signed in any more" in page
    assert f'action="{path}"' in page
    for name in form.typed:
        assert f'<p class="quote">{data[name]}</p>' in page, "shown, to be copied"
    for name, value in data.items():
        for one in value if isinstance(value, list) else [value]:
            assert f'name="{name}" value="{one}"' in page, "sent again with the button"


def _from_a_stale_page(form: Form, browser: Client, path: str, data: dict[str, Any]) -> None:
    """The back button after sending: the words come back, also where what they were for is no longer possible."""
    other = "另外写的一段话，不能丢。"
    answer = browser.post(path, data | dict.fromkeys(form.typed, other))
    assert answer.status_code in (403, 404, 409, 422)
    assert other in html.unescape(answer.content.decode())
