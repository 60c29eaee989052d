"""What is refused about a body's plans. Pure."""

from __future__ import annotations

from answerable.core.sentences import N_, Said


class CannotPlan(Said):
    """A plan cannot be taken over, written, approved or retired like this."""

    sentences = {
        "no_leader": N_("Whoever leads this body approves and retires its plans."),
        "no_worker": N_("Only somebody who works in this body writes its plans."),
        "code_taken": N_("This body already has a plan “%(plan)s”. Open it and change that one."),
        "other_code": N_("This file is of the plan “%(given)s”, not of “%(plan)s”. Put its own code in it."),
        "no_draft": N_("There is no draft (any more); nothing was changed."),
        "is_retired": N_("This plan is retired. Take it over again under another code."),
        "changed": N_(
            "Somebody else saved this draft meanwhile. Nothing was overwritten: look at what they wrote, then save yours."
        ),
        "same": N_("This is what is in use already; there is nothing to approve."),
        "in_use_by_response": N_("A response runs on this plan. Retire it once that is over."),
    }
