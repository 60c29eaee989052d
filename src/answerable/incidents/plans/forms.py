"""Forms of plans: a file that is uploaded or typed, and what of a plan is edited without one."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from answerable.alerts.desk.fields import Line
from answerable.incidents.plans.schema import PlanFile
from answerable.incidents.plans.shown import duty_names
from answerable.incidents.plans.yaml_tree import MAX_BYTES
from answerable.orgs.models import Authority
from answerable.orgs.standing import standing


class UploadForm(forms.Form):
    """A file to begin a plan with."""

    upload = forms.FileField(
        label=gettext_lazy("A plan file (YAML)"),
        widget=forms.ClearableFileInput(attrs={"accept": ".yaml,.yml"}),
    )

    def source(self) -> bytes:
        return bytes(self.cleaned_data["upload"].read(MAX_BYTES + 1))


class FileForm(forms.Form):
    """The file itself, typed or uploaded; an upload wins."""

    use_required_attribute = False

    seen = forms.IntegerField(widget=forms.HiddenInput)
    text = forms.CharField(
        label=gettext_lazy("The file"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 30, "spellcheck": "false", "wrap": "off", "class": "mono"}),
    )
    upload = forms.FileField(
        label=gettext_lazy("Or upload a file"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ".yaml,.yml"}),
    )
    note = Line(
        label=gettext_lazy("What was changed, and why"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("It stands beside the version."),
    )

    def source(self) -> str | bytes:
        if self.cleaned_data.get("upload"):
            return bytes(self.cleaned_data["upload"].read(MAX_BYTES + 1))
        return str(self.cleaned_data["text"])


class WhyForm(forms.Form):
    """Why a plan is retired."""

    use_required_attribute = False

    why = Line(label=gettext_lazy("Why it is retired"), max_length=300)


def post_choices(body: Authority) -> list[tuple[str, str]]:
    posts = [
        post
        for post in standing().posts.values()
        if post.unit.authority_id == body.pk and post.closed_on is None and post.unit.closed_on is None
    ]
    return [(f"{post.unit.code}/{post.code}", f"{post.name} ({post.unit.name})") for post in posts]


class PlanForm(forms.Form):
    """Who has each role and how soon they acknowledge; of each action minutes, role and levels; how other bodies are
    reached; the rhythm of drills. All else stays as it is."""

    use_required_attribute = False

    seen = forms.IntegerField(widget=forms.HiddenInput)
    note = Line(label=gettext_lazy("What was changed, and why"), required=False, max_length=300)

    def __init__(
        self, data: Any = None, *, file: PlanFile, body: Authority, seen: int, language: str
    ) -> None:
        super().__init__(data, initial={"seen": seen}, auto_id="plan-%s")
        self.file = file
        self.language = language
        self._posts, self._duties = post_choices(body), list(duty_names(body).items())
        self._roles = [self._role(at) for at in range(len(file.roles))]
        self._actions = [self._action(at) for at in range(len(file.actions))]
        self._contacts = [self._contact(at) for at in range(len(file.contacts))]
        self.fields["months"] = forms.IntegerField(
            label=_("A drill every … months"), min_value=1, max_value=60, initial=file.drill.every_months
        )

    def _choice(self, name: str, label: str, choices: list[tuple[str, str]], value: str | None) -> str:
        known = {key for key, _words in choices}
        gone = (
            [(value, _("%(given)s (does not exist)") % {"given": value})]
            if value and value not in known
            else []
        )
        self.fields[name] = forms.ChoiceField(
            label=label, required=False, choices=[("", _("nobody")), *gone, *choices], initial=value or ""
        )
        return name

    def _role(self, at: int) -> dict[str, Any]:
        role = self.file.roles[at]
        deputies = [*role.deputies, ""][: max(2, len(role.deputies) + 1)]
        deputies += [""] * (2 - len(deputies))
        names = [
            self._choice(f"role-{at}-post", _("Post"), self._posts, role.post),
            self._choice(f"role-{at}-duty", _("First, who is on duty as"), self._duties, role.duty),
        ]
        names += [
            self._choice(
                f"role-{at}-deputy-{place}", _("Deputy %(number)s") % {"number": place + 1}, self._posts, ref
            )
            for place, ref in enumerate(deputies)
        ]
        self.fields[f"role-{at}-ask"] = forms.IntegerField(
            label=_("Minutes to acknowledge"), min_value=1, max_value=43_200, initial=role.ask
        )
        return {
            "name": role.names.in_language(self.language),
            "task": role.task.in_language(self.language),
            "deputies": len(deputies),
            "names": [*names, f"role-{at}-ask"],
        }

    def _action(self, at: int) -> dict[str, Any]:
        action = self.file.actions[at]
        roles = [(role.code, role.names.in_language(self.language)) for role in self.file.roles]
        self.fields[f"action-{at}-min"] = forms.IntegerField(
            label=_("Minutes"), min_value=1, max_value=43_200, initial=action.target_min
        )
        self._choice(f"action-{at}-role", _("Role"), roles, action.role)
        self.fields[f"action-{at}-levels"] = forms.TypedMultipleChoiceField(
            label=_("At levels"),
            coerce=int,
            choices=[
                (step.level, step.names.in_language(self.language)) for step in self.file.scales.response
            ],
            initial=list(action.levels),
            widget=forms.CheckboxSelectMultiple,
        )
        names = [f"action-{at}-{name}" for name in ("min", "role", "levels")]
        return {"name": action.names.in_language(self.language), "action": action, "names": names}

    def _contact(self, at: int) -> dict[str, Any]:
        contact = self.file.contacts[at]
        self.fields[f"contact-{at}-phone"] = Line(
            label=_("Telephone"), required=False, max_length=64, initial=contact.phone
        )
        self.fields[f"contact-{at}-email"] = forms.EmailField(
            label=_("E-mail"), required=False, initial=contact.email
        )
        self.fields[f"contact-{at}-called"] = forms.ChoiceField(
            label=_("Called just now"),
            required=False,
            choices=[("", _("not called")), ("yes", _("somebody answered")), ("no", _("nobody answers"))],
            widget=forms.RadioSelect,
        )
        names = [f"contact-{at}-{name}" for name in ("phone", "email", "called")]
        return {"name": contact.names.in_language(self.language), "contact": contact, "names": names}

    @property
    def roles(self) -> list[dict[str, Any]]:
        return [one | {"fields": [self[name] for name in one["names"]]} for one in self._roles]

    @property
    def tracks(self) -> list[dict[str, Any]]:
        """The actions of each track, in the order of the file."""
        rows = [one | {"fields": [self[name] for name in one["names"]]} for one in self._actions]
        return [
            {
                "name": track.names.in_language(self.language),
                "actions": [one for one in rows if one["action"].track == track.code],
            }
            for track in self.file.tracks
        ]

    @property
    def contacts(self) -> list[dict[str, Any]]:
        return [one | {"fields": [self[name] for name in one["names"]]} for one in self._contacts]

    def edited(self, today: date) -> PlanFile:
        """The plan as the form says it; what the form does not show is what it was."""
        given = self.cleaned_data
        data = self.file.model_dump()
        for at, role in enumerate(data["roles"]):
            deputies = [given[f"role-{at}-deputy-{place}"] for place in range(self._roles[at]["deputies"])]
            role.update(
                post=given[f"role-{at}-post"] or None,
                duty=given[f"role-{at}-duty"] or None,
                deputies=tuple(dict.fromkeys(ref for ref in deputies if ref)),
                ask=given[f"role-{at}-ask"],
            )
        for at, action in enumerate(data["actions"]):
            action.update(target_min=given[f"action-{at}-min"], role=given[f"action-{at}-role"] or None)
            levels = tuple(given[f"action-{at}-levels"])
            # The file's own order stays where nothing was ticked or unticked.
            if set(levels) != set(action["levels"]):
                action.update(levels=levels)
        for at, contact in enumerate(data["contacts"]):
            contact.update(phone=given[f"contact-{at}-phone"], email=given[f"contact-{at}-email"])
            called = given[f"contact-{at}-called"]
            if called == "yes":
                contact.update(verified_on=today, silent_since=None)
            elif called == "no" and contact["silent_since"] is None:
                contact.update(silent_since=today)
        data["drill"].update(every_months=given["months"])
        return PlanFile.model_validate(data)
