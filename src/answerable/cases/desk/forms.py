"""The forms of the verbs. Each takes the page of its case: what can be chosen depends on it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from answerable.cases.answering import is_left
from answerable.cases.blanks import blanks_in, filled
from answerable.cases.deadline_wording import day_words, length_words
from answerable.cases.desk.arrivals import accept
from answerable.cases.desk.casepage import CasePage
from answerable.cases.desk.wording import HOW_DELIVERED
from answerable.cases.files import Accepted
from answerable.cases.routing import route_above
from answerable.cases.services.texts import texts_for
from answerable.core.names import in_language
from answerable.core.sentences import Said, sentence
from answerable.core.text import CannotKeep, clean, clean_line
from answerable.orgs.models import Authority, Unit
from answerable.orgs.queries import is_filled
from answerable.orgs.standing import standing
from answerable.ui.fields import CheckCards, TypedDateField

TEXT_LIMIT = 20_000
WHY_LIMIT = 2_000
TICK = timedelta(microseconds=1)


class Words(forms.CharField):
    """Text of several lines, kept as it was written apart from what cannot be stored.

    The limit is said when it is passed; a count under every box would only be noise.
    """

    def __init__(self, *, limit: int = TEXT_LIMIT, **kwargs: Any) -> None:
        self.limit = limit
        super().__init__(widget=forms.Textarea(attrs={"rows": 4}), **kwargs)

    def clean(self, value: Any) -> str:
        try:
            return super().clean(clean(str(value or ""), limit=self.limit).text)
        except CannotKeep as refusal:
            raise forms.ValidationError(sentence(refusal)) from None


class Line(forms.CharField):
    """Text of one line."""

    def clean(self, value: Any) -> str:
        try:
            return super().clean(clean_line(str(value or ""), limit=self.max_length or 300).text)
        except CannotKeep as refusal:
            raise forms.ValidationError(sentence(refusal)) from None


class VerbForm(forms.Form):
    """What every verb's form carries: the version and the last act that its page showed."""

    use_required_attribute = False
    begins_with_choices = False

    seen_version = forms.IntegerField(widget=forms.HiddenInput)
    seen_seq = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, data: Any = None, files: Any = None, *, page: CasePage, initial: dict[str, Any] | None = None
    ) -> None:
        start = {"seen_version": page.case.version, "seen_seq": page.seen_seq} | (initial or {})
        super().__init__(data, files, initial=start, auto_id="do-%s")
        self.page = page
        self.prepare()
        if not self.is_bound:
            self._begin_here()

    def prepare(self) -> None:
        """Fill choices from the case."""

    def _begin_here(self) -> None:
        """Whoever opens a verb writes at once: without a place for it the first letters would be taken for keys."""
        first = next(iter(self.visible_fields()), None)
        if first is None:
            return
        if isinstance(first.field.widget, forms.CheckboxSelectMultiple | forms.RadioSelect):
            self.begins_with_choices = True  # the keyboard then begins above them, not at the top of the page
        else:
            first.field.widget.attrs["autofocus"] = True

    def choose(self, name: str, pairs: list[tuple[Any, Any]]) -> None:
        self.fields[name].choices = pairs  # type: ignore[attr-defined]


def canned_texts(page: CasePage) -> list[dict[str, str]]:
    """The office's canned texts in the person's language, to start from; nearest unit first."""
    known = _known_blanks(page)
    return [
        {"name": row.name, "body": filled(in_language(row.body_zh, row.body_en, page.case.language), known)}
        for row in texts_for(page.case)
    ]


def _known_blanks(page: CasePage) -> dict[str, str]:
    """What the matter says itself, by the names that a blank may have in either language."""
    case, language = page.case, page.case.language
    above = route_above(case.unit)
    with override(language):
        due = (
            day_words(page.desk.calendar(case.authority).local_day(case.due_at - TICK)) if case.due_at else ""
        )
        return {
            **dict.fromkeys(("事项", "subject"), case.subject.name),
            **dict.fromkeys(("单位", "office"), case.unit.name),
            **dict.fromkeys(("日期", "date"), due),
            **dict.fromkeys(("电话", "telephone"), case.unit.phone or case.unit.authority.phone),
            **dict.fromkeys(("上一级单位", "the level above"), above.unit.name if above else ""),
        }


def require_no_blanks(text: str) -> str:
    """Raise ValidationError where a blank of a canned text was not filled in: the person would read it."""
    if found := blanks_in(text):
        raise forms.ValidationError(
            _("Still to be filled in, or taken out: %(blanks)s") % {"blanks": " ".join(found)}
        )
    return text


class AcceptForm(VerbForm):
    title = Line(
        label=gettext_lazy("Short title, for the office's lists"),
        help_text=gettext_lazy("No names. The person sees it too."),
        max_length=200,
        required=False,
    )


def posts_in(unit_id: int, at: datetime) -> list[tuple[Any, str]]:
    """The posts of a unit that somebody holds and that handle cases."""
    roles = ("clerk", "handler", "leader", "reviewer")
    posts = standing().posts_in.get(unit_id, ())
    able = (post for post in posts if post.closed_on is None and post.role in roles)
    return [(post.pk, post.name) for post in able if is_filled(post.pk, at)]


class AssignForm(VerbForm):
    to_post = forms.TypedChoiceField(label=gettext_lazy("To whom"), coerce=int)
    why = Line(label=gettext_lazy("Why, or what to look at first"), required=False, max_length=500)

    def clean_to_post(self) -> int | None:
        return self.cleaned_data["to_post"] or None

    def prepare(self) -> None:
        case = self.page.case
        now = self.page.desk.now
        posts = [p for p in posts_in(case.unit_id, now) if p[0] != case.handler_post_id]
        if case.stepped_aside.exists():
            posts = [p for p in posts if not is_left(case, p[0], now)]
        if case.handler_post_id:
            posts.append((0, _("back to the unit: nobody in particular")))
        self.choose("to_post", posts)


class WhyForm(VerbForm):
    """A reason that the person sees too."""

    why = Words(
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("The person sees this reason."),
        limit=WHY_LIMIT,
    )


class InnerWhyForm(VerbForm):
    why = Words(
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("Stands in the file; the person may read it there."),
        limit=WHY_LIMIT,
    )


class MaybeWhyForm(VerbForm):
    why = Words(label=gettext_lazy("A word to it"), required=False, limit=WHY_LIMIT)


class AskForm(VerbForm):
    text = Words(
        label=gettext_lazy("Your question"),
        help_text=gettext_lazy(
            "Plain words, one thing at a time. Asking does not stop the clock unless the rule says so."
        ),
    )

    def clean_text(self) -> str:
        return require_no_blanks(self.cleaned_data["text"])


class ReplyForm(VerbForm):
    text = Words(
        label=gettext_lazy("Your message to the person"),
        help_text=gettext_lazy("This is no decision yet: say what was done and what comes next."),
    )
    members = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Send the same to the matters answered together with this one"),
        required=False,
        coerce=UUID,
        widget=CheckCards,
    )

    def clean_text(self) -> str:
        return require_no_blanks(self.cleaned_data["text"])

    def prepare(self) -> None:
        members = [(str(m.pk), m.code) for m in self.page.members if m.erased_at is None]
        if members:
            self.choose("members", members)
            self.fields["members"].widget.hints = self.page.member_titles
            self.fields["members"].initial = [pk for pk, _code in members]
        else:
            del self.fields["members"]


class NoteForm(VerbForm):
    text = Words(
        label=gettext_lazy("Internal note"),
        help_text=gettext_lazy(
            "Only the desk reads it, but it is part of the record and cannot be taken back."
        ),
    )


class RemarkForm(VerbForm):
    why = Words(
        label=gettext_lazy("What has to change"),
        help_text=gettext_lazy("Whoever wrote the draft reads this. The person does not."),
        limit=WHY_LIMIT,
    )


class ExtendForm(VerbForm):
    number = forms.IntegerField(label=gettext_lazy("By how much"), min_value=1, max_value=400)
    why = Words(
        label=gettext_lazy("Why more time is needed"),
        help_text=gettext_lazy("The person sees this reason."),
        limit=WHY_LIMIT,
    )

    def prepare(self) -> None:
        rules = [s for s in self.page.pack.steps if s.extension is not None]
        if rules:
            extension = rules[0].extension
            assert extension is not None
            most = length_words(extension.max_number, rules[0].span, str(rules[0].day_kind))
            self.fields["number"].help_text = _("A number: at most %(most)s under the rule.") % {"most": most}


class AskExtensionForm(ExtendForm):
    """The same towards the leader: the reason stays inside until the leader gives one to the person."""

    def prepare(self) -> None:
        super().prepare()
        self.fields["why"].help_text = _("The leader reads it. The person does not.")


class TransferForm(WhyForm):
    to_unit = forms.TypedChoiceField(label=gettext_lazy("To which unit"), coerce=int)
    field_order = ["to_unit", "why"]

    def prepare(self) -> None:
        case = self.page.case
        rows = Unit.objects.filter(closed_on=None, authority__is_outside=False).exclude(pk=case.unit_id)
        accused = set(case.accused.exclude(unit=None).values_list("unit_id", flat=True))
        rows = rows.select_related("authority").order_by("authority__pk", "path")
        groups: dict[str, list[tuple[int, str]]] = {}
        for unit in rows:
            if not accused & set(unit.path or [unit.pk]):
                indent = "\u3000" * (len(unit.path or [1]) - 1)
                groups.setdefault(unit.authority.name, []).append((unit.pk, indent + unit.name))
        self.choose("to_unit", [("", "—"), *groups.items()])


class PassOnForm(WhyForm):
    to = forms.TypedChoiceField(label=gettext_lazy("To which body"), coerce=int)
    field_order = ["to", "why"]

    def prepare(self) -> None:
        rows = Authority.objects.exclude(pk=self.page.case.authority_id).order_by("pk")
        self.choose("to", [("", "—"), *((body.pk, body.name) for body in rows)])


class MediateForm(VerbForm):
    text = Words(
        label=gettext_lazy("What is offered, and who would mediate"),
        help_text=gettext_lazy(
            "The person reads this and agrees or declines on their own page. Declining has no consequence."
        ),
    )
    other_side = forms.BooleanField(
        label=gettext_lazy("The other side has agreed to mediation"), required=False
    )


class EndMediationForm(VerbForm):
    text = Words(label=gettext_lazy("What came of it"))
    agreed = forms.BooleanField(label=gettext_lazy("Both sides agreed on a solution"), required=False)


class OfferBackForm(VerbForm):
    text = Words(
        label=gettext_lazy("Why it is taken back"),
        help_text=gettext_lazy("The person sees this reason."),
        limit=WHY_LIMIT,
    )


class HearingForm(VerbForm):
    on = TypedDateField(label=gettext_lazy("On which day"))
    at = Line(label=gettext_lazy("At what time"), max_length=60)
    place = Line(label=gettext_lazy("Where"), max_length=200)
    text = Words(
        label=gettext_lazy("What it is about, and whom it hears"),
        help_text=gettext_lazy("The person reads this. Say that they may bring somebody along."),
        limit=WHY_LIMIT,
    )
    ground = forms.ChoiceField(
        label=gettext_lazy("Why it is held"),
        choices=[
            ("office", gettext_lazy("The office wants it")),
            ("person", gettext_lazy("The person asked for it")),
            ("rule", gettext_lazy("A rule demands it")),
        ],
        help_text=gettext_lazy(
            "One that the person asked for, or that a rule demands, has to be held before the decision; only they can call it "
            "off."
        ),
    )

    def prepare(self) -> None:
        """One that is moved, or announced again after it was called off, begins with what was announced."""
        hearing, said = self.page.hearing, self.page.hearing_said
        if hearing is None or said is None or hearing.stands not in ("announced", "called_off"):
            return
        self.initial.update({name: said.facts.get(name, "") for name in ("at", "place")}, text=said.body)
        if hearing.is_coming:
            self.initial["on"] = hearing.on
            if hearing.is_owed:  # what is owed stays so
                del self.fields["ground"]


class MinutesForm(VerbForm):
    text = Words(
        label=gettext_lazy("What came of it"),
        help_text=gettext_lazy("The person reads this."),
        limit=WHY_LIMIT,
    )
    minutes = forms.FileField(
        label=gettext_lazy("The minutes"),
        help_text=gettext_lazy("A PDF or a picture. It is held until someone has checked it."),
    )

    def clean_minutes(self) -> Accepted:
        try:
            return accept(self.cleaned_data["minutes"])
        except Said as refusal:
            raise forms.ValidationError(sentence(refusal)) from None


class DeliverForm(VerbForm):
    how = forms.ChoiceField(label=gettext_lazy("How it was delivered"))
    on = TypedDateField(
        label=gettext_lazy("On which day, if not today"),
        required=False,
        help_text=gettext_lazy(
            "The day on the slip or signature. The person's time to ask for review begins with it."
        ),
    )

    def prepare(self) -> None:
        self.choose("how", [(code, _(words)) for code, words in HOW_DELIVERED.items() if code != "page"])

    def clean_on(self) -> date | None:
        on, decision = self.cleaned_data.get("on"), self.page.undelivered
        calendar = self.page.desk.calendar(self.page.case.authority)
        if on and on > calendar.local_day(self.page.desk.now):
            raise forms.ValidationError(_("This day has not come yet."))
        sent = decision.sent_at if decision is not None else None
        if on and sent and on < calendar.local_day(sent):
            text = _(
                "The decision was sent on %(day)s and cannot have arrived before. Look at the slip again."
            )
            raise forms.ValidationError(text % {"day": day_words(calendar.local_day(sent))})
        return on

    def delivered_at(self) -> datetime | None:
        """The end of the claimed day in the office's zone: the person's window never opens too early."""
        on = self.cleaned_data.get("on")
        zone = ZoneInfo(self.page.case.authority.zone)
        return datetime.combine(on, time(23, 59), tzinfo=zone) if on else None


class DescribeForm(VerbForm):
    title = Line(
        label=gettext_lazy("Short title"),
        help_text=gettext_lazy("No names. The person sees it too."),
        max_length=200,
        required=False,
    )
    shared_summary = Words(
        label=gettext_lazy("Summary that others may see"),
        help_text=gettext_lazy(
            "The person agreed that others with the same matter may find it. What is wrong and where: no names, no stories."
        ),
        required=False,
        limit=1000,
    )

    def prepare(self) -> None:
        self.fields["title"].initial = self.page.text.title
        self.fields["shared_summary"].initial = self.page.text.shared_summary
        if self.page.case.is_conduct or not self.page.case.is_shareable:
            del self.fields["shared_summary"]
        elif self.page.case.is_publishable:
            self.fields["shared_summary"].help_text = gettext_lazy(
                "The person agreed that this is published: everybody can read and copy it. What is wrong and at which "
                "public place: no names, no stories, nobody's address."
            )


class LookForm(VerbForm):
    reason = Words(
        label=gettext_lazy("Why you need to know who the person is"),
        help_text=gettext_lazy("The person sees at once that your post looked, when, and this reason."),
        limit=500,
    )
