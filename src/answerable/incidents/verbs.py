"""What can be done on an incident's pages: each verb's form, who may, and the service that does it.

One address for all: `/desk/incidents/<id>/do/<verb>?on=<what>`. A verb without a form is done at once.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from answerable.incidents import forms
from answerable.incidents.models import Entry, Promise, Requisition, Sent
from answerable.incidents.queries import title_of
from answerable.incidents.services import calls, entries, levels, promised, roles, sent_out, tasks
from answerable.incidents.verb_parts import (
    Doing,
    Verb,
    check_text,
    item_choices,
    moved_form,
    on_role,
    on_row,
    on_task,
    on_track,
    people_of,
    plain,
    prolonged_form,
    promise,
    role_choices,
    send,
    set_task,
    strand_choices,
    subjects_of,
    task_version,
    version_of,
    write,
)

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
        plain(forms.WhyForm, seen_version=version_of),
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
        write,
        plain(forms.EntryForm),
        gettext_lazy("Write it down"),
        done=gettext_lazy("Written."),
    ),
    "strike": Verb(
        gettext_lazy("Strike a line out"),
        on_row(entries.strike_entry, Entry, "entry_id", why="why"),
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
        on_task(tasks.finish_task, result="result"),
        plain(forms.DoneForm, seen_version=task_version),
        gettext_lazy("It is done"),
        about=check_text,
    ),
    "leave-out": Verb(
        gettext_lazy("It is not needed"),
        on_task(tasks.leave_out_task, why="why"),
        plain(forms.WhyForm, seen_version=task_version),
        gettext_lazy("Leave it out"),
        about=lambda doing: title_of(doing.task),
    ),
    "reopen": Verb(
        gettext_lazy("It is not done after all"),
        on_task(tasks.reopen_task, why="why"),
        plain(forms.WhyForm, seen_version=task_version),
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
        moved_form,
        gettext_lazy("Change its time"),
        about=lambda doing: title_of(doing.task),
    ),
    "give": Verb(
        gettext_lazy("Another role does it"),
        on_task(tasks.give_task, role_code="role"),
        lambda doing, data: forms.GiveTaskForm(
            data,
            roles=role_choices(doing),
            initial={"role": doing.task.role_code, "seen_version": doing.task.version},
        ),
        gettext_lazy("Give it to this role"),
        about=lambda doing: title_of(doing.task),
    ),
    "task": Verb(
        gettext_lazy("Set a task"),
        set_task,
        lambda doing, data: forms.TaskForm(
            data, strands=strand_choices(doing), roles=role_choices(doing), initial={"strand": doing.on}
        ),
        gettext_lazy("Set the task"),
        done=gettext_lazy("The task is set."),
    ),
    "close-track": Verb(
        gettext_lazy("Close the track"),
        on_track(tasks.close_track, said="said"),
        plain(forms.SaidForm),
        gettext_lazy("Close the track"),
        about=lambda doing: doing.strand.name,
    ),
    "reopen-track": Verb(
        gettext_lazy("Open the track again"),
        on_track(tasks.reopen_track, why="why"),
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
        on_role(roles.acknowledge_role),
        may="role",
        done=gettext_lazy("You have it."),
    ),
    "give-role": Verb(
        gettext_lazy("Hand the role over"),
        on_role(roles.give_role, to="to", why="why"),
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
        send,
        lambda doing, data: forms.SendForm(data, items=item_choices(doing)),
        gettext_lazy("Send it out"),
        done=gettext_lazy("It is out, and stays open until it is back."),
    ),
    "back": Verb(
        gettext_lazy("They are back"),
        on_row(sent_out.bring_back, Sent, "sent_id", said="said"),
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
        on_row(sent_out.give_back, Requisition, "requisition_id", said="said"),
        plain(forms.HowForm),
        gettext_lazy("It is returned"),
        about=lambda doing: doing.row(Requisition).what,
    ),
    "promise": Verb(
        gettext_lazy("Promise an answer"),
        promise,
        plain(forms.PromiseForm),
        gettext_lazy("Promise it"),
        done=gettext_lazy("It stays open until it is answered."),
    ),
    "answer": Verb(
        gettext_lazy("Answer"),
        on_row(sent_out.answer, Promise, "promise_id", text="text"),
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
        prolonged_form,
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
