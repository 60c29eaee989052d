"""What a plan lacks, and what to do about it, as sentences in the reader's language. Pure."""

from __future__ import annotations

from answerable.core import sentences
from answerable.core.sentences import N_
from answerable.incidents.plans.lint import Area, Finding

AREAS: dict[Area, str] = {
    Area.PEOPLE: N_("Roles and who holds them"),
    Area.REACH: N_("Whether they can be reached"),
    Area.STEPS: N_("Steps"),
    Area.BODIES: N_("Other bodies"),
    Area.RESOURCES: N_("Vehicles and equipment"),
    Area.PRACTICE: N_("Practice"),
}

#: What is wrong, and the remedy.
SENTENCES: dict[str, tuple[str, str]] = {
    "role_unfilled": (
        N_("Nobody fills “%(name)s” now."),
        N_("Name a post that is held, or a role on duty, or appoint somebody to the post."),
    ),
    "role_gone": (
        N_("“%(name)s” is with “%(given)s”, which does not exist or is closed."),
        N_("Name another post, or role on duty."),
    ),
    "no_deputy": (
        N_("“%(name)s” has no deputy: if one person does not answer, nobody does."),
        N_("Name deputies, or let another role back it."),
    ),
    "unreachable": (
        N_("“%(name)s” cannot be reached: nobody holds it, or whoever does has no way that works."),
        N_("Have them enter a telephone or another way under “How I am reached”."),
    ),
    "unverified": (
        N_("Nothing has shown for %(days)s days that “%(name)s” can be reached."),
        N_("Call the roll, or have them verify it again."),
    ),
    "action_without_post": (
        N_("“%(name)s” is nobody's: its role has no post."),
        N_("Give it a role with a post or with somebody on duty."),
    ),
    "level_without_actions": (
        N_("“%(name)s” sets nothing in motion: it has no action."),
        N_("Write down what is done at this level, or take the level out."),
    ),
    "track_without_actions": (
        N_("At “%(name)s” nothing is done on the track “%(track)s”."),
        N_("Add an action to it at this level."),
    ),
    "empty_step": (
        N_("“%(name)s” does not say how one sees that it is done."),
        N_("Write a check: what somebody at the scene can see or count."),
    ),
    "due_before_need": (
        N_("“%(name)s” is due before “%(need)s”, which it waits for."),
        N_("Give it more minutes, or the other one fewer."),
    ),
    "place_gone": (
        N_("The place “%(given)s” does not exist or is closed."),
        N_("Name another place of the body."),
    ),
    "recipient_gone": (
        N_("“%(name)s” goes to “%(given)s”, which does not exist."),
        N_("Name another recipient, or enter the body above."),
    ),
    "contact_silent": (
        N_("“%(name)s” has not answered since %(on)s."),
        N_("Find out the number that is answered at night, and call it."),
    ),
    "contact_without_number": (
        N_("“%(name)s” has neither telephone nor e-mail."),
        N_("Enter the number of its duty room."),
    ),
    "contact_unverified": (
        N_("Nobody has called “%(name)s” within %(days)s days."),
        N_("Call it and enter the day."),
    ),
    "resource_gone": (
        N_("“%(name)s” should come from “%(given)s”, which is not on standby any more."),
        N_("Name another item under On duty, Standby."),
    ),
    "resource_out": (
        N_("“%(name)s” is out of order (%(item)s)."),
        N_("Have it repaired, or name a stand-in."),
    ),
    "resource_unchecked": (
        N_("“%(name)s” has not been looked at in time (%(item)s)."),
        N_("Look at it and enter what you find under On duty, Standby."),
    ),
    "drill_never": (
        N_("This plan has never been practised; it should be every %(months)s months."),
        N_("Plan a drill; a table-top takes an hour."),
    ),
    "drill_overdue": (
        N_("This plan was last practised on %(on)s; it should be every %(months)s months."),
        N_("Plan a drill; a table-top takes an hour."),
    ),
}


def area_words(area: Area) -> str:
    return sentences.translate(AREAS[area])


def _facts(finding: Finding, language: str) -> dict[str, str]:
    name = finding.zh if language.lower().startswith("zh") else finding.en
    return {"name": name, **dict(finding.params)}


def what(finding: Finding, language: str) -> str:
    """What is wrong. `language`: of the names in the plan, the one in which the sentence is said."""
    return sentences.translate(SENTENCES[finding.code][0]) % _facts(finding, language)


def remedy(finding: Finding) -> str:
    return sentences.translate(SENTENCES[finding.code][1])
