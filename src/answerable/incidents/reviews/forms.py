"""Forms of a review. What they say is checked again by the services, under the lock."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from answerable.incidents.reviews.rules import LONGEST_LESSON, LONGEST_WORDS
from answerable.orgs.models import Post
from answerable.ui.fields import TypedDateField


class Plain(forms.Form):
    use_required_attribute = False


class ReviewForm(Plain):
    seen_version = forms.IntegerField(widget=forms.HiddenInput)
    well = forms.CharField(
        label=_("What went well"),
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=LONGEST_WORDS,
        required=False,
        help_text=_("What should be done the same way next time. Posts, times and things; nobody by name."),
    )
    badly = forms.CharField(
        label=_("What did not"),
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=LONGEST_WORDS,
        required=False,
        help_text=_(
            "What was late, missing or unclear, and why. What is to be done about it is a lesson below."
        ),
    )


class LessonForm(Plain):
    what = forms.CharField(
        label=_("What is to be done"), widget=forms.Textarea(attrs={"rows": 2}), max_length=LONGEST_LESSON
    )
    post = forms.TypedChoiceField(label=_("By which post"), coerce=int)
    due_on = TypedDateField(label=_("Until"))
    changes_plan = forms.BooleanField(label=_("The plan has to change for it"), required=False)

    def __init__(self, data: Any = None, *, posts: Iterable[Post]) -> None:
        super().__init__(data)
        self.fields["post"].choices = [(post.pk, f"{post.unit.name} · {post.name}") for post in posts]  # type: ignore[attr-defined]


class DoneForm(Plain):
    done_with = forms.CharField(
        label=_("What was done"), widget=forms.Textarea(attrs={"rows": 2}), max_length=LONGEST_LESSON
    )
    plan_version = forms.TypedChoiceField(
        label=_("The version of the plan that took it up"), coerce=int, required=False, empty_value=None
    )

    def __init__(self, data: Any = None, *, versions: Iterable[tuple[int, str]] | None = None) -> None:
        super().__init__(data)
        if versions is None:
            del self.fields["plan_version"]
        else:
            self.fields["plan_version"].choices = [("", "—"), *versions]  # type: ignore[attr-defined]
