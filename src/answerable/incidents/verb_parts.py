"""What verbs are made of: what they are about, forms that need more than what was typed, and how a form is handed to
its service."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.http import Http404, QueryDict
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from answerable.core.names import in_language
from answerable.duty.models import StandbyItem
from answerable.incidents import forms
from answerable.incidents.access import LOOK_ON, Reader
from answerable.incidents.models import (
    Entry,
    Incident,
    IncidentRole,
    Sent,
    Strand,
    Task,
)
from answerable.incidents.queries import roles_in_force, title_of
from answerable.incidents.services import entries, sent_out, tasks
from answerable.orgs.models import Subject
from answerable.orgs.standing import is_in_force, standing
from answerable.record.actors import Actor


@dataclass
class Doing:
    """One verb on one incident by one reader. `on`: what it is about, as the address names it."""

    reader: Reader
    incident: Incident
    on: str = ""

    @property
    def by(self) -> Actor:
        return self.reader.actor(self.incident)

    @property
    def base(self) -> dict[str, Any]:
        """What every service takes."""
        return {"incident_id": self.incident.pk, "by": self.by, "now": self.reader.now}

    def row(self, model: Any, **more: Any) -> Any:
        """The row that `on` names by its id; 404 where there is none in this incident."""
        try:
            found = model.objects.filter(incident=self.incident, pk=UUID(self.on), **more).first()
        except ValueError:
            found = None
        if found is None:
            raise Http404
        return found

    @property
    def code(self) -> str:
        """`on` as the code of a track or role; 404 for what no code can be, and no database is asked for."""
        if "\0" in self.on:
            raise Http404
        return self.on

    @cached_property
    def task(self) -> Task:
        return self.row(Task)

    @cached_property
    def role(self) -> IncidentRole:
        rows = IncidentRole.objects.filter(incident=self.incident, until_at=None)
        found = rows.filter(code=self.code).first()
        if found is None:
            raise Http404
        return found

    @cached_property
    def strand(self) -> Strand:
        found = Strand.objects.filter(incident=self.incident, code=self.code).first()
        if found is None:
            raise Http404
        return found


Make = Callable[[Doing, QueryDict | None], django_forms.Form]
Run = Callable[[Doing, Any], Any]


_DONE = gettext_lazy("Done.")


@dataclass(frozen=True)
class Verb:
    """`may`: writes, commands (or leads), directs, role, or reports: whoever works in the body, the service asks on. `about`: a sentence over the form."""

    title: Any
    run: Run
    form: Make | None = None
    button: Any = ""
    may: str = "writes"
    done: Any = _DONE
    hint: Any = ""
    about: Callable[[Doing], str] = field(default=lambda doing: "")


def plain(kind: type[django_forms.Form], **initial: Callable[[Doing], Any]) -> Make:
    """A form that needs nothing but what was typed."""

    def make(doing: Doing, data: QueryDict | None) -> django_forms.Form:
        return kind(data, initial={name: value(doing) for name, value in initial.items()})

    return make


def version_of(doing: Doing) -> int:
    return doing.incident.version


def task_version(doing: Doing) -> int:
    return doing.task.version


def role_choices(doing: Doing) -> list[tuple[str, str]]:
    return [(role.code, role.name) for role in roles_in_force(doing.incident)]


def strand_choices(doing: Doing) -> list[tuple[str, str]]:
    rows = Strand.objects.filter(incident=doing.incident, closed_at=None)
    return [(row.code, row.name) for row in rows]


def people_of(incident: Incident, now: Any) -> list[tuple[int, str]]:
    """Who may have a role: everybody of the body whose post does something, by name."""
    found: dict[int, str] = {}
    for held in standing().by_staff.values():
        for one in held:
            post = one.post
            if (
                is_in_force(one, now)
                and post.unit.authority_id == incident.authority_id
                and post.role not in LOOK_ON
            ):
                found.setdefault(one.staff_id, f"{one.staff.name} · {post.name}")
    return sorted(found.items(), key=lambda pair: pair[1])


def item_choices(doing: Doing) -> list[tuple[int, str]]:
    rows = StandbyItem.objects.filter(
        unit__authority=doing.incident.authority_id, closed_on=None, state=StandbyItem.State.READY
    )
    out = set(
        Sent.objects.filter(back_at=None, incident__is_drill=doing.incident.is_drill)
        .exclude(item=None)
        .values_list("item", flat=True)
    )
    return [(row.pk, row.name) for row in rows.order_by("-is_vehicle", "pk") if row.pk not in out]


def subjects_of(incident: Incident) -> list[tuple[int, str]]:
    rows = Subject.objects.filter(authority=incident.authority_id, closed_on=None).order_by("path", "pk")
    return [(row.pk, "　" * (len(row.path or [1]) - 1) + row.name) for row in rows]


def moved_form(doing: Doing, data: QueryDict | None) -> django_forms.Form:
    at = timezone.localtime(
        max(doing.task.due_at or doing.reader.now, doing.reader.now) + timedelta(minutes=30)
    )
    return forms.MoveForm(
        data, initial={"on": at.date(), "clock": at.time(), "seen_version": doing.task.version}
    )


def prolonged_form(doing: Doing, data: QueryDict | None) -> django_forms.Form:
    at = timezone.localtime((doing.incident.expected_until or doing.reader.now) + timedelta(hours=6))
    return forms.ProlongForm(
        data, initial={"on": at.date(), "clock": at.time(), "seen_version": version_of(doing)}
    )


def check_text(doing: Doing) -> str:
    check = in_language(doing.task.check_zh, doing.task.check_en)
    if not check:
        return title_of(doing.task)
    return gettext("%(task)s. Done when: %(check)s") % {"task": title_of(doing.task), "check": check}


def send(doing: Doing, form: Any) -> None:
    data = form.cleaned_data
    sent_out.send_out(
        **doing.base,
        kind=data["kind"],
        what=data["what"],
        count=data["count"],
        where=data["where"],
        item_id=data["item"],
    )


def set_task(doing: Doing, form: Any) -> None:
    data = form.cleaned_data
    minutes = data["minutes"]
    tasks.set_task(
        **doing.base,
        title=data["title"],
        strand_code=data["strand"],
        role_code=data["role"],
        check=data["check"],
        due_at=doing.reader.now + timedelta(minutes=minutes) / doing.incident.pace if minutes else None,
    )


def write(doing: Doing, form: Any) -> None:
    entries.write_entry(
        **doing.base,
        text=form.cleaned_data["text"],
        kind=form.cleaned_data["kind"] or Entry.Kind.ENTRY,
        entry_id=form.cleaned_data["key"],
        happened_at=form.happened_at(doing.reader.now),
    )


def promise(doing: Doing, form: Any) -> None:
    due = doing.reader.now + timedelta(hours=form.cleaned_data["hours"]) / doing.incident.pace
    sent_out.promise(**doing.base, what=form.cleaned_data["what"], due_at=due)


def on_task(service: Callable[..., Any], **fields: str) -> Run:
    """A service about one task, with these fields of the form under the names that it takes."""

    def run(doing: Doing, form: Any) -> None:
        values = {keyword: form.cleaned_data[name] for keyword, name in fields.items()}
        seen = form.cleaned_data.get("seen_version")
        service(**doing.base, task_id=doing.task.pk, seen_version=seen, **values)

    return run


def on_track(service: Callable[..., Any], **fields: str) -> Run:
    """A service about a track, which is named by its code; 404 where the incident has none such."""

    def run(doing: Doing, form: Any) -> None:
        values = {keyword: form.cleaned_data[name] for keyword, name in fields.items()}
        service(**doing.base, code=doing.strand.code, **values)

    return run


def on_role(service: Callable[..., Any], **fields: str) -> Run:
    """A service about a role, likewise."""

    def run(doing: Doing, form: Any) -> None:
        values = {keyword: form.cleaned_data[name] for keyword, name in fields.items()}
        service(**doing.base, code=doing.role.code, **values)

    return run


def on_row(service: Callable[..., Any], model: Any, keyword: str, **fields: str) -> Run:
    """A service about one thing that was sent, taken, promised or written."""

    def run(doing: Doing, form: Any) -> None:
        values = {name: form.cleaned_data[field] for name, field in fields.items()}
        service(**doing.base, **{keyword: doing.row(model).pk}, **values)

    return run
