"""Who sees what of mailboxes: an administrator how they work, never a message; the clerks and leaders of the unit that
looks after one, what was not taken up there."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from answerable.cases.mailbox.models import Mail, Mailbox, Outcome
from answerable.orgs.access import Visitor
from answerable.orgs.models import Post, Role
from answerable.orgs.queries import posts_of
from answerable.record.actors import Actor, ActorKind

LOOK = frozenset({Role.CLERK, Role.LEADER})


def run_by(visitor: Visitor) -> QuerySet[Mailbox]:
    """The mailboxes of the bodies that this visitor administers."""
    rows = Mailbox.objects.filter(authority__in=visitor.runs) if visitor.post else Mailbox.objects.none()
    return rows.select_related("authority", "unit", "subject").order_by("authority", "pk")


def _looks_after(post: Post, mailbox: Mailbox) -> bool:
    unit = mailbox.unit
    if post.role not in LOOK:
        return False
    return post.unit_id == unit.pk or (post.role == Role.LEADER and post.unit_id in unit.path)


def looked_after_by(visitor: Visitor) -> dict[int, Post]:
    """The mailboxes whose waiting messages this visitor sees, each with the post they see them under."""
    posts = posts_of(visitor.staff, visitor.now)
    found: dict[int, Post] = {}
    for mailbox in Mailbox.objects.select_related("unit"):
        post = next((post for post in posts if _looks_after(post, mailbox)), None)
        if post is not None:
            found[mailbox.pk] = post
    return found


def waiting_for(visitor: Visitor, mail_id: UUID) -> tuple[Mail, Actor]:
    """A message that waits, and who acts on it. Raises Http404 where it is not theirs or waits no more."""
    row = Mail.objects.select_related("mailbox__authority", "mailbox__unit", "mailbox__subject").filter(
        pk=mail_id, outcome=Outcome.WAITING
    )
    mail = row.first()
    post = looked_after_by(visitor).get(mail.mailbox_id) if mail else None
    if mail is None or post is None:
        raise Http404
    return mail, Actor(ActorKind.STAFF, staff_id=visitor.staff.pk, post_id=post.pk, unit_id=post.unit_id)
