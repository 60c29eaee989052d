"""One's own case, in the order in which a person needs it. Each part is read when the page first shows it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext, pgettext

from answerable.cases import rules
from answerable.cases.act_kinds import ActKind as A
from answerable.cases.deadline_wording import day_words
from answerable.cases.desk.wording import Names, names_for
from answerable.cases.models import Attachment, Case, CaseText, Message
from answerable.cases.passing import passed_to
from answerable.cases.person import session, wording
from answerable.cases.person.decided import Decided
from answerable.cases.person.looks import Look, looks_at
from answerable.cases.printing import bodies_waiting
from answerable.cases.routing import Route
from answerable.cases.services.accusing import halves_of
from answerable.cases.services.dividing import needs_own_receipt, second_halves
from answerable.cases.services.hearings import HEARING_LINES, Hearing, hearing_of
from answerable.cases.services.mediation import mediation_of
from answerable.cases.services.new_receipt import settles_at
from answerable.cases.services.persons import next_level
from answerable.cases.services.transfers import transfer_of
from answerable.core.names import in_language
from answerable.orgs.models import Authority
from answerable.parties.models import Channel, Party
from answerable.record import promises
from answerable.record.places import Place, places_of
from answerable.record.queries import ActShown, acts_of
from answerable.ui.parts import TimelineEntry


@dataclass(frozen=True)
class Line:
    """One line of the conversation. `text` are the words of whoever wrote, `said` what the line is about."""

    at: datetime
    who: str
    said: str
    text: str
    from_person: bool
    is_question: bool = False


@dataclass(frozen=True)
class FileShown:
    number: int
    row: Attachment
    can_open: bool


class PersonPage(Decided):
    """What the pages of one's own case show. Nothing on it joins this case to another but what the office
    made out of this very one."""

    @cached_property
    def text(self) -> CaseText:
        return CaseText.objects.get(case=self.case)

    @cached_property
    def second_halves(self) -> list[Case]:
        """Matters that the office made out of this one: the only others that are reached from here."""
        return second_halves(self.case.pk) if any(a.kind == A.DIVIDED for a in self.acts) else []

    @property
    def mark(self) -> str:
        return session.mark_of(self.case)

    @cached_property
    def needs_own_receipt(self) -> bool:
        return not self.is_erased and needs_own_receipt(self.case.pk)

    # --- where it stands -----------------------------------------------------------------------------------

    @cached_property
    def acts(self) -> list[ActShown]:
        return acts_of(self.case.pk)

    @cached_property
    def messages(self) -> list[Message]:
        return list(Message.objects.filter(case=self.case).order_by("act_seq", "pk"))

    @cached_property
    def names(self) -> Names:
        return names_for(self.case, self.acts, self.messages, {})

    @cached_property
    def passed_to(self) -> Authority | None:
        """The body that has it now, where it was passed on: the person has to find it."""
        return passed_to(self.acts) if self.case.state == "passed_on" and not self.is_erased else None

    @property
    def passed_contact(self) -> list[str]:
        """How that body is reached, each as it stands in the organisation."""
        body = self.passed_to
        if body is None:
            return []
        address = in_language(body.address_zh, body.address_en, self.language)
        hours = in_language(body.hours_zh, body.hours_en, self.language)
        phone = gettext("Telephone: %(phone)s") % {"phone": body.phone} if body.phone else ""
        return [one for one in (address, phone, hours) if one]

    @cached_property
    def letters_waiting(self) -> list[Authority]:
        """Bodies outside that a letter about it has not gone to yet. Few matters go there: only those are looked at."""
        goes_there = self.passed_to is not None or self.is_raised or self.case.unit.authority.is_outside
        return bodies_waiting(self.case) if goes_there and not self.is_erased else []

    @property
    def has_not_gone(self) -> bool:
        """Whether it was passed on, and the letter that says so there still lies here."""
        return self.passed_to in self.letters_waiting

    @property
    def sentence(self) -> str:
        if self.passed_to is not None and self.has_not_gone:
            return gettext(
                "Your matter belongs to %(body)s. The letter that passes it on there has not gone out yet."
            ) % {"body": self.passed_to.name}
        if self.passed_to is not None:
            return gettext("Your matter belongs to %(body)s and was passed on there.") % {
                "body": self.passed_to.name
            }
        return wording.stands(
            self.case,
            unread=bool(self.unread),
            is_late=self.is_late,
            told=self._told(),
            sender=self._disputed_by(),
            is_anew=self.is_decided_anew,
        )

    def _disputed_by(self) -> str:
        """The unit that has to answer an objection to its handing over; empty where none waits for an answer."""
        if self.is_erased or not any(a.kind == A.TRANSFER_OBJECTED for a in self.acts):
            return ""
        transfer = transfer_of(self.case.pk)
        return self.names.unit(transfer.from_unit) if transfer and transfer.stands == "objected" else ""

    def _told(self) -> str:
        """The levels above that were told, by name."""
        return pgettext("between the items of a list", "; ").join(
            dict.fromkeys(c.title for c in self.watching)
        )

    @property
    def counter_sentence(self) -> str:
        """The same for whoever reads out code and secret at a counter: nothing of what was decided."""
        if self.case.outcome and self.case.state == "decided":
            return gettext("%(unit)s has decided. The decision stands on your page.") % {
                "unit": self.case.unit.name
            }
        return self.sentence

    @property
    def answers(self) -> str:
        """Which post answers for it, as a sentence."""
        case = self.case
        places = {"post": case.leader_post.name, "unit": case.leader_post.unit.name}
        if case.charge_post is not None:
            places = {"post": case.charge_post.name, "unit": case.charge_post.unit.name}
            return gettext("%(post)s, %(unit)s, took charge of it and answers for it to its end.") % places
        if places["unit"] in places["post"]:
            return gettext("%(post)s answers for it.") % places
        return gettext("%(post)s, %(unit)s, answers for it.") % places

    @property
    def phone(self) -> str:
        return self.case.unit.phone or self.case.unit.authority.phone

    @cached_property
    def question(self) -> Line | None:
        """The office's last question, while it waits for an answer."""
        if not self.case.is_waiting or self.is_erased:
            return None
        rows = [m for m in self.messages if m.kind == Message.Kind.QUESTION]
        return self._line(rows[-1]) if rows else None

    # --- what was said -------------------------------------------------------------------------------------

    @cached_property
    def lines(self) -> list[Line]:
        """The conversation, newest first."""
        return [self._line(message) for message in reversed(self.messages)]

    def _line(self, message: Message) -> Line:
        if message.from_person:
            who = gettext("You")
        else:
            who = self.names.post(message.post_id) if message.post_id else gettext("The system")
        return Line(
            at=message.at,
            who=who,
            said=wording.line_words(message, self.names) if message.code else "",
            text=message.body,
            from_person=message.from_person,
            is_question=message.kind == Message.Kind.QUESTION,
        )

    def timeline(self) -> list[TimelineEntry]:
        """Every act that concerns the person, newest first. Internal notes and drafts stay with the office."""
        return list(self._entries())[::-1]

    def _entries(self) -> Iterator[TimelineEntry]:
        for act in self.acts:
            what = wording.act_words(act, self.case, self.names)
            if not what or act.kind == A.ATTACHMENT_OPENED:  # those stand among the looks, each with its file
                continue
            body = act.why if act.kind in wording.TOLD_WHY else ""
            if act.happened_at is not None and act.kind in (A.REGISTERED, A.DECISION_DELIVERED):
                day = day_words(self.calendar.local_day(act.happened_at))
                claimed = gettext("By the office's word this was on %(date)s already.") % {"date": day}
                body = f"{body}\n{claimed}".strip()
            yield TimelineEntry(
                at=act.at,
                what=what,
                who=wording.who(act, self.names),
                body=body,
                tone=wording.TONES.get(act.kind, ""),
                url=reverse("person:proof", args=[act.seq]),
                url_text=self._proof_words(act),
            )

    # --- what is provable ----------------------------------------------------------------------------------

    @cached_property
    def places(self) -> dict[int, Place]:
        """Where the acts stand in the public log, by their number."""
        return places_of(self.case.pk)

    def _proof_words(self, act: ActShown) -> str:
        place = self.places.get(act.seq)
        if place is not None and place.is_published:
            return gettext("Proof of this step")
        if self.now > act.at + promises.WITHIN:
            return gettext("The proof is overdue; take the promise")
        return gettext("Proof follows; take the promise")

    @cached_property
    def unread_seqs(self) -> frozenset[int]:
        """Acts whose content waits until the person opens the decision that they are about."""
        return frozenset(d.row.act_seq for d in self.decisions if not d.is_read and d.row.act_seq)

    def may_open(self, act: ActShown) -> bool:
        """Whether the person is given an act's opening: it concerns them, and would not read a decision to them."""
        if act.body is None or act.seq in self.unread_seqs:
            return False
        return wording.may_open(act, self.case, self.names)

    @cached_property
    def looks(self) -> list[Look]:
        """Who looked at what, when and why, newest first; through every half of this matter too."""
        return looks_at(self.case, self.acts, self._halves, local_day=self.calendar.local_day)

    @property
    def has_reasons(self) -> bool:
        """Whether any of those who looked had to give a reason."""
        return any(look.text for look in self.looks)

    @property
    def _halves(self) -> list[UUID]:
        """Read only where the record says that something was divided: few matters are."""
        is_divided = any(
            a.kind == A.DIVIDED or (a.kind == A.REGISTERED and (a.body or {}).get("divided"))
            for a in self.acts
        )
        return halves_of(self.case.pk) if is_divided else []

    @cached_property
    def has_identity(self) -> bool:
        return Party.objects.filter(case_id=self.case.pk).exclude(sealed=None).exists()

    @property
    def facts(self) -> list[tuple[str, str]]:
        case = self.case
        place = " · ".join(filter(None, [str(case.place) if case.place else "", self.text.place_text]))
        return [
            (gettext("About"), str(case.subject)),
            (gettext("Place"), place),
            (gettext("Received"), day_words(self.calendar.local_day(case.received_at))),
            (gettext("Your name"), case.get_privacy_display()),
            (gettext("Procedure"), self.pack.title.in_language(self.language)),
        ]

    @property
    def notes(self) -> list[str]:
        if not self.pack.is_secondary:
            return []
        return [
            gettext(
                "Some of these limits come from a secondary source and were not checked against the text."
            )
        ]

    # --- what can be done ----------------------------------------------------------------------------------

    @cached_property
    def level_above(self) -> Route | None:
        """Where raising takes it next; None when the highest level has it already."""
        return next_level(self.case, self.now)

    @property
    def is_raised(self) -> bool:
        return any(act.kind in (A.RAISED, A.LIFTED) for act in self.acts)

    @cached_property
    def receipt_settles_on(self) -> date | None:
        """Until when a receipt given out at a counter is too new for what cannot be taken back."""
        reissued = any(a.kind == A.RECEIPT_REISSUED or (a.body or {}).get("divided") for a in self.acts)
        at = settles_at(self.case.pk, self.now) if reissued and not self.is_erased else None
        return self.calendar.local_day(at) if at else None

    @property
    def can_withdraw(self) -> bool:
        return self.case.state in rules.OPEN

    @property
    def can_say_solved(self) -> bool:
        return self.case.state in rules.SAYABLE and not self.unread and not self.is_erased

    @cached_property
    def mediation(self) -> str:
        offered = any(act.kind == A.MEDIATION_OFFERED for act in self.acts)
        return mediation_of(self.case) if offered and not self.is_erased else ""

    @property
    def offer(self) -> str:
        """What the mediation would be, in the office's words: to be read where one agrees to it."""
        return next((m.body for m in reversed(self.messages) if m.code == "mediation_offered"), "")

    @cached_property
    def hearing(self) -> Hearing | None:
        """A hearing that is still to come or goes on, or was called off before its day: the person has to find it without
        looking for it."""
        if self.is_erased or not any(act.kind == A.HEARING_ANNOUNCED for act in self.acts):
            return None
        found = hearing_of(self.case.pk)
        if found is None or found.stands == "held" or self.case.state not in rules.WORKING:
            return None
        is_past = found.on < self.calendar.local_day(self.now)
        return None if found.stands == "called_off" and is_past else found

    @property
    def hearing_line(self) -> Line | None:
        """What was said last of when, where and about what; or why it was called off."""
        found = next((m for m in reversed(self.messages) if m.code in HEARING_LINES), None)
        return self._line(found) if found is not None else None

    @cached_property
    def channel(self) -> Channel | None:
        return Channel.objects.filter(case_id=self.case.pk, dropped_at=None).first()

    @property
    def erasure_asked_on(self) -> date | None:
        at = next((act.at for act in reversed(self.acts) if act.kind == A.ERASURE_ASKED), None)
        return self.calendar.local_day(at) if at and not self.is_erased else None

    # --- files ---------------------------------------------------------------------------------------------

    @cached_property
    def files(self) -> list[FileShown]:
        """Files of the case. One opens once a human has looked at it; copies with parts covered stand for those
        that may not be passed on."""
        rows = list(Attachment.objects.filter(case=self.case).defer("sealed").order_by("at", "pk"))
        return [
            FileShown(
                number=n,
                row=row,
                can_open=row.check_state == Attachment.Check.CLEARED and not self.is_erased,
            )
            for n, row in enumerate(rows, 1)
        ]
