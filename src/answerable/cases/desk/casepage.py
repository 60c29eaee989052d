"""The page of one case: everything about it in the order in which it is needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Prefetch
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from answerable.alerts import wording as alerts_wording
from answerable.alerts.models import Delivery, Notice
from answerable.alerts.queries import messages_out
from answerable.cases import rules
from answerable.cases.access import readable_cases
from answerable.cases.act_kinds import ActKind as A
from answerable.cases.deadline_wording import day_words
from answerable.cases.desk import beside, wording
from answerable.cases.desk.door import Desk
from answerable.cases.desk.signing import Signing
from answerable.cases.joins import leads_others
from answerable.cases.models import (
    Accused,
    Attachment,
    Case,
    CaseText,
    Decision,
    Involvement,
    Message,
    Note,
)
from answerable.cases.passing import passed_to
from answerable.cases.rules import Doing
from answerable.cases.services.hearings import ANNOUNCED, MOVED, Hearing, hearing_of
from answerable.cases.services.letters_out import letters_to_outside, receipts_of
from answerable.cases.services.mediation import mediation_of
from answerable.cases.services.transfers import Transfer, transfer_of
from answerable.cases.solved_wording import solved_words
from answerable.core.statements import fetch
from answerable.orgs.models import Post
from answerable.orgs.standing import standing
from answerable.record.places import Place, places_of
from answerable.record.queries import ActShown, acts_of, last_seq

ACTIVE_LATELY = timedelta(minutes=10)
LOST = (Delivery.State.FAILED, Delivery.State.UNKNOWN)
TOLD_LATE = ("late_own", "late_above", "raised", "raised_own", "no_level_above", "half", "four_fifths")


@dataclass(frozen=True)
class DecisionShown:
    """A sent decision; what it is called; its outcome; the office's word whether it is done, and the person's beside
    it. `parts`: what else it says, each with its title."""

    row: Decision
    paper: str
    outcome: str
    parts: list[tuple[str, str]]
    solved: list[str]
    is_revoked: bool = False


@dataclass(frozen=True)
class Said:
    """One line of the conversation."""

    message: Message
    who: str
    text: str
    css: str


class CasePage(Signing):
    """What the page of a case is made of; each part is read when the page first shows it."""

    @cached_property
    def text(self) -> Any:
        self.case.text = fetch(CaseText, "case_id = %s", [self.case.pk])[0]
        return self.case.text

    @property
    def title(self) -> str:
        return self.text.title or str(self.case.subject)

    @cached_property
    def acts(self) -> list[ActShown]:
        return acts_of(self.case.pk)

    def _passed_on(self) -> str:
        body = passed_to(self.acts)
        waits = [o for o in self.letters_out if o["is_letter"] and o["row"].state == Delivery.State.QUEUED]
        if body and any(o["body"] == body for o in waits):
            return _(
                "To be passed on to %(body)s: the letter that says so has still to be printed and handed over."
            ) % {"body": body.name}
        return _("Passed on to %(body)s.") % {"body": body.name} if body else super()._passed_on()

    @cached_property
    def offered(self) -> list[beside.Link]:
        """What rooms above offer here."""
        return beside.offered(self.case, self.desk.reader.staff)

    @property
    def seen_seq(self) -> int:
        if "acts" not in self.__dict__:
            return last_seq(self.case.pk)
        return self.acts[-1].seq if self.acts else 0

    @cached_property
    def messages(self) -> list[Message]:
        return list(Message.objects.filter(case=self.case).order_by("act_seq", "pk"))

    @cached_property
    def related(self) -> dict[str, Case]:
        """Other cases that this one's acts or grouping speak of, by id, as far as the reader may see them."""
        ids = {str((a.body or {}).get("case", "")) for a in self.acts if a.kind in _GROUPING} - {""}
        ids |= {str(pk) for pk in (self.case.lead_id, self.case.merged_into_id) if pk}
        ids |= {str(pk) for pk in Case.objects.filter(lead=self.case).values_list("pk", flat=True)}
        if not ids:
            return {}
        rows = readable_cases(self.desk.reader).filter(pk__in=ids).select_related("text", "subject", "unit")
        return {str(case.pk): case for case in rows}

    @cached_property
    def members(self) -> list[Case]:
        """Cases answered together with this one that the reader may see, in the order of their receipt."""
        if not leads_others(self.case.pk):
            return []  # most have none, and need not be looked for in the acts
        found = [case for case in self.related.values() if case.lead_id == self.case.pk]
        return sorted(found, key=lambda case: (case.received_at, case.pk))

    @cached_property
    def lead(self) -> Case | None:
        return self.related.get(str(self.case.lead_id)) if self.case.lead_id else None

    @cached_property
    def member_titles(self) -> dict[str, str]:
        """What each of the group's matters is called: who answers several at once sees which they are."""
        rows = CaseText.objects.filter(case__in=self.members).exclude(title="")
        return {str(pk): title for pk, title in rows.values_list("case_id", "title")}

    @cached_property
    def linked(self) -> list[Case]:
        ids = {str((a.body or {}).get("case")) for a in self.acts if a.kind == A.LINKED}
        return [case for pk, case in self.related.items() if pk in ids]

    @cached_property
    def halves(self) -> list[Case]:
        """What was made out of this matter, or what it was made out of."""
        ids = {str((a.body or {}).get("case")) for a in self.acts if a.kind in (A.DIVIDED, A.REGISTERED)}
        return [case for pk, case in self.related.items() if pk in ids]

    @cached_property
    def names(self) -> wording.Names:
        codes = {pk: case.code for pk, case in self.related.items()}
        return wording.names_for(self.case, self.acts, self.messages, codes)

    def timeline(self) -> list[Any]:
        return wording.entries(self.case, self.acts, self.names, self.places)

    @cached_property
    def places(self) -> dict[int, Place]:
        """Where the acts stand in the public log, by their number."""
        return places_of(self.case.pk)

    @cached_property
    def conversation(self) -> list[Said]:
        return [self._line(m) for m in self.messages]

    def _line(self, message: Message) -> Said:
        words = wording.notice_words(message, self.names) if message.code else ""
        if message.from_person:
            who, css = _("the person"), "from-person"
        else:
            who = self.names.post(message.post_id) if message.post_id else _("the system")
            css = "from-office"
        if message.kind == Message.Kind.NOTICE and not message.body:
            css = "notice"
        return Said(message, who, words, css)

    @cached_property
    def messages_out(self) -> list[dict[str, Any]]:
        """What went out by machine to say that there is news, and what is known of its arrival."""
        rows = [row for row in messages_out(self.case.pk) if row.purpose != "outside"]
        return [
            {
                "row": row,
                "sentence": alerts_wording.out(row),
                "doubtful": row.may_be_duplicate or row.state in LOST,
            }
            for row in rows
        ]

    @cached_property
    def letters_out(self) -> list[dict[str, Any]]:
        """What went to bodies outside: to which, by which way, and how far it is."""
        if self.case.erased_at is not None:
            return []
        bodies, receipts = standing().authorities, receipts_of(self.acts)
        return [
            {
                "row": row,
                "body": bodies.get(int(row.facts.get("body") or 0)),
                "is_letter": row.kind == "letter",
                "sentence": _letter_words(row, receipts.get(str(row.pk), ""))
                if row.kind == "letter"
                else _message_words(row),
            }
            for row in letters_to_outside(self.case.pk)
        ]

    @property
    def outside_facts(self) -> list[tuple[str, Any]]:
        """What a body outside needs to know of it."""
        shown = (_("Kind"), _("Subject"), _("Place"), _("Came in"))
        return [(term, value) for term, value in self.facts if term in shown]

    @cached_property
    def notes(self) -> list[Note]:
        return list(Note.objects.filter(case=self.case).select_related("post__unit").order_by("-act_seq"))

    # --- the rest ------------------------------------------------------------------------------------------

    @cached_property
    def decisions(self) -> list[Decision]:
        rows = fetch(Decision, "case_id = %s ORDER BY id", [self.case.pk], without=("letter",))
        found = standing()
        for row in rows:
            found.fill(row, post=found.posts, unit=found.units)
        return rows

    @property
    def sent(self) -> list[Decision]:
        return [d for d in self.decisions if d.sent_at is not None]

    @property
    def sent_shown(self) -> list[DecisionShown]:
        gone = max((d.pk for d in self.sent if rules.is_sent_back(d.stage, d.outcome)), default=0)
        return [
            DecisionShown(
                d,
                wording.paper_words(self.case, d.stage),
                wording.outcome_words(self.case, d.outcome),
                wording.part_words(self.case, d.parts),
                [] if rules.is_sent_back(d.stage, d.outcome) else solved_words(self.case, d.office_solved),
                is_revoked=d.pk < gone,
            )
            for d in self.sent
        ]

    @property
    def undelivered(self) -> Decision | None:
        return next((d for d in reversed(self.sent) if d.delivered_at is None), None)

    @property
    def paper(self) -> str:
        """What the decision of the present stage is called."""
        return wording.paper_words(self.case)

    @property
    def draft(self) -> Decision | None:
        return next((d for d in self.decisions if d.sent_at is None and d.stage == self.case.stage), None)

    @cached_property
    def remark(self) -> Note | None:
        """What the leader wants changed in the draft that was given back, until it is put up again or sent."""
        if self.draft is None or self.case.is_draft_ready:
            return None
        for act in reversed(self.acts):
            body = (act.body or {}) if act.kind == A.NOTED else {}
            if body.get("ready") or act.kind in (A.DECIDED, A.REVIEW_DECIDED, A.REREVIEW_DECIDED):
                return None
            if "draft_returned" in body:
                return next((note for note in self.notes if note.act_seq == act.seq), None)
        return None

    @property
    def is_given_back(self) -> bool:
        return self.remark is not None

    @property
    def disputed_by(self) -> str:
        if self.transfer is None or self.transfer.stands != "objected":
            return ""
        return self.names.unit(self.transfer.from_unit)

    @property
    def is_draft_of_one_aside(self) -> bool:
        """Whether the draft is as somebody wrote it who has stepped aside since."""
        if self.draft is None:
            return False
        for act in reversed(self.acts):
            if (act.body or {}).get("draft") == self.draft.version:  # the newest word on it: aside, or kept
                return act.kind == A.STEPPED_ASIDE
        return False

    @cached_property
    def attachments(self) -> list[Attachment]:
        copies = Attachment.objects.defer("sealed").order_by("at")
        rows = Attachment.objects.filter(case=self.case, redacts=None).defer("sealed")
        return list(rows.prefetch_related(Prefetch("redacted_copies", queryset=copies)).order_by("at"))

    @property
    def facts(self) -> list[tuple[str, Any]]:
        """What is known about it, as terms and values. Who the person is stands elsewhere and sealed."""
        case = self.case
        place = " · ".join(filter(None, [str(case.place) if case.place else "", self.text.place_text]))
        return [
            (_("Kind"), wording.kind_words(case)),
            (_("Subject"), str(case.subject)),
            (_("Place"), place),
            (
                _("Came in"),
                _("%(how)s, %(date)s")
                % {"how": case.get_intake_display(), "date": day_words(self._local(case.received_at))},
            ),
            (_("Name given"), case.get_privacy_display()),
            (_("Handled by"), str(case.handler_post) if case.handler_post else _("nobody yet")),
            (_("In charge to the end"), str(case.charge_post) if case.charge_post else ""),
            (
                _("Answers for it"),
                _("%(post)s, %(unit)s") % {"post": case.leader_post, "unit": case.leader_post.unit},
            ),
            (_("Mediation"), self.mediation_fact),
            (_("Hearing"), self.hearing_fact),
            (_("Procedure"), self.pack.title.in_language(get_language() or "en")),
        ]

    def _local(self, at: Any) -> date:
        return timezone.localtime(at).date()

    @cached_property
    def accused(self) -> list[str]:
        """Whose conduct it is about. Auditors read without names."""
        if not self.case.is_conduct or not self.can(Doing.HANDLE):
            return []
        rows = Accused.objects.filter(case=self.case).select_related("staff", "unit")
        return [wording.staff_words(r.staff) if r.staff else str(r.unit) for r in rows]

    @cached_property
    def involved(self) -> list[Involvement]:
        rows = Involvement.objects.filter(case=self.case).select_related("unit").order_by("since")
        # After a review it may be back with whoever had it before: they have it now.
        had = Involvement.Capacity.RECEIVED
        return list(rows.exclude(capacity=had, unit=self.case.unit_id))

    @cached_property
    def told(self) -> list[Notice]:
        """Who was told that it runs late, or was reminded, and whether they have seen it."""
        rows = Notice.objects.filter(matter=self.case.pk, code__in=TOLD_LATE).order_by("-at", "pk")
        return list(rows[:20])

    @cached_property
    def told_names(self) -> dict[int, str]:
        posts = Post.objects.filter(pk__in={n.post_id for n in self.told}).select_related("unit")
        return {p.pk: _("%(post)s, %(unit)s") % {"post": p.name, "unit": p.unit.name} for p in posts}

    @property
    def told_lines(self) -> list[dict[str, Any]]:
        return [{"notice": n, "who": self.told_names.get(n.post_id, "")} for n in self.told]

    @cached_property
    def mediation(self) -> str:
        return mediation_of(self.case) if any(a.kind == A.MEDIATION_OFFERED for a in self.acts) else ""

    @property
    def mediation_fact(self) -> str:
        """Which side has still to say whether it wants it."""
        return {
            "offered": _("the other side agreed; the person has not said yet"),
            "consented": _("both sides agreed; end it with what came of it"),
        }.get(self.mediation, "")

    @cached_property
    def hearing(self) -> Hearing | None:
        return hearing_of(self.case.pk) if any(a.kind == A.HEARING_ANNOUNCED for a in self.acts) else None

    @cached_property
    def hearing_said(self) -> Message | None:
        """What the person was told last of when and where it is."""
        return next((m for m in reversed(self.messages) if m.code in (ANNOUNCED, MOVED)), None)

    @property
    def hearing_fact(self) -> str:
        """The last hearing, and how far it is."""
        hearing = self.hearing
        if hearing is None:
            return ""
        said = self.hearing_said.facts if self.hearing_said else {}
        places = {"on": day_words(hearing.on), "at": said.get("at", ""), "place": said.get("place", "")}
        if hearing.is_coming and hearing.is_owed:
            return _("announced for %(on)s, %(at)s, %(place)s; only the person can call it off") % places
        return {
            "announced": _("announced for %(on)s, %(at)s, %(place)s"),
            "open": _("open since %(on)s"),
            "held": _("held on %(on)s"),
            "called_off": _("called off; it was announced for %(on)s"),
        }[hearing.stands] % places

    @cached_property
    def transfer(self) -> Transfer | None:
        return transfer_of(self.case.pk) if any(a.kind == A.TRANSFERRED for a in self.acts) else None

    @cached_property
    def lately(self) -> ActShown | None:
        """What a colleague did within the last ten minutes: the only hint that someone else is at it.

        It comes from acts, which the record holds anyway; who merely reads is not watched.
        """
        mine = {post.pk for post in self.desk.reader.posts}
        last = next((a for a in reversed(self.acts) if a.actor_kind == "staff"), None)
        if last is None or last.post_id in mine or self.desk.now - last.at > ACTIVE_LATELY:
            return None
        return last

    @property
    def lately_words(self) -> dict[str, Any]:
        act = self.lately
        if act is None:
            return {}
        minutes = max(1, round((self.desk.now - act.at).total_seconds() / 60))
        return {
            "who": wording.who_did(act, self.names),
            "what": wording.act_words(act, self.case, self.names),
            "minutes": minutes,
        }

    def since(self, seq: int) -> Sequence[Any]:
        """What happened after act `seq`: shown to the second person whose page had grown old."""
        return wording.entries(self.case, [a for a in self.acts if a.seq > seq], self.names)


def _letter_words(row: Delivery, receipt: str) -> str:
    """How far a letter to a body outside is; `receipt` is what the other side gave for it."""
    if row.state == Delivery.State.QUEUED:
        return _("Waits to be printed and handed over.")
    return _("Handed over: %(receipt)s") % {"receipt": receipt} if receipt else _("Handed over.")


def _message_words(row: Delivery) -> str:
    """How far a message to a body outside is; one that was given up became a letter."""
    if row.state in LOST:
        return _("It did not arrive, or nobody knows whether it did. A letter was made for it instead.")
    return alerts_wording.out(row)


_GROUPING = (A.REGISTERED, A.LINKED, A.JOINED, A.MERGED, A.SPLIT, A.DIVIDED)


def still_open_to(desk: Desk, case_id: UUID) -> bool:
    """Whether the reader may still see it after what they did (stepping aside, naming who it is about)."""
    return readable_cases(desk.reader).filter(pk=case_id).exists()
