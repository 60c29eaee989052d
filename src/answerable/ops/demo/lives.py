"""Let the demo town's cases live their lives: every act through the services, at a simulated instant.

Nothing is written behind the services' back: reminders and lifts fall between the acts as they would have.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

from answerable.cases.models import Case, ReservedCode
from answerable.cases.rules import Doing
from answerable.cases.services import (
    grouping,
    intake,
    receipts,
)
from answerable.ops.demo import content
from answerable.ops.demo.life import Life, Staffing, catch_up, working_time
from answerable.ops.demo.life_steps import STEPS
from answerable.ops.demo.settle import Settled
from answerable.ops.demo.stories import Story
from answerable.orgs.models import Post
from answerable.orgs.queries import calendar_of, holders_of
from answerable.parties.steps import ChannelWish, Identity
from answerable.record.actors import Actor, ActorKind


def live(
    story: Story,
    settled: Settled,
    town: content.Town,
    staffing: Staffing,
    *,
    number: int,
    now: datetime,
    lead: Case | None,
) -> Case:
    """Live one story up to where its path says, and give its case."""
    hedu = settled.authorities[town.authorities[-1].code]
    dice = random.Random(number * 7919 + 17)
    calendar = calendar_of(hedu)
    start = now - timedelta(days=story.age, minutes=dice.randrange(20, 500))
    if story.channel in ("counter", "phone", "letter"):
        start = working_time(start, calendar, dice)
    start = min(start, now - timedelta(minutes=dice.randrange(15, 200)))
    life = Life(story, settled, town, number, now, start, calendar, dice, staffing)
    life.case = _register(life, hedu, lead)
    if story.shown and story.summary:
        _describe(life)
    for step in STEPS[story.path]:
        if not step(life):
            break
    catch_up(life.pk, now)
    return life.fresh()


def _register(life: Life, hedu: Any, lead: Case | None) -> Case:
    story, settled = life.story, life.settled
    person = life.town.people.person(life.number, story.language)
    identities: tuple[Identity, ...] = ()
    channel = None
    if story.privacy != "anonymous":
        role = "representative" if story.behalf else "self"
        identities = (Identity(person.name, role=role),)
        channel = ChannelWish("email", person.email) if life.number % 3 else None
    accused_units = tuple(settled.units[c].pk for c in story.accused if c in settled.units)
    posts = [settled.posts[c] for c in story.accused if c in settled.posts]
    staff = {s.pk for post in posts for s in holders_of(post.pk, life.at)}
    desk = story.channel in ("counter", "phone", "letter")
    clerk = _clerk(life) if desk else None
    told = intake.Told(
        authority=hedu,
        subject=settled.subjects[story.subject],
        place=settled.places.get(story.place),
        place_text="" if story.place in settled.places else story.place,
        claim=story.claim,
        kind=story.kind,
        language="en" if story.language == "en" else "zh-hans",
        intake=story.channel,
        privacy=story.privacy,
        identities=identities,
        channel=channel,
        is_conduct=story.kind == "accusation",
        accused_units=accused_units,
        accused_staff=tuple(sorted(staff)),
        is_shareable=story.shown,
        received_at=life.at - timedelta(days=story.letter_days) if story.letter_days else None,
        lead=lead,
        reserved=_tour_receipt(life.town, now=life.at) if story.id == life.town.tour_story else None,
    )
    return intake.register_case(told, by=clerk or Actor.person(), now=life.at).case


def _tour_receipt(town: content.Town, *, now: datetime) -> ReservedCode:
    """The receipt that the guided tour shows its visitors, set aside for its fictional case as a counter's are."""
    return ReservedCode.objects.create(
        code=town.tour_code,
        secret_mac=receipts.digest_of(town.tour_code, town.tour_secret),
        post=Post.objects.filter(unit__is_petition_office=True).order_by("pk")[0],
        reserved_at=now,
    )


def _clerk(life: Life) -> Actor | None:
    for post in Post.objects.filter(unit__is_petition_office=True, role="clerk").order_by("pk"):
        for staff in holders_of(post.pk, life.at):
            return Actor(ActorKind.STAFF, staff_id=staff.pk, post_id=post.pk, unit_id=post.unit_id)
    return None


def _describe(life: Life) -> None:
    by = life.by(Doing.HANDLE)
    if by is not None:
        case = life.fresh()
        grouping.describe_case(
            case_id=case.pk,
            title=life.story.title,
            shared_summary=life.story.summary,
            by=by,
            seen_version=case.version,
            now=life.at,
        )
