"""Verbs that put matters together or apart, and that keep somebody away from one."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from answerable.cases import rules
from answerable.cases.desk import forms, forms_apart
from answerable.cases.desk.casepage import CasePage
from answerable.cases.desk.doings import unversioned, with_fields, with_other
from answerable.cases.desk.verb import FIRST, GRAVE, GROUP, Verb
from answerable.cases.rules import Doing
from answerable.cases.services import accusing, dividing, grouping, nature


def may_join(page: CasePage) -> bool:
    return (
        page.case.state in rules.OPEN
        and not page.case.is_conduct
        and not page.case.lead_id
        and not page.members
    )


APART: tuple[Verb, ...] = (
    Verb(
        "link",
        _("Link with another matter"),
        _("Link them"),
        Doing.HANDLE,
        forms_apart.OtherCaseForm,
        with_other(grouping.link_cases, "to"),
        lambda page: True,
        _("Linked in both files."),
        GROUP,
        intro=_("Both files then point at each other. Nothing else changes."),
    ),
    Verb(
        "join",
        _("Answer together with another"),
        _("Answer them together"),
        Doing.HANDLE,
        forms_apart.OtherCaseForm,
        with_other(grouping.join_case, "lead_id"),
        may_join,
        _("They are answered together from now on."),
        GROUP,
        intro=_(
            "Several persons, one cause. Each keeps receipt, time limits and file; replies and the decision can go to all."
        ),
        undo=lambda page: ("out", 0),
    ),
    Verb(
        "merge",
        _("Merge: it came in twice"),
        _("Merge it into the other"),
        Doing.HANDLE,
        forms_apart.OtherCaseForm,
        with_other(grouping.merge_case, "into"),
        may_join,
        _("Merged. Its own time limits run on until it is answered."),
        GROUP,
        intro=_(
            "Work goes on in the other matter. This one keeps its receipt and its time limits, and gets the same answer."
        ),
        undo=lambda page: ("out", 0),
    ),
    Verb(
        "out",
        _("Take out of the group"),
        _("Handle it by itself again"),
        Doing.HANDLE,
        forms.WhyForm,
        with_fields(grouping.take_out, "why"),
        lambda page: bool(page.case.lead_id),
        _("It stands by itself again."),
        GROUP,
    ),
    Verb(
        "divide",
        _("Make it two matters"),
        _("Make it two"),
        Doing.HANDLE,
        forms_apart.DivideForm,
        with_fields(dividing.divide_case, "own_title", "title", "subject", "why"),
        lambda page: page.case.state in dividing.DIVISIBLE and not page.case.lead_id,
        _("There are two matters now. The person was told and finds both on their page."),
        GROUP,
        intro=_(
            "For two claims told at once. The second gets a receipt of its own, what was told, the files, and every time limit with its date. Where one of the two is about someone's conduct, say that first: both are then kept from those it is about."
        ),
        undo=lambda page: None if page.case.is_conduct else ("divide", 0),
    ),
    Verb(
        "aside",
        _("Step aside: I have an interest"),
        _("Step aside"),
        Doing.WRITE,
        forms.MaybeWhyForm,
        unversioned(accusing.step_aside, "why"),
        lambda page: True,
        _("You have stepped aside. The matter is with the unit and no longer open to you."),
        GRAVE,
        intro=_(
            "You will not see this matter any more. Whatever of it was yours goes back to the unit, and a draft of yours "
            "is no longer before the leader. If you answer for it, the next level of your body does so from now on. Whoever "
            "carries it on is told."
        ),
    ),
    Verb(
        "nature",
        _("It accuses nobody"),
        _("Send it on"),
        Doing.ROUTE,
        forms_apart.NatureForm,
        with_fields(nature.say_no_conduct, "subject"),
        lambda page: page.case.is_nature_open,
        _("It is with whoever the subject belongs to. The person sees where it is."),
        FIRST,
        intro=_(
            "You have read it, and it complains about nobody who works here. If it does, or you are not sure, choose “It is about someone's conduct” instead."
        ),
    ),
    Verb(
        "accused",
        _("It is about someone's conduct"),
        _("Keep it away from them"),
        Doing.ROUTE,
        forms_apart.AccusedForm,
        with_fields(accusing.name_accused, "staff", "units"),
        lambda page: page.case.state in rules.OPEN,
        _("They can neither see nor handle it. It is where they cannot reach it."),
        GRAVE,
        intro=_(
            "Those you name here cannot see the matter from this moment, nor learn who brought it. It moves to a unit that they do not lead. You may lose sight of it as well."
        ),
    ),
)
