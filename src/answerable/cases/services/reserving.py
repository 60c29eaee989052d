"""Receipt codes that a counter takes along for work without a network, and what comes back under them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from answerable.cases.act_kinds import ActKind
from answerable.cases.models import ReservedCode
from answerable.cases.services.intake import SECRET_PURPOSE, Registered, Told, register_case
from answerable.core import codes
from answerable.core.sentences import N_, Said
from answerable.orgs.models import Post
from answerable.parties import keys
from answerable.record.actors import Actor
from answerable.record.append import append
from answerable.record.matters import matter_of

#: Codes that a post may hold unused at a time; a day at a village counter sees fewer people.
AT_MOST = 40
#: How long a code may be handed out without a network.
RESERVED_FOR = timedelta(days=14)
#: How long after that a matter that was told in time may still be sent: its person holds the receipt.
SENT_WITHIN = timedelta(days=90)


class CannotReserve(Said):
    """No codes, or no matter under a reserved one; the sentence says what to do."""

    sentences = {
        "enough": N_(
            "This post holds %(held)s unused receipts already, and %(limit)s at most. Give back those of another "
            "device first, or wait until they run out."
        ),
        "not_reserved": N_(
            "This receipt is not known here: it ran out, or was given back. Take the matter down anew from these "
            "words; the person then needs the new receipt."
        ),
        "closed_post": N_(
            "This receipt belongs to the post “%(post)s”, which was closed. Let somebody with the same role in %(unit)s, or "
            "in a unit above it, sign in on this device to send it."
        ),
        "other_post": N_(
            "This receipt belongs to the post “%(post)s”. Let someone who holds that post sign in on this device "
            "to send it."
        ),
    }


@dataclass(frozen=True)
class Taken:
    """A code with its secret, as the device keeps it until it is handed over."""

    code: str
    secret: str


@transaction.atomic(durable=True)
def reserve(*, by: Actor, count: int, now: datetime) -> list[Taken]:
    """Reserve `count` codes (1 to AT_MOST) for the actor's post. The secrets are given here once and stored nowhere.

    Raises CannotReserve("enough") where the post would hold more than AT_MOST unused ones.
    """
    # The post's row is the lock: two devices of one post cannot both pass the limit.
    post = Post.objects.select_for_update(of=("self",)).select_related("unit").get(pk=by.post)
    held = usable(post.pk, now).count()
    if not 1 <= count <= AT_MOST - held:
        raise CannotReserve("enough", held=held, limit=AT_MOST)
    fresh = _free_codes(count)
    taken = [Taken(code, codes.new_secret()) for code in fresh]
    key = keys.derived(SECRET_PURPOSE)
    ReservedCode.objects.bulk_create(
        ReservedCode(
            code=one.code,
            secret_mac=codes.hash_secret(key, one.code, one.secret),
            post=post,
            reserved_at=now,
        )
        for one in taken
    )
    _append(ActKind.CODES_RESERVED, post, by=by, count=count, now=now)
    return taken


def _free_codes(count: int) -> list[str]:
    """New counter codes that no reserve holds; cases under such codes all have a row there."""
    drawn = codes.new_counter_codes(count + 8)
    known = set(ReservedCode.objects.filter(code__in=drawn).values_list("code", flat=True))
    return [code for code in drawn if code not in known][:count]


def usable(post_id: int, now: datetime) -> QuerySet[ReservedCode]:
    """The post's codes that may still be handed out, as a QuerySet."""
    return ReservedCode.objects.filter(post_id=post_id, used_at=None, reserved_at__gt=now - RESERVED_FOR)


@transaction.atomic(durable=True)
def give_back(*, by: Actor, given: list[str], now: datetime) -> int:
    """End codes of the actor's own post that were not handed out; how many. Others in the list stay as they are."""
    post = Post.objects.select_for_update(of=("self",)).select_related("unit").get(pk=by.post)
    count, _rows = ReservedCode.objects.filter(
        post=post, used_at=None, code__in=[codes.normalise(code) for code in given]
    ).delete()
    if count:
        _append(ActKind.CODES_GIVEN_BACK, post, by=by, count=count, now=now)
    return count


def _append(kind: ActKind, post: Post, *, by: Actor, count: int, now: datetime) -> None:
    matter = matter_of("authority", post.unit.authority_id)
    append(kind, matter=matter, by=by, at=now, body={"post": post.pk, "count": count})


def reserved_for(code: str, posts: Sequence[Post], now: datetime) -> tuple[ReservedCode, Post]:
    """The reserved code, used or not, for someone who holds one of these posts; and the post that sends under it.

    Nobody can hold a post that was closed, and its receipts are in people's hands: another of its role sends them, in its
    unit or above it. Raises CannotReserve (not_reserved, closed_post, other_post).
    """
    rows = ReservedCode.objects.select_related("post__unit__authority")
    row = rows.filter(code=codes.normalise(code)).first()
    if row is None or (row.used_at is None and row.reserved_at <= now - RESERVED_FOR - SENT_WITHIN):
        raise CannotReserve("not_reserved")
    unit, by = row.post.unit, next((post for post in posts if post.pk == row.post_id), None)
    if row.post.closed_on is not None:
        path = unit.path or [unit.pk]
        able = [post for post in posts if post.role == row.post.role and post.unit_id in path]
        by = by or max(able, key=lambda post: path.index(post.unit_id), default=None)
    if by is None and row.post.closed_on is not None:
        raise CannotReserve("closed_post", post=row.post.name, unit=unit.name)
    if by is None:
        raise CannotReserve("other_post", post=row.post.name)
    return row, by


def register_reserved(
    told: Told,
    reserved: ReservedCode,
    *,
    said_at: datetime,
    withhold: bool,
    by: Actor,
    now: datetime,
) -> Registered:
    """Register what was told without a network, under the code on the person's receipt.

    The office received it when it was told, so its limits run from `said_at`, a claim of the device's clock that
    cannot lie before the code was reserved nor after now (rights, rule 7); a letter's own day goes first. Sent
    again, the first one's case answers. `withhold`: whoever took it down belongs to the accused office, so the
    secret that their device held dies here (rule 5). Raises what register_case raises.
    """
    received = told.received_at or min(max(said_at, reserved.reserved_at), now)
    if withhold:
        mac = codes.hash_secret(keys.derived(SECRET_PURPOSE), reserved.code, codes.new_secret())
        reserved = ReservedCode(
            code=reserved.code, secret_mac=mac, post_id=reserved.post_id, reserved_at=reserved.reserved_at
        )
    wished = replace(told, received_at=received, reserved=reserved, submission=b"")
    return register_case(wished, by=by, now=now)


def tidy(now: datetime) -> int:
    """Forget codes that were never used and can no longer be sent; how many."""
    old = ReservedCode.objects.filter(used_at=None, reserved_at__lte=now - RESERVED_FOR - SENT_WITHIN)
    return old.delete()[0]
