"""What `answerable check` asks of the organisation: does anyone answer, for everything, and can they be reached?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from answerable.core import clock
from answerable.core.checks import Fault
from answerable.orgs.calendars import CalendarFault
from answerable.orgs.coverage import Hole, holes
from answerable.orgs.kept_out import KINDS, sorts_people_by
from answerable.orgs.models import Authority, Place, Post, Responsibility, Role, Subject, Unit
from answerable.orgs.queries import (
    appointments_at,
    calendar_of,
    head_of,
    root_unit,
    serving_authorities,
)

#: Names spelt out in one sentence; the rest is counted.
SPELT_OUT = 5


def listed(names: Iterable[object]) -> str:
    """A few names, and how many more."""
    all_names = [str(name) for name in names]
    shown = _(", ").join(all_names[:SPELT_OUT])
    more = len(all_names) - SPELT_OUT
    if more <= 0:
        return shown
    return ngettext("%(names)s and %(more)s more", "%(names)s and %(more)s more", more) % {
        "names": shown,
        "more": more,
    }


def working_authorities() -> list[Authority]:
    """The bodies that work in this installation."""
    return list(
        Authority.objects.filter(is_outside=False).select_related("above", "conduct_body").order_by("pk")
    )


def check_authorities() -> Iterator[Fault]:
    """There is one that takes matters in; each has somebody on top and somewhere for accusations to go."""
    serving = set(serving_authorities().values_list("pk", flat=True))
    if not serving:
        yield Fault(
            "no_office",
            _("No body takes matters in yet: one needs units, and subjects that people can choose."),
            _("Follow the first steps in the desk, or: answerable organisation import FILE"),
        )
    for authority in working_authorities():
        yield from _top(authority)
        if authority.pk in serving and authority.conduct_body is None:
            yield Fault(
                "no_conduct_body",
                _("%(body)s names nobody for accusations that all of its own posts are touched by.")
                % {"body": authority},
                _("Name the body that then gets the matter: Organisation, Bodies, “Accusations go to”."),
            )
        elif authority.conduct_body_id == authority.pk:
            yield Fault(
                "own_conduct_body",
                _("%(body)s names itself for accusations that all of its own posts are touched by.")
                % {"body": authority},
                _("Name another body: Organisation, Bodies, “Accusations go to”."),
            )
        try:
            calendar_of(authority)
        except CalendarFault as fault:
            yield Fault(
                "calendar",
                _("The working days of %(body)s cannot be counted: %(why)s")
                % {"body": authority, "why": fault},
                _("Put its time zone and country right under Organisation, Bodies."),
            )


def _top(authority: Authority) -> Iterator[Fault]:
    """Nothing above means the head of the body itself; without one, a late matter would have nowhere to go."""
    root = root_unit(authority)
    if root is None:
        if authority.units.exists() or Authority.objects.filter(above=authority).exists():
            yield Fault(
                "no_root",
                _("%(body)s has no unit at its top.") % {"body": authority},
                _("Make one, for example “Head of the office”, and put the others below it."),
            )
        return
    if authority.above is None and head_of(root) is None:
        yield Fault(
            "nothing_above",
            _(
                "Nothing stands above %(body)s, and it has no head: a late matter or one that its person raises "
                "would end with nobody."
            )
            % {"body": authority},
            _("Name the body above it, or make a head's post in %(unit)s.") % {"unit": root},
        )
    roots = Unit.objects.filter(authority=authority, parent=None, closed_on=None)
    if roots.count() > 1:
        yield Fault(
            "two_roots",
            _("%(body)s has several units with nothing above them: %(units)s.")
            % {"body": authority, "units": listed(roots.order_by("pk"))},
            _("Put all but one below another unit."),
        )


def check_outside_bodies() -> Iterator[Fault]:
    """Whoever is named for a level above or for accusations, and works elsewhere, can be written to."""
    for body in Authority.objects.filter(is_outside=True).order_by("pk"):
        if not any((body.letter_address, body.letter_email, body.address_zh, body.address_en)):
            yield Fault(
                "outside_no_address",
                _("%(body)s works elsewhere, and there is no address to write to.") % {"body": body},
                _("Enter its postal address or e-mail under Organisation, Bodies."),
            )
        root = root_unit(body)
        if root is None or head_of(root) is None:
            yield Fault(
                "outside_no_post",
                _("%(body)s works elsewhere, and no post stands for it here: nothing can be passed on to it.")
                % {"body": body},
                _("Save it once more under Organisation, Bodies; the post is made with it."),
            )


def holes_of(authority: Authority) -> list[Hole]:
    """Pairs that nobody answers for in one body, summed up."""
    subjects = Subject.objects.filter(authority=authority, closed_on=None).values_list("pk", "path")
    places = Place.objects.filter(authority=authority, closed_on=None).values_list("pk", "path")
    rules = Responsibility.objects.filter(authority=authority).values_list("subject_id", "place_id")
    return list(
        holes(
            {pk: path or [pk] for pk, path in subjects},
            {pk: path or [pk] for pk, path in places},
            list(rules),
        )
    )


def check_map() -> Iterator[Fault]:
    """Every subject at every place has one who answers, and the one is open."""
    for authority in serving_authorities():
        found = holes_of(authority)
        subjects = Subject.objects.in_bulk({hole.subject for hole in found})
        places = Place.objects.in_bulk({place for hole in found for place in hole.places})
        everywhere = [subjects[hole.subject] for hole in found if not hole.places and not hole.without_place]
        remedy = _("Add a rule for it to the map; one without subject and place answers for all the rest.")
        if everywhere:
            yield Fault(
                "uncovered",
                _("Nobody in %(body)s answers for: %(subjects)s.")
                % {"body": authority, "subjects": listed(everywhere)},
                remedy,
            )
        for hole in found:
            facts = {"body": authority, "subject": subjects[hole.subject]}
            if hole.places:
                yield Fault(
                    "uncovered",
                    _("Nobody in %(body)s answers for %(subject)s at: %(places)s.")
                    % (facts | {"places": listed(places[pk] for pk in hole.places)}),
                    remedy,
                )
            elif hole.without_place:
                yield Fault(
                    "uncovered",
                    _("Nobody in %(body)s answers for %(subject)s where no place is given.") % facts,
                    remedy,
                )
    yield from _closed_in_map()


def _closed_in_map() -> Iterator[Fault]:
    rules = Responsibility.objects.select_related("authority", "unit", "leader_post", "subject", "place")
    for rule in rules.order_by("pk"):
        gone = rule.unit if rule.unit.closed_on else rule.leader_post if rule.leader_post.closed_on else None
        if gone is not None:
            yield Fault(
                "map_closed",
                _("The map of %(body)s names %(gone)s, which is closed (%(subject)s, %(place)s).")
                % {
                    "body": rule.authority,
                    "gone": gone,
                    "subject": rule.subject or _("any subject"),
                    "place": rule.place or _("any place"),
                },
                _("Let another unit and post answer there."),
            )


def check_units() -> Iterator[Fault]:
    """Each open unit has a head: a matter is never with a room alone."""
    heads = set(Post.objects.filter(is_head=True, closed_on=None).values_list("unit_id", flat=True))
    units = Unit.objects.filter(authority__is_outside=False, closed_on=None).exclude(pk__in=heads)
    leading = set(Post.objects.filter(role=Role.LEADER, closed_on=None).values_list("unit_id", flat=True))
    headless = [unit for unit in units.select_related("authority").order_by("pk") if unit.pk not in leading]
    for unit in headless:
        yield Fault(
            "no_head",
            _("%(unit)s (%(body)s) has no head.") % {"unit": unit, "body": unit.authority},
            _("Make a leader's post in it and mark it as the head, or close the unit."),
        )


def check_roles() -> Iterator[Fault]:
    """Whoever answers may sign: a head, and whoever the map names."""
    in_map = Responsibility.objects.values("leader_post")
    rows = Post.objects.filter(closed_on=None, unit__closed_on=None, unit__authority__is_outside=False)
    rows = rows.filter(Q(is_head=True) | Q(pk__in=in_map)).exclude(role__in=(Role.LEADER, Role.REVIEWER))
    for post in rows.select_related("unit").order_by("pk"):
        yield Fault(
            "answers_without_signing",
            _("%(post)s (%(unit)s) answers for matters, and its role, %(role)s, signs none.")
            % {"post": post, "unit": post.unit, "role": post.get_role_display()},
            _("Give it the role leader, or let another post answer."),
        )


def open_posts() -> list[Post]:
    """Open posts of open units of bodies that work here."""
    return list(
        Post.objects.filter(closed_on=None, unit__closed_on=None, unit__authority__is_outside=False)
        .select_related("unit__authority")
        .order_by("pk")
    )


def check_posts() -> Iterator[Fault]:
    """Each open post is held, and whoever holds it can be reached."""
    now = clock.now()
    reach: dict[int, list[bool]] = {}
    for post_id, email, phone in appointments_at(now).values_list("post_id", "staff__email", "staff__phone"):
        reach.setdefault(post_id, []).append(bool(email or phone))
    answering = set(Responsibility.objects.values_list("leader_post_id", flat=True))
    for post in open_posts():
        facts = {"post": post, "unit": post.unit}
        if post.pk not in reach:
            yield _unfilled(post, facts, answers=post.pk in answering)
        elif not (post.contact_email or post.contact_phone or any(reach[post.pk])):
            yield Fault(
                "unreachable",
                _("%(post)s (%(unit)s) cannot be reached: neither the post nor who holds it has a contact.")
                % facts,
                _("Enter an e-mail address or a telephone number for the post."),
            )


def _unfilled(post: Post, facts: Mapping[str, object], *, answers: bool) -> Fault:
    if answers:
        code, sentence = "unfilled_answers", _("Nobody holds %(post)s (%(unit)s), which answers in the map.")
    elif post.is_head:
        code, sentence = "unfilled_head", _("Nobody holds %(post)s, the head of %(unit)s.")
    else:
        code, sentence = "unfilled", _("Nobody holds %(post)s (%(unit)s).")
    return Fault(code, sentence % facts, _("Appoint somebody or a deputy, or close the post."))


def check_names() -> Iterator[Fault]:
    """No configured name sorts people (rights, rule 1), and no place is a dwelling (rule 11)."""
    rows: list[tuple[Subject | Place, bool]] = [(one, False) for one in Subject.objects.order_by("pk")]
    rows += [(one, True) for one in Place.objects.order_by("pk")]
    for row, is_place in rows:
        for name in (row.name_zh, row.name_en):
            kind = sorts_people_by(name, is_place=is_place)
            if kind:
                yield Fault(
                    "sorts_people",
                    _("“%(name)s” would sort people by %(what)s, which Answerable does not do.")
                    % {"name": name, "what": _(KINDS[kind])},
                    _("Name the matter instead of the person, for example “Allowances” or “Noise”."),
                )
                break


def check_administrators() -> Iterator[Fault]:
    """Somebody can put things right."""
    held = appointments_at(clock.now()).filter(post__role=Role.ADMINISTRATOR).exists()
    if not held:
        yield Fault(
            "no_administrator",
            _("Nobody holds an administrator's post: the organisation cannot be changed in the desk."),
            _("Run: answerable createadmin USERNAME"),
        )
