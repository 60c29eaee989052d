"""Who looked: at who somebody is, at a file, at a step of the record, at the archive, and in which lists it was taken out.

Each stands here with its post and instant as soon as it is done (rights, rule 6): the act comes before what it shows.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext

from answerable.cases.act_kinds import ActKind as A
from answerable.cases.desk.wording import Names, names_for
from answerable.cases.mailbox.models import Mail
from answerable.cases.mailbox.services import READ
from answerable.cases.models import Attachment, Case, TakenOut
from answerable.cases.person import wording
from answerable.record.models import Act
from answerable.record.queries import ActShown, acts_of, shown

#: Kinds of acts by which somebody saw something of a matter beyond its plain words.
KINDS = (
    A.IDENTITY_LOOKED,
    A.ATTACHMENT_OPENED,
    A.RECORD_OPENED,
    A.ARCHIVE_TAKEN,
    A.PROGRESS_TOLD,
    A.RECEIPT_REISSUED,
)


@dataclass
class Look:
    """One line: which post, what it saw, and the reason that it gave."""

    at: datetime
    who: str
    said: str
    text: str
    times: int = 1

    @property
    def words(self) -> str:
        """What was seen and why, in one sentence, for paper."""
        times = gettext("%(times)s times that day") % {"times": self.times} if self.times > 1 else ""
        return " · ".join(filter(None, [self.said, times, self.text]))


def looks_at(
    case: Case, acts: Iterable[ActShown], halves: Collection[UUID], *, local_day: Callable[[datetime], date]
) -> list[Look]:
    """Newest first: of this matter, and of those that it was divided from or into, for the same identity and the same
    files are sealed in each. A file that one post opened several times on one day is one line."""
    found = [act for act in acts if act.kind in KINDS]
    for half in halves:
        found += acts_of(half, kinds=tuple(map(str, KINDS)))
    found += _exports([case.pk, *halves])
    found += _read_in_mailbox([case.pk, *halves])
    found = [act for act in found if act.actor_kind != "person"]
    names = names_for(case, found, [], {})
    files = _file_names([case.pk, *halves])
    seen: dict[tuple[object, ...], Look] = {}
    for act in sorted(found, key=lambda act: act.at, reverse=True):
        key = _same(act, local_day(act.at))
        if key in seen:
            seen[key].times += 1
        else:
            seen[key] = Look(act.at, wording.who(act, names), _what(act, files, names), act.why)
    return list(seen.values())


def _same(act: ActShown, day: date) -> tuple[object, ...]:
    if act.kind != A.ATTACHMENT_OPENED:
        return (act.id,)
    body = act.body or {}
    return act.post_id, body.get("attachment"), body.get("body"), day, act.stands_in


def _exports(cases: list[UUID]) -> list[ActShown]:
    """Exports in which the matter stood: acts of the body, whose own contents are none of the person's business."""
    rows = Act.objects.filter(pk__in=TakenOut.objects.filter(case__in=cases).values("act_id"))
    return [shown(act) for act in rows.select_related("opening")]


def _read_in_mailbox(cases: list[UUID]) -> list[ActShown]:
    """Who read the message before it was made a matter."""
    mails = Mail.objects.filter(case__in=cases).values_list("pk", flat=True)
    return [act for pk in mails for act in acts_of(pk, kinds=(READ,))]


def _file_names(cases: list[UUID]) -> dict[str, str]:
    rows = Attachment.objects.filter(case__in=cases).values_list("pk", "name")
    return {str(pk): name for pk, name in rows}


def _what(act: ActShown, files: dict[str, str], names: Names) -> str:
    body = act.body or {}
    if act.kind == A.IDENTITY_LOOKED and body.get("compared"):
        return gettext("Compared what was said at the counter with who you are")
    if act.kind == A.ATTACHMENT_OPENED:
        name = files.get(str(body.get("attachment")), "")
        if body.get("body"):
            words = gettext("Took out the file “%(name)s”, to go along with the letter to %(body)s")
            return words % {"name": name, "body": names.bodies.get(body["body"], gettext("another body"))}
        return gettext("Opened the file “%(name)s”") % {"name": name} if name else gettext("Opened a file")
    return {
        str(A.IDENTITY_LOOKED): gettext("Looked at who you are"),
        READ: gettext("Read your message while it waited in the mailbox; not who you are"),
        str(A.RECORD_OPENED): gettext("Read what was recorded of a step, to check the public log"),
        str(A.ARCHIVE_TAKEN): gettext("Took the file out of the archive"),
        str(A.PROGRESS_TOLD): gettext("Told somebody who read out your code and secret how far it is"),
        str(A.RECEIPT_REISSUED): gettext("Gave out a new receipt"),
        str(A.EXPORT_MADE): gettext(
            "Took out a list in which your matter stands: code, title, subject, dates; not who you are, nor your words"
        ),
    }[act.kind]
