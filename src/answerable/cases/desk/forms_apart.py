"""The forms by which a matter is kept apart from somebody, or put together with another one and taken apart."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from answerable.cases.access import readable_cases
from answerable.cases.desk.forms import WHY_LIMIT, Line, VerbForm, Words
from answerable.cases.models import Case
from answerable.cases.rules import CannotAct, Doing
from answerable.core import codes
from answerable.core.sentences import sentence
from answerable.orgs.models import Authority, Hold, Subject, Unit
from answerable.orgs.queries import appointments_at
from answerable.orgs.standing import standing
from answerable.ui.fields import CheckCards


class NatureForm(VerbForm):
    subject = forms.TypedChoiceField(
        label=gettext_lazy("What it is about"), help_text=gettext_lazy("It decides who gets it."), coerce=int
    )

    def prepare(self) -> None:
        case = self.page.case
        rows = Subject.objects.filter(authority=case.authority_id, closed_on=None).order_by("pk")
        self.choose("subject", [(row.pk, row.name) for row in rows])
        self.fields["subject"].initial = case.subject_id


class AccusedForm(VerbForm):
    # Boxes, not a list: in a list of many one plain click would let go of whoever was chosen before.
    staff = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Members of staff"), required=False, coerce=int, widget=CheckCards
    )
    units = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Whole units"), required=False, coerce=int, widget=CheckCards
    )
    nobody = forms.BooleanField(
        label=gettext_lazy("I compared the person's words with these lists: nobody named works here."),
        required=False,
    )

    def prepare(self) -> None:
        bodies = self._bodies()
        held = appointments_at(self.page.desk.now).filter(post__unit__authority__in=bodies)
        rows = held.select_related("staff", "post__unit").order_by("post__unit__path", "post_id")
        staff: dict[int, dict[int, str]] = {pk: {} for pk in bodies}
        seen: set[int] = set()
        # Everybody stands once, under the post they hold: under one they only stand in for, they would be taken for
        # another.
        for row in sorted(rows, key=lambda row: row.hold != Hold.HOLDER):
            if row.staff_id in seen:
                continue
            seen.add(row.staff_id)
            named = _("%(name)s: %(post)s, %(unit)s") % {
                "name": row.staff.name,
                "post": row.post.name,
                "unit": row.post.unit.name,
            }
            if row.hold != Hold.HOLDER:
                named = _("%(who)s (%(hold)s)") % {"who": named, "hold": row.get_hold_display()}
            staff[row.post.unit.authority_id][row.staff_id] = named
        units: dict[int, dict[int, str]] = {pk: {} for pk in bodies}
        for unit in Unit.objects.filter(authority__in=bodies, closed_on=None).order_by("path"):
            units[unit.authority_id][unit.pk] = unit.name
        for name, found in (("staff", staff), ("units", units)):
            self.choose(name, [row for body in found.values() for row in body.items()])
            self.fields[name].widget.hints = {
                str(row): bodies[pk].name for pk, body in found.items() for row in body if len(bodies) > 1
            }
        if not self.page.case.is_accused_unknown:
            del self.fields["nobody"]

    def _bodies(self) -> dict[int, Authority]:
        """Every body of the installation, the matter's own first: the accused may serve in the one above it.

        What is about a body outside is passed on to it.
        """
        own = self.page.case.authority_id
        inside = [body for body in standing().authorities.values() if not body.is_outside]
        return {body.pk: body for body in sorted(inside, key=lambda body: (body.pk != own, body.pk))}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        chosen = bool(data.get("staff") or data.get("units"))
        if chosen == bool(data.get("nobody")) and not self.errors:
            raise forms.ValidationError(_("Choose at least one person or unit."))
        return data


class OtherCaseForm(VerbForm):
    """Another case by its code, and why the two belong together. The reason is never who brought them."""

    code = Line(label=gettext_lazy("Code of the other matter"), max_length=40)
    why = Words(
        label=gettext_lazy("Why they belong together"),
        help_text=gettext_lazy("What they are about, never who brought them. The person sees this reason."),
        limit=WHY_LIMIT,
    )

    def clean_code(self) -> Case:
        said = self.cleaned_data["code"]
        if trouble := codes.explain(said):
            raise forms.ValidationError(sentence(trouble))
        found = (
            readable_cases(self.page.desk.reader)
            .filter(code=codes.normalise(said))
            .select_related("unit")
            .first()
        )
        if found is None or not self.page.desk.reader.can(Doing.HANDLE, found):
            raise forms.ValidationError(sentence(CannotAct("unknown_code")))
        return found


class DivideForm(VerbForm):
    """The second claim in a matter: what both are called from now on, and what the second is about."""

    own_title = Line(
        label=gettext_lazy("Title of this matter from now on"),
        help_text=gettext_lazy("No names. The person sees it too."),
        max_length=200,
    )
    title = Line(label=gettext_lazy("Title of the second matter"), max_length=200)
    subject = forms.TypedChoiceField(label=gettext_lazy("What the second is about"), coerce=int)
    why = Words(
        label=gettext_lazy("Why these are two"),
        help_text=gettext_lazy("The person sees this reason."),
        limit=WHY_LIMIT,
    )

    def prepare(self) -> None:
        case = self.page.case
        rows = Subject.objects.filter(authority=case.authority_id).order_by("path")
        self.choose("subject", [(s.pk, "\u3000" * (len(s.path or [1]) - 1) + s.name) for s in rows])
        self.fields["subject"].initial = case.subject_id
        self.fields["own_title"].initial = self.page.text.title
