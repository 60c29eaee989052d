"""Where everything in the desk is: one table. An entry whose room does not serve its route yet stays hidden.

A room that is not listed here (an office's own) may add to it from its AppConfig: `ui.shell.register(...)`.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from answerable.orgs.models import Role
from answerable.ui.parts import NavEntry

_WORK = _("Work")
_DUTY = _("Duty and danger")
_OFFICE = _("Office")
_SEE = _("See and check")

HANDLES = frozenset({Role.CLERK.value, Role.HANDLER.value, Role.LEADER.value, Role.REVIEWER.value})
LEADS = frozenset({Role.LEADER.value})
CHECKS = frozenset({Role.AUDITOR.value, Role.LEADER.value})
AUDITS = frozenset({Role.AUDITOR.value})
RUNS = frozenset({Role.ADMINISTRATOR.value})

DESK = (
    NavEntry("home", _("Start"), "site:desk", "", "home"),
    NavEntry(
        "worklist",
        _("Matters"),
        "desk:worklist",
        _WORK,
        "inbox",
        HANDLES | CHECKS,
        hint=_("Mine, my unit's, due soon, late."),
    ),
    NavEntry(
        "counter",
        _("At the counter"),
        "desk:counter",
        _WORK,
        "pen",
        HANDLES,
        hint=_("Enter a matter while the person talks, read it back, print the receipt."),
    ),
    NavEntry(
        "texts",
        _("Canned texts"),
        "desk:texts",
        _WORK,
        "book",
        HANDLES,
        hint=_("Sentences to start a question, a reply or a decision from."),
    ),
    NavEntry(
        "outside_letters",
        _("Letters to other bodies"),
        "desk:outside_letters",
        _WORK,
        "send",
        HANDLES | CHECKS,
        hint=_("What waits to be printed and handed over, and receipts still to come."),
    ),
    NavEntry(
        "notices",
        pgettext_lazy("navigation", "Notices"),
        "desk:notices",
        _WORK,
        "bell",
        HANDLES | CHECKS,
        hint=_("What the system has told you, newest first."),
    ),
    NavEntry(
        "alerts",
        _("Alarms"),
        "alerts:board",
        _DUTY,
        "alert",
        hint=_("What nobody has yet, who is asked, and what comes next."),
    ),
    NavEntry(
        "incidents",
        pgettext_lazy("navigation", "Incidents"),
        "incidents:list",
        _DUTY,
        "pin",
        hint=_("A danger that was called in: begin the response, lead it, lift it."),
    ),
    NavEntry(
        "field",
        pgettext_lazy("navigation", "In the field"),
        "field:page",
        _DUTY,
        "pin",
        hint=_("For a telephone, without a network too: your tasks, the log, photographs of the hazard."),
    ),
    NavEntry(
        "reports",
        pgettext_lazy("navigation", "Reports owed"),
        "incident_reports:list",
        _DUTY,
        "send",
        hint=_("Reports on incidents: to whom, and by when."),
    ),
    NavEntry(
        "plans",
        pgettext_lazy("navigation", "Plans"),
        "incident_plans:list",
        _DUTY,
        "book",
        hint=_("What is done when a hazard becomes real: roles, minutes, readiness."),
    ),
    NavEntry(
        "reviews",
        pgettext_lazy("navigation", "Reviews"),
        "incident_reviews:list",
        _DUTY,
        "book",
        hint=_("After a response: what went well, what did not, and lessons until they are done."),
    ),
    NavEntry(
        "drills",
        pgettext_lazy("navigation", "Drills"),
        "drills:list",
        _DUTY,
        "clock",
        hint=_("Practise a plan: planned, begun, told its events, compared."),
    ),
    NavEntry(
        "periods",
        pgettext_lazy("navigation", "Readiness periods"),
        "periods:list",
        _DUTY,
        "shield",
        hint=_("A season of danger: what it demands of the office, and what of it is missing."),
    ),
    NavEntry(
        "rounds",
        pgettext_lazy("navigation", "Rounds"),
        "rounds:home",
        _DUTY,
        "pin",
        hint=_(
            "Places and things looked at before they become a danger; what was found, and whether it was mended."
        ),
    ),
    NavEntry(
        "due_reports",
        pgettext_lazy("navigation", "Reports due"),
        "due_reports:home",
        _DUTY,
        "send",
        hint=_("What each unit reports, by when, who has and who has not."),
    ),
    NavEntry(
        "duty",
        pgettext_lazy("navigation", "On duty"),
        "duty:now",
        _DUTY,
        "phone",
        hint=_("Who is on duty on every line, the log book, standby, absences."),
    ),
    NavEntry(
        "rosters",
        pgettext_lazy("navigation", "Rosters"),
        "rosters:overview",
        _DUTY,
        "list",
        hint=_("The months of every line: drafted, filled, published, printed."),
    ),
    NavEntry(
        "my_duties",
        pgettext_lazy("navigation", "My duties"),
        "rosters:mine",
        _DUTY,
        "person",
        hint=_("What is ahead of you, swaps, wishes, your own calendar."),
    ),
    NavEntry(
        "organisation",
        _("Who answers for what"),
        "orgs:map",
        _OFFICE,
        "people",
        hint=_("Units, posts, who holds them, and the map of responsibilities."),
    ),
    NavEntry(
        "sheet",
        pgettext_lazy("navigation", "Responsibility sheet"),
        "sheet:home",
        _OFFICE,
        "people",
        hint=_("Leader by leader what they carry; printed for the wall."),
    ),
    NavEntry(
        "calendar",
        _("Working days"),
        "orgs:calendar",
        _OFFICE,
        "clock",
        hint=_("Which days count, and which are holidays."),
    ),
    NavEntry(
        "mailbox",
        pgettext_lazy("navigation", "Mailboxes"),
        "mailbox:home",
        _OFFICE,
        "inbox",
        RUNS | HANDLES,
        hint=_("E-mail that becomes matters and replies."),
    ),
    NavEntry(
        "imports",
        pgettext_lazy("navigation", "Taking matters over"),
        "imports:home",
        _OFFICE,
        "inbox",
        RUNS,
        hint=_("Open matters of another system, from a file or a server."),
    ),
    NavEntry(
        "api_keys",
        pgettext_lazy("navigation", "Keys for other systems"),
        "api_keys:list",
        _OFFICE,
        "gear",
        RUNS,
        hint=_("Which systems may hand in and read, and what is sent to them."),
    ),
    NavEntry(
        "packs",
        _("Procedures"),
        "desk:packs",
        _OFFICE,
        "case",
        HANDLES | CHECKS,
        hint=_("The limits that each kind of matter has."),
    ),
    NavEntry(
        "record",
        _("The public log"),
        "desk:record",
        _SEE,
        "shield",
        AUDITS,
        hint=_("How it stands; draw leaves of it, and see what each one is."),
    ),
    NavEntry(
        "oversight",
        _("Looks, exports, changes"),
        "desk:oversight",
        _SEE,
        "eye",
        AUDITS,
        hint=_("Who opened an identity, took a list out, or changed the organisation, and when."),
    ),
    NavEntry(
        "readiness",
        _("Can everybody be reached?"),
        "alerts:readiness",
        _SEE,
        "phone",
        LEADS | RUNS,
        hint=_("Whom an alarm would not reach, and who missed a roll call."),
    ),
    NavEntry(
        "figures",
        _("Figures"),
        "figures:home",
        _SEE,
        "chart",
        CHECKS,
        hint=_("How many, how soon, and how it ended."),
    ),
    NavEntry(
        "published",
        pgettext_lazy("navigation", "Published figures"),
        "published_desk:home",
        _SEE,
        "chart",
        CHECKS | RUNS,
        hint=_("What the public sees each month, and the annual report."),
    ),
    NavEntry(
        "kept",
        pgettext_lazy("navigation", "What is kept"),
        "retention:home",
        _SEE,
        "clock",
        CHECKS | RUNS,
        hint=_("How long each kind of data is kept, what was destroyed, what is overdue."),
    ),
    NavEntry(
        "first_steps",
        _("First steps"),
        "orgs:first_steps",
        _SEE,
        "list",
        RUNS,
        hint=_("From an empty office to the first matter."),
    ),
    NavEntry(
        "settings", _("Running it"), "ops:status", _SEE, "gear", RUNS, hint=_("What `answerable check` says.")
    ),
)
