"""A version of a plan as paper: the plan, its call tree on one page, a card for each role."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from answerable.alerts.models import ContactPoint
from answerable.incidents.models import Plan, PlanVersion
from answerable.incidents.planned import file_of
from answerable.incidents.plans import shown
from answerable.incidents.plans.schema import PlanFile, PlanRole
from answerable.orgs.models import Post
from answerable.orgs.queries import holders_of
from answerable.orgs.standing import standing
from answerable.ui.print import plan as printed
from answerable.ui.print.data import Body
from answerable.ui.print.plan import Call, Card, Group, PlanPaper, Section
from answerable.ui.print.words import Lang, plain_day


def _lang() -> Lang:
    return "zh-hans" if shown.lang().startswith("zh") else "en"


def _head(plan: Plan, version: PlanVersion, address: str, now: datetime, **more: object) -> PlanPaper:
    local = now.astimezone(ZoneInfo(plan.authority.zone))
    if version.approved_at is not None:
        on = plain_day(version.approved_at.astimezone(local.tzinfo).date(), _lang())
        words = _("Version %(number)s, approved on %(on)s") % {"number": version.number, "on": on}
    else:
        words = _("Version %(number)s, not approved") % {"number": version.number}
    return PlanPaper(
        body=Body(name=plan.authority.name),
        version=words,
        address=address,
        address_words=_("Is this the current version? Scan it to see."),
        made_at=local,
        **more,  # type: ignore[arg-type]
    )


def _say(text: object) -> str:
    return text.in_language(shown.lang()) if text is not None else ""  # type: ignore[attr-defined,no-any-return]


def whole(plan: Plan, version: PlanVersion, address: str, now: datetime) -> bytes:
    """The plan to be read, and to be filed."""
    file = file_of(version)
    data = _head(
        plan,
        version,
        address,
        now,
        title=_say(file.names),
        sections=tuple(_sections(file, shown.Refs(plan.authority))),
    )
    return printed.plan_paper(data, _lang())


def _sections(file: PlanFile, refs: shown.Refs) -> list[Section]:
    found = [Section(title=_("What it is for"), text=_say(file.purpose))]
    for scale in shown.scales(file):
        rows = tuple(
            (step["name"], step["criteria"], "\n".join(f"{head}: {text}" for head, text in step["more"]))
            for step in scale["steps"]
        )
        found.append(Section(title=scale["head"], heads=(_("Level"), _("Criteria"), ""), rows=rows))
    people = tuple(
        (
            one["name"],
            f"{one['group']}. {one['task']}",
            "\n".join(part for part in (one["duty"], one["post"], *one["deputies"]) if part) or "–",
            str(one["ask"]),
        )
        for one in shown.roles(file, refs)
    )
    heads = (_("Role"), _("Task"), _("Who has it, then deputies"), _("Minutes to acknowledge"))
    found.append(Section(title=_("Roles"), heads=heads, rows=people))
    for track in shown.tracks(file):
        steps = tuple(
            (one["name"], one["check"], one["role"] or "–", f"{one['levels']}: {one['minutes']} min")
            for one in track["actions"]
        )
        heads = (_("Action"), _("How one sees that it is done"), _("Role"), _("Levels and target"))
        found.append(Section(title=track["name"], heads=heads, rows=steps))
    found.append(
        Section(
            title=_("Reports owed"),
            heads=(_("Report owed"), _("Recipient"), _("Limit"), _("Rule")),
            rows=tuple(
                (one["name"], one["to"], one["limit"], one["source"]) for one in shown.reports(file, refs)
            ),
        )
    )
    contacts = tuple((_say(one.names), one.phone, one.email) for one in file.contacts)
    found.append(
        Section(title=_("Other bodies"), heads=(_("Body"), _("Telephone"), _("E-mail")), rows=contacts)
    )
    things = tuple((_say(one.names), str(one.count), one.standby or "") for one in file.resources)
    found.append(
        Section(
            title=_("Vehicles and equipment"),
            heads=(_("What"), pgettext("a part of a plan", "How many"), _("Standby")),
            rows=things,
        )
    )
    found.append(Section(title=_("Words for the public"), text=_say(file.announce.activated)))
    found.append(Section(title=_("What everybody can do"), text=_say(file.announce.advice)))
    found.append(Section(title=_("Where to ask and be heard"), text=_say(file.announce.heard)))
    after = tuple((_say(one.names), _say(one.check)) for one in file.recovery)
    found.append(
        Section(title=_("Afterwards"), heads=(_("Step"), _("How one sees that it is done")), rows=after)
    )
    return [one for one in found if one.text or one.rows]


def _posts(plan: Plan) -> dict[str, Post]:
    return {
        f"{post.unit.code}/{post.code}": post
        for post in standing().posts.values()
        if post.unit.authority_id == plan.authority_id and post.closed_on is None
    }


def _holder(post: Post | None, now: datetime) -> tuple[str, str]:
    """A post with the name of who holds it, and the number of the post, else of its holder."""
    if post is None:
        return "–", ""
    people = holders_of(post.pk, now)
    if not people:
        return post.name, post.contact_phone
    first = people[0]
    number = post.contact_phone or first.phone
    if not number:
        way = ContactPoint.objects.filter(staff=first, way__in=["sms", "voice"], removed_at=None).first()
        number = way.address if way is not None else ""
    return f"{post.name} {first.name}", number


def call_tree(plan: Plan, version: PlanVersion, address: str, now: datetime) -> bytes:
    """Who is called, in which order, with numbers as they are today; on one page."""
    file, posts, refs = file_of(version), _posts(plan), shown.Refs(plan.authority)
    by_code = {role.code: role for role in file.roles}
    groups = [
        Group(
            title=shown.group_text(group),
            calls=tuple(_call(role, refs, by_code, posts, now) for role in file.roles if role.group == group),
        )
        for group in shown.GROUPS
    ]
    bodies = tuple(Call(name=_say(one.names), holder="", phone=one.phone) for one in file.contacts)
    groups.append(Group(title=_("Other bodies"), calls=bodies))
    data = _head(
        plan,
        version,
        address,
        now,
        title=_("Call tree: %(plan)s") % {"plan": _say(file.names)},
        note=_("Names and numbers as of the day it was printed."),
        groups=tuple(one for one in groups if one.calls),
        then_words=_("no answer:"),
    )
    return printed.call_tree(data, _lang())


def _call(
    role: PlanRole, refs: shown.Refs, by_code: dict[str, PlanRole], posts: dict[str, Post], now: datetime
) -> Call:
    name, number = _holder(posts.get(role.post or ""), now)
    if role.duty and not role.post:
        name = _("on duty: %(duty)s") % {"duty": refs.duty(role.duty)}
    after = [" ".join(part for part in _holder(posts.get(ref), now) if part) for ref in role.deputies]
    after += [_say(one.names) for one in by_code.values() if one.backs == role.code]
    return Call(name=_say(role.names), holder=name, phone=number, then="; ".join(after))


def role_cards(plan: Plan, version: PlanVersion, address: str, now: datetime) -> bytes:
    """A card for each role: its task, who stands in, and what it does, what is due first on top."""
    file, refs = file_of(version), shown.Refs(plan.authority)
    cards = []
    for role in file.roles:
        actions = sorted(
            (one for one in file.actions if one.role == role.code), key=lambda one: one.target_min
        )
        facts = [
            (_("Post"), refs.post(role.post) if role.post else refs.duty(role.duty) if role.duty else "–"),
            (_("Deputies"), "; ".join(refs.post(ref) for ref in role.deputies) or "–"),
            (_("Minutes to acknowledge"), str(role.ask)),
        ]
        cards.append(
            Card(
                name=_say(role.names),
                task=_say(role.task),
                facts=tuple(facts),
                actions=tuple(
                    (
                        f"{one.target_min} min · {shown.roman(one.levels)}",
                        _say(one.names),
                        _say(one.check),
                    )
                    for one in actions
                ),
            )
        )
    data = _head(
        plan,
        version,
        address,
        now,
        title=_("Role cards: %(plan)s") % {"plan": _say(file.names)},
        cards=tuple(cards),
    )
    return printed.role_cards(data, _lang())


PAPERS: dict[str, Callable[[Plan, PlanVersion, str, datetime], bytes]] = {
    "plan": whole,
    "call-tree": call_tree,
    "role-cards": role_cards,
}
