"""What can be done on an incident's pages: each verb's form, who may, and the service that does it.

One address for all: `/desk/incidents/<id>/do/<verb>?on=<what>`. A verb without a form is done at once.
"""

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
from django.utils.translation import gettext_lazy

from answerable.core.names import in_language
from answerable.duty.models import StandbyItem
from answerable.incidents import forms
from answerable.incidents.access import LOOK_ON, Reader
from answerable.incidents.models import (
    Entry,
    Incident,
    IncidentRole,
    Promise,
    Requisition,
    Sent,
    Strand,
    Task,
)
from answerable.incidents.queries import roles_in_force, title_of
from answerable.incidents.services import calls, entries, levels, promised, roles, sent_out, tasks
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

    @cached_property
    def task(self) -> Task:
        return self.row(Task)

    @cached_property
    def role(self) -> IncidentRole:
        found = IncidentRole.objects.filter(incident=self.incident, code=self.on, until_at=None).first()
        if found is None:
            raise Http404
        return found

    @cached_property
    def strand(self) -> Strand:
        found = Strand.objects.filter(incident=self.incident, code=self.on).first()
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


def _version(doing: Doing) -> int:
    return doing.incident.version


def _task_version(doing: Doing) -> int:
    return doing.task.version


def _roles(doing: Doing) -> list[tuple[str, str]]:
    return [(role.code, role.name) for role in roles_in_force(doing.incident)]


def _strands(doing: Doing) -> list[tuple[str, str]]:
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


def _items(doing: Doing) -> list[tuple[int, str]]:
    rows = StandbyItem.objects.filter(
        unit__authority=doing.incident.authority_id, closed_on=None, state=StandbyItem.State.READY
    )
    out = set(Sent.objects.filter(back_at=None).exclude(item=None).values_list("item", flat=True))
    return [(row.pk, row.name) for row in rows.order_by("-is_vehicle", "pk") if row.pk not in out]


def subjects_of(incident: Incident) -> list[tuple[int, str]]:
    rows = Subject.objects.filter(authority=incident.authority_id, closed_on=None).order_by("path", "pk")
    return [(row.pk, "　" * (len(row.path or [1]) - 1) + row.name) for row in rows]


def _moved(doing: Doing, data: QueryDict | None) -> django_forms.Form:
    at = timezone.localtime(
        max(doing.task.due_at or doing.reader.now, doing.reader.now) + timedelta(minutes=30)
    )
    return forms.MoveForm(
        data, initial={"on": at.date(), "clock": at.time(), "seen_version": doing.task.version}
    )


def _prolonged(doing: Doing, data: QueryDict | None) -> django_forms.Form:
    at = timezone.localtime((doing.incident.expected_until or doing.reader.now) + timedelta(hours=6))
    return forms.ProlongForm(
        data, initial={"on": at.date(), "clock": at.time(), "seen_version": _version(doing)}
    )


def _check(doing: Doing) -> str:
    check = in_language(doing.task.check_zh, doing.task.check_en)
    return f"{title_of(doing.task)}. {check}" if check else title_of(doing.task)


def _send(doing: Doing, form: Any) -> None:
    data = form.cleaned_data
    sent_out.send_out(
        **doing.base,
        kind=data["kind"],
        what=data["what"],
        count=data["count"],
        where=data["where"],
        item_id=data["item"],
    )


def _set_task(doing: Doing, form: Any) -> None:
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


def _write(doing: Doing, form: Any) -> None:
    entries.write_entry(
        **doing.base,
        text=form.cleaned_data["text"],
        kind=form.cleaned_data["kind"] or Entry.Kind.ENTRY,
        entry_id=form.cleaned_data["key"],
        happened_at=form.happened_at(doing.reader.now),
    )


def _promise(doing: Doing, form: Any) -> None:
    due = doing.reader.now + timedelta(hours=form.cleaned_data["hours"]) / doing.incident.pace
    sent_out.promise(**doing.base, what=form.cleaned_data["what"], due_at=due)


def _on_task(service: Callable[..., Any], **fields: str) -> Run:
    """A service about one task, with these fields of the form under the names that it takes."""

    def run(doing: Doing, form: Any) -> None:
        values = {keyword: form.cleaned_data[name] for keyword, name in fields.items()}
        seen = form.cleaned_data.get("seen_version")
        service(**doing.base, task_id=doing.task.pk, seen_version=seen, **values)

    return run


def _on_code(service: Callable[..., Any], **fields: str) -> Run:
    """A service about a track or a role, which is named by its code."""

    def run(doing: Doing, form: Any) -> None:
        values = {keyword: form.cleaned_data[name] for keyword, name in fields.items()} if form else {}
        service(**doing.base, code=doing.on, **values)

    return run


def _on_row(service: Callable[..., Any], model: Any, keyword: str, **fields: str) -> Run:
    """A service about one thing that was sent, taken, promised or written."""

    def run(doing: Doing, form: Any) -> None:
        values = {name: form.cleaned_data[field] for name, field in fields.items()}
        service(**doing.base, **{keyword: doing.row(model).pk}, **values)

    return run


VERBS: dict[str, Verb] = {
    "again": Verb(
        gettext_lazy("It was called in again"),
        lambda doing, form: calls.call_again(
            **doing.base, text=form.cleaned_data["text"], call_back=form.cleaned_data["call_back"]
        ),
        plain(forms.AgainForm),
        gettext_lazy("Count this call"),
        may="reports",
        done=gettext_lazy("Counted. What the caller said is in the log."),
    ),
    "dismiss": Verb(
        gettext_lazy("No response is needed"),
        lambda doing, form: calls.dismiss(
            **doing.base, why=form.cleaned_data["why"], seen_version=form.cleaned_data["seen_version"]
        ),
        plain(forms.WhyForm, seen_version=_version),
        gettext_lazy("No response is needed"),
        may="directs",
        done=gettext_lazy("Closed with your reason."),
        hint=gettext_lazy("The reason stays in the record with your post."),
    ),
    "same": Verb(
        gettext_lazy("It is the same as another"),
        lambda doing, form: calls.say_same(**doing.base, other_id=form.cleaned_data["other"]),
        plain(forms.SameForm),
        gettext_lazy("It is the same"),
        may="directs",
        done=gettext_lazy("Its calls count there now."),
    ),
    "write": Verb(
        gettext_lazy("Write in the log"),
        _write,
        plain(forms.EntryForm),
        gettext_lazy("Write it down"),
        done=gettext_lazy("Written."),
    ),
    "strike": Verb(
        gettext_lazy("Strike a line out"),
        _on_row(entries.strike_entry, Entry, "entry_id", why="why"),
        plain(forms.WhyForm),
        gettext_lazy("Strike it out"),
        hint=gettext_lazy("The line and the reason stay, and are read together."),
    ),
    "begin": Verb(
        gettext_lazy("Somebody is on it"),
        lambda doing, form: tasks.begin_task(**doing.base, task_id=doing.task.pk),
        done=gettext_lazy("Begun."),
    ),
    "finish": Verb(
        gettext_lazy("It is done"),
        _on_task(tasks.finish_task, result="result"),
        plain(forms.DoneForm, seen_version=_task_version),
        gettext_lazy("It is done"),
        about=_check,
    ),
    "leave-out": Verb(
        gettext_lazy("It is not needed"),
        _on_task(tasks.leave_out_task, why="why"),
        plain(forms.WhyForm, seen_version=_task_version),
        gettext_lazy("Leave it out"),
        about=lambda doing: title_of(doing.task),
    ),
    "reopen": Verb(
        gettext_lazy("It is not done after all"),
        _on_task(tasks.reopen_task, why="why"),
        plain(forms.WhyForm, seen_version=_task_version),
        gettext_lazy("Open it again"),
        about=lambda doing: title_of(doing.task),
    ),
    "move": Verb(
        gettext_lazy("Another time"),
        lambda doing, form: tasks.move_task(
            **doing.base,
            task_id=doing.task.pk,
            due_at=form.at(),
            why=form.cleaned_data["why"],
            seen_version=form.cleaned_data["seen_version"],
        ),
        _moved,
        gettext_lazy("Change its time"),
        about=lambda doing: title_of(doing.task),
    ),
    "give": Verb(
        gettext_lazy("Another role does it"),
        _on_task(tasks.give_task, role_code="role"),
        lambda doing, data: forms.GiveTaskForm(
            data,
            roles=_roles(doing),
            initial={"role": doing.task.role_code, "seen_version": doing.task.version},
        ),
        gettext_lazy("Give it to this role"),
        about=lambda doing: title_of(doing.task),
    ),
    "task": Verb(
        gettext_lazy("Set a task"),
        _set_task,
        lambda doing, data: forms.TaskForm(
            data, strands=_strands(doing), roles=_roles(doing), initial={"strand": doing.on}
        ),
        gettext_lazy("Set the task"),
        done=gettext_lazy("The task is set."),
    ),
    "close-track": Verb(
        gettext_lazy("Close the track"),
        _on_code(tasks.close_track, said="said"),
        plain(forms.SaidForm),
        gettext_lazy("Close the track"),
        about=lambda doing: doing.strand.name,
    ),
    "reopen-track": Verb(
        gettext_lazy("Open the track again"),
        _on_code(tasks.reopen_track, why="why"),
        plain(forms.WhyForm),
        gettext_lazy("Open the track again"),
        about=lambda doing: doing.strand.name,
    ),
    "open-track": Verb(
        gettext_lazy("One more track"),
        lambda doing, form: tasks.open_track(
            **doing.base,
            code=form.cleaned_data["code"].lower(),
            name_zh=form.cleaned_data["name_zh"],
            name_en=form.cleaned_data["name_en"],
        ),
        plain(forms.TrackForm),
        gettext_lazy("Open the track"),
        may="commands",
    ),
    "have-it": Verb(
        gettext_lazy("I have it"),
        _on_code(roles.acknowledge_role),
        may="role",
        done=gettext_lazy("You have it."),
    ),
    "give-role": Verb(
        gettext_lazy("Hand the role over"),
        _on_code(roles.give_role, to="to", why="why"),
        lambda doing, data: forms.GiveRoleForm(data, people=people_of(doing.incident, doing.reader.now)),
        gettext_lazy("Hand it over"),
        may="role",
        about=lambda doing: doing.role.name,
        hint=gettext_lazy("They are asked by an alarm, and have it once they say so."),
    ),
    "command": Verb(
        gettext_lazy("Take the command"),
        lambda doing, form: roles.take_command(**doing.base, why=form.cleaned_data["why"]),
        plain(forms.CommandForm),
        gettext_lazy("Take the command"),
        may="reports",
        done=gettext_lazy("You command. Read the briefing now."),
        hint=gettext_lazy(
            "Leaders may at any time; whoever the plan names next, once the commander has not answered or is away."
        ),
    ),
    "send": Verb(
        gettext_lazy("Send out"),
        _send,
        lambda doing, data: forms.SendForm(data, items=_items(doing)),
        gettext_lazy("Send it out"),
        done=gettext_lazy("It is out, and stays open until it is back."),
    ),
    "back": Verb(
        gettext_lazy("They are back"),
        _on_row(sent_out.bring_back, Sent, "sent_id", said="said"),
        plain(forms.SaidForm),
        gettext_lazy("They are back"),
        about=lambda doing: doing.row(Sent).what,
    ),
    "take": Verb(
        gettext_lazy("Take property for the response"),
        lambda doing, form: sent_out.requisition(
            **doing.base, what=form.cleaned_data["what"], paper=form.cleaned_data["paper"]
        ),
        plain(forms.TakeForm),
        gettext_lazy("It is taken"),
        may="commands",
        done=gettext_lazy("It stays open until it is returned or paid for."),
    ),
    "return": Verb(
        gettext_lazy("It is returned"),
        _on_row(sent_out.give_back, Requisition, "requisition_id", said="said"),
        plain(forms.HowForm),
        gettext_lazy("It is returned"),
        about=lambda doing: doing.row(Requisition).what,
    ),
    "promise": Verb(
        gettext_lazy("Promise an answer"),
        _promise,
        plain(forms.PromiseForm),
        gettext_lazy("Promise it"),
        done=gettext_lazy("It stays open until it is answered."),
    ),
    "answer": Verb(
        gettext_lazy("Answer"),
        _on_row(sent_out.answer, Promise, "promise_id", text="text"),
        plain(forms.AnswerForm),
        gettext_lazy("It is answered"),
        about=lambda doing: doing.row(Promise).what,
    ),
    "register": Verb(
        gettext_lazy("Register it as a case"),
        lambda doing, form: promised.register(
            **doing.base,
            promise_id=doing.row(Promise).pk,
            claim=form.cleaned_data["claim"],
            subject_id=form.cleaned_data["subject"],
        ),
        lambda doing, data: forms.RegisterForm(
            data, subjects=subjects_of(doing.incident), initial={"claim": doing.row(Promise).what}
        ),
        gettext_lazy("Register the case"),
        hint=gettext_lazy("It gets a receipt and a date; the unit that answers for it takes over."),
        about=lambda doing: doing.row(Promise).what,
    ),
    "prolong": Verb(
        gettext_lazy("It lasts until another time"),
        lambda doing, form: levels.prolong(
            **doing.base,
            expected_until=form.at(),
            why=form.cleaned_data["why"],
            seen_version=form.cleaned_data["seen_version"],
        ),
        _prolonged,
        gettext_lazy("Change the time"),
        may="commands",
    ),
    "scales": Verb(
        gettext_lazy("Grade of the event and warning level"),
        lambda doing, form: levels.set_scales(
            **doing.base,
            event_grade=form.cleaned_data["event_grade"],
            warning_level=form.cleaned_data["warning_level"],
            seen_version=form.cleaned_data["seen_version"],
        ),
        lambda doing, data: forms.ScalesForm(
            data,
            initial={
                "event_grade": doing.incident.event_grade,
                "warning_level": doing.incident.warning_level,
                "seen_version": doing.incident.version,
            },
        ),
        gettext_lazy("Save"),
        hint=gettext_lazy("Scales of their own: neither sets anything going."),
    ),
}


def may(verb: Verb, doing: Doing) -> bool:
    """Whether the reader may do it; the service asks again, under the lock."""
    reader, incident = doing.reader, doing.incident
    if verb.may == "reports":
        return any(post.unit.authority_id == incident.authority_id for post in reader.working)
    if verb.may == "directs":
        return reader.leads(incident) or reader.is_on_duty_for(incident)
    if verb.may == "commands":
        return incident.commander_id == reader.staff.pk or reader.leads(incident)
    if verb.may == "role":
        mine = doing.role.staff_id == reader.staff.pk
        return mine or incident.commander_id == reader.staff.pk or reader.leads(incident)
    return reader.writes(incident)
