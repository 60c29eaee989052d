"""One form a question. `answer()` gives what is kept; titles and hints speak plainly in both languages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from answerable.cases.portal.asking import CHOOSE, NOT_LISTED, Question, radio
from answerable.cases.portal.fields import CleanField
from answerable.cases.portal.office import Node
from answerable.cases.portal.person_questions import (
    ChannelQuestion,
    NameQuestion,
    PrivacyQuestion,
    ReachQuestion,
)
from answerable.cases.portal.place_questions import PlaceQuestion, SpotQuestion
from answerable.cases.portal.queries import similar_cases
from answerable.core.names import in_language
from answerable.core.text import TEXT_LIMIT
from answerable.ui.fields import CheckCards


class BodyQuestion(Question):
    step = "body"

    def build(self) -> None:
        choices = [(str(body.pk), body.name) for body in self.office.bodies]
        self.fields["body"] = radio(
            _("Which body do you turn to?"),
            choices,
            hint=_("If it turns out to be another one's matter, it is passed on and you are told where."),
        )

    def answer(self) -> dict[str, Any]:
        return {"body": int(self.cleaned_data["body"])}


class WhoQuestion(Question):
    step = "who"
    who = radio(
        _("For whom do you write?"),
        [
            ("self", _("For myself")),
            ("minor", _("For a child or young person")),
            ("other", _("For someone who cannot write or use this page")),
        ],
        hint=_("You can bring a matter for someone else too."),
    )


class StoryQuestion(Question):
    step = "story"
    story = CleanField(
        limit=TEXT_LIMIT,
        label=_("What happened?"),
        help_text=_("In your own words: what, where, and since when. Short or long, both are fine."),
        error_messages={"required": _("Write what happened. A few words are enough.")},
    )
    wants = CleanField(
        limit=TEXT_LIMIT,
        label=_("What should be done?"),
        help_text=_("What would settle it for you."),
        required=False,
    )


class DangerQuestion(Question):
    step = "danger"
    danger = radio(
        _("Is anyone's life or health in danger right now?"),
        [("no", pgettext_lazy("danger right now", "No")), ("yes", pgettext_lazy("danger right now", "Yes"))],
        hint=_(
            "For example: someone hurt, gas leaking, a wire down, a wall about to fall, water rising fast."
        ),
    )


class HelpQuestion(Question):
    """Shows the emergency numbers; going on is the answer."""

    step = "help"
    button = _("Help is on its way or not needed: continue")

    def answer(self) -> dict[str, Any]:
        return {}

    @property
    def heading(self) -> str:
        return gettext("Get help first")


class ConductQuestion(Question):
    step = "conduct"
    conduct = radio(
        _("Is it about how an official or an office behaved?"),
        [("no", _("No")), ("yes", _("Yes")), ("unsure", _("I am not sure"))],
        hint=_(
            "For example: someone took money, shouted, threatened, favoured a relative, or refused to act. If so, "
            "they can neither handle your matter nor read it, nor learn that it was you."
        ),
        hints={"unsure": _("Then we treat it as “yes”, to be on the safe side.")},
    )


class EitherField(forms.MultipleChoiceField):
    """Not optional on the page, but another field may stand in for it; the form's `clean` sees to that."""

    def validate(self, value: Any) -> None:
        if value:
            super().validate(value)


class AboutQuestion(Question):
    """Whose conduct: units from a list, or words. Never a search of persons."""

    step = "about"
    in_words = CleanField(
        limit=2000,
        label=_("Or say in your own words who it is"),
        help_text=_(
            "A name, a post, or how one would recognise them. Only those who look into it read this."
        ),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def build(self) -> None:
        nodes = self.office.units.everything()
        self.fields["units"] = EitherField(
            label=_("Which office is it about?"),
            help_text=_(
                "Choose the office that the person works in, too: that is how this system knows whom to keep away "
                "from it."
            ),
            choices=[(str(node.id), self.office.units.full_name(node.id)) for node in nodes],
            widget=CheckCards,
            error_messages={"invalid_choice": CHOOSE},
        )
        self.order_fields(["units", "in_words"])
        self.initial["units"] = [str(pk) for pk in self.initial.get("units", [])]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not cleaned.get("units") and not cleaned.get("in_words"):
            self.add_error("units", gettext("Choose an office, or say in your own words who it is."))
        return cleaned

    def answer(self) -> dict[str, Any]:
        return {
            "units": [int(pk) for pk in self.cleaned_data["units"]],
            "in_words": self.cleaned_data["in_words"],
        }


class KindQuestion(Question):
    step = "kind"

    def build(self) -> None:
        language, kinds = get_language() or "en", self.office.kinds_to_ask
        self.fields["kind"] = radio(
            _("What is it, most of all?"),
            [(kind.code, kind.title.in_language(language)) for kind in kinds],
            hint=_("It decides which time limits apply."),
            hints={kind.code: kind.hint.in_language(language) for kind in kinds},
        )


def _cards(nodes: Sequence[Node]) -> tuple[list[tuple[str, str]], dict[str, str]]:
    hints = {
        str(node.id): in_language(getattr(node.row, "hint_zh", ""), getattr(node.row, "hint_en", ""))
        for node in nodes
    }
    return [(str(node.id), node.name) for node in nodes], hints


class SubjectQuestion(Question):
    """The first level of subjects, or what a search found anywhere in the tree."""

    step = "subject"
    #: Words looked for, and whether the page shows what was found.
    find = CleanField(limit=60, lines=False, label=_("Look for a word"), required=False)
    is_search = False

    def build(self) -> None:
        self.found: list[Node] = []
        tree = self.office.subjects
        self.is_search = self.stays = "search" in self.data
        words = str(self.data.get("find", ""))[:60]
        self.found = tree.search(words) if words.strip() else []
        shown = self.found if self.is_search and self.found else tree.top()
        named = [Node(node.row, 0, node.has_below) for node in shown]
        choices, hints = _cards(named)
        if self.is_search and self.found:
            choices = [(str(node.id), tree.full_name(node.id)) for node in shown]
        chosen = str(self.data.get("subject", ""))
        if chosen in {str(pk) for pk in tree.rows} - set(dict(choices)):
            # What a search found comes back in the next request, which knows nothing of that search.
            choices = [*choices, (chosen, tree.full_name(int(chosen)))]
        self.fields["subject"] = radio(
            _("What is it about?"),
            choices,
            hint=_(
                "Not sure? Take what comes nearest. If it belongs elsewhere, it is passed on and you are told."
            ),
            hints=hints,
        )
        self.order_fields(["subject", "find"])
        if self.initial.get("subject"):
            self.initial["subject"] = str(self.initial["subject"])

    def answer(self) -> dict[str, Any]:
        chosen = int(self.cleaned_data["subject"])
        return {"subject": chosen, "more": bool(self.office.subjects.below.get(chosen))}


class TopicQuestion(Question):
    step = "topic"

    def build(self) -> None:
        tree, parent = self.office.subjects, int(self.draft.get("subject") or 0)
        nodes = tree.under(parent)
        choices, hints = _cards(nodes)
        choices = [(str(node.id), ("— " * node.depth) + node.name) for node in nodes]
        rest = gettext("Something else in this group")
        self.fields["topic"] = radio(
            _("What exactly?"),
            [*choices, (str(parent), rest)],
            hint=tree.full_name(parent),
            hints=hints,
        )
        if self.initial.get("topic"):
            self.initial["topic"] = str(self.initial["topic"])

    def answer(self) -> dict[str, Any]:
        return {"topic": int(self.cleaned_data["topic"])}


class SimilarQuestion(Question):
    """Open matters like this one, by the office's summary; their people agreed to show it."""

    step = "similar"

    def build(self) -> None:
        self.matters = similar_cases(self.draft, self.office)
        choices = [(matter.mark, matter.summary) for matter in self.matters]
        self.fields["similar"] = radio(
            _("Is it one of these matters?"),
            [*choices, (NOT_LISTED, _("No, mine is another one"))],
            hint=_(
                "They are open already. If you join one, yours is handled together with it. You keep your own "
                "receipt, your own answer and your own privacy; the others do not see who you are."
            ),
        )
        joined = self.draft.get("similar", "lead")
        marks = {str(matter.case_id): matter.mark for matter in self.matters}
        if self.draft.get("similar", "done"):
            self.initial["similar"] = marks.get(str(joined), NOT_LISTED)

    def answer(self) -> dict[str, Any]:
        chosen = self.cleaned_data["similar"]
        lead = next((m.case_id for m in self.matters if m.mark == chosen), None)
        return {"found": len(self.matters), "lead": str(lead) if lead else None}


class CheckQuestion(Question):
    step = "check"
    button = pgettext_lazy("the form", "Send")
    share = forms.BooleanField(
        required=False,
        label=_(
            "Others who have the same trouble may see that this matter is open, in a short summary by the office "
            "that says nothing about me."
        ),
    )

    def build(self) -> None:
        if self.office.conduct:
            del self.fields["share"]

    @property
    def heading(self) -> str:
        return gettext("Read it once more, then send it")


QUESTIONS: dict[str, type[Question]] = {
    form.step: form
    for form in (
        BodyQuestion,
        WhoQuestion,
        StoryQuestion,
        DangerQuestion,
        HelpQuestion,
        ConductQuestion,
        AboutQuestion,
        KindQuestion,
        SubjectQuestion,
        TopicQuestion,
        PlaceQuestion,
        SpotQuestion,
        PrivacyQuestion,
        NameQuestion,
        ChannelQuestion,
        ReachQuestion,
        SimilarQuestion,
        CheckQuestion,
    )
}
