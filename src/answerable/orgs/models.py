"""Who answers for what: authorities, units, posts and who holds them; subjects, places, and the map between."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeBoundary, RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from answerable.core import days
from answerable.core.names import Named


class Authority(Named):
    """A body with its own procedure. `is_outside`: it does not work in this installation."""

    code = models.SlugField(max_length=40, unique=True)
    pack = models.CharField(max_length=64, default="generic")
    zone = models.CharField(max_length=64, default="Asia/Shanghai")
    country = models.CharField(max_length=8, blank=True, default="CN")
    above = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="below")
    conduct_body = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    is_outside = models.BooleanField(default=False)
    letter_address = models.TextField(blank=True)
    letter_email = models.EmailField(blank=True)
    phone = models.CharField(max_length=64, blank=True)
    address_zh = models.CharField(max_length=200, blank=True)
    address_en = models.CharField(max_length=200, blank=True)
    hours_zh = models.CharField(max_length=200, blank=True)
    hours_en = models.CharField(max_length=200, blank=True)
    web = models.URLField(blank=True)

    class Meta:
        db_table = "orgs_authority"


class Unit(Named):
    """An office in a tree of any depth. `path` holds the ids from the root down to itself."""

    authority = models.ForeignKey(Authority, models.PROTECT, related_name="units")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    code = models.SlugField(max_length=40)
    path = ArrayField(models.BigIntegerField(), default=list)
    takes_conduct = models.BooleanField(default=False)
    is_petition_office = models.BooleanField(default=False)
    phone = models.CharField(max_length=64, blank=True)
    address_zh = models.CharField(max_length=200, blank=True)
    address_en = models.CharField(max_length=200, blank=True)
    hours_zh = models.CharField(max_length=200, blank=True)
    hours_en = models.CharField(max_length=200, blank=True)
    closed_on = models.DateField(null=True, blank=True)

    class Meta:
        db_table = "orgs_unit"
        constraints = [models.UniqueConstraint(fields=["authority", "code"], name="unit_code_once")]
        indexes = [GinIndex(fields=["path"], name="unit_path")]


class Role(models.TextChoices):
    CLERK = "clerk", _("clerk")
    HANDLER = "handler", _("handler")
    LEADER = "leader", _("leader")
    REVIEWER = "reviewer", _("reviewer")
    AUDITOR = "auditor", _("auditor")
    ADMINISTRATOR = "administrator", _("administrator")


class Post(Named):
    """A post answers; its holder changes. At most one head a unit."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="posts")
    code = models.SlugField(max_length=60)
    role = models.CharField(max_length=16, choices=Role.choices)
    is_head = models.BooleanField(default=False)
    contact_email = models.EmailField(blank=True)
    contact_phone = models.CharField(max_length=64, blank=True)
    closed_on = models.DateField(null=True, blank=True)

    class Meta:
        db_table = "orgs_post"
        constraints = [
            models.UniqueConstraint(fields=["unit", "code"], name="post_code_once"),
            models.UniqueConstraint(
                fields=["unit"], condition=Q(is_head=True, closed_on=None), name="one_head_a_unit"
            ),
        ]


class StaffManager(BaseUserManager["Staff"]):
    def create_user(self, username: str, password: str | None = None, **fields: object) -> Staff:
        staff = self.model(username=username, **fields)
        staff.set_password(password)
        staff.save(using=self._db)
        return staff


class Staff(AbstractBaseUser, Named):
    """A member of staff who signs in. What they may do comes from the posts they hold, never from here."""

    username = models.CharField(max_length=64, unique=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=64, blank=True)
    language = models.CharField(max_length=10, default="zh-hans")
    is_active = models.BooleanField(default=True)

    # Set by the sign-in's backend, as the request began: a second factor; the organisation's state and the instant.
    had_factor: bool | None = None
    read_with: tuple[Any, Any] | None = None

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = StaffManager()

    class Meta:
        db_table = "orgs_staff"

    def __str__(self) -> str:
        """Their name: the base class would say the user name, on every page that names somebody."""
        return self.name or self.username

    @property
    def is_anonymous(self) -> bool:  # type: ignore[override]
        return False


#: What a column of instants may hold.
KEPT = (days.FIRST_AT, days.LAST_AT)


class Hold(models.TextChoices):
    HOLDER = "holder", _("holds the post")
    DEPUTY = "deputy", _("deputy")
    ACTING = "acting", _("acting")
    DELEGATE = "delegate", _("stands in during leave")


class Appointment(models.Model):
    """A person holds a post from–until (open end: null). One holder at a time."""

    post = models.ForeignKey(Post, models.PROTECT, related_name="appointments")
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="appointments")
    hold = models.CharField(max_length=10, choices=Hold.choices, default=Hold.HOLDER)
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "orgs_appointment"
        constraints = [
            models.CheckConstraint(
                condition=Q(until_at=None) | Q(until_at__gt=F("from_at")), name="appointment_has_length"
            ),
            # One instant that cannot be read would be met by every page: all of them read every appointment.
            models.CheckConstraint(
                condition=Q(from_at__range=KEPT) & (Q(until_at=None) | Q(until_at__range=KEPT)),
                name="appointment_within_days",
            ),
            ExclusionConstraint(
                name="one_holder_at_a_time",
                expressions=[
                    ("post", RangeOperators.EQUAL),
                    (
                        Func(
                            "from_at",
                            "until_at",
                            RangeBoundary(),
                            function="TSTZRANGE",
                            output_field=DateTimeRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(hold=Hold.HOLDER),
            ),
        ]
        indexes = [models.Index(fields=["staff", "post"], name="appointment_staff")]


class Subject(Named):
    """What a matter is about; a tree. `retention_years` runs from the day a case ends, as it stood on that day."""

    authority = models.ForeignKey(Authority, models.PROTECT, related_name="subjects")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    code = models.SlugField(max_length=60)
    path = ArrayField(models.BigIntegerField(), default=list)
    hint_zh = models.CharField(max_length=200, blank=True)
    hint_en = models.CharField(max_length=200, blank=True)
    retention_years = models.SmallIntegerField(default=10)
    closed_on = models.DateField(null=True, blank=True)

    class Meta:
        db_table = "orgs_subject"
        constraints = [
            models.UniqueConstraint(fields=["authority", "code"], name="subject_code_once"),
            models.CheckConstraint(
                condition=models.Q(retention_years__gte=1), name="subject_kept_a_year_at_least"
            ),
        ]


class Place(Named):
    """Where; a tree, a point on a map is optional. Never a dwelling (rights, rule 11)."""

    authority = models.ForeignKey(Authority, models.PROTECT, related_name="places")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    code = models.SlugField(max_length=60)
    path = ArrayField(models.BigIntegerField(), default=list)
    latitude = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)
    longitude = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)

    class Meta:
        db_table = "orgs_place"
        constraints = [models.UniqueConstraint(fields=["authority", "code"], name="place_code_once")]


class Responsibility(models.Model):
    """One rule of the map. Null stands for any; the most specific rule wins (subject before place)."""

    authority = models.ForeignKey(Authority, models.PROTECT, related_name="responsibilities")
    subject = models.ForeignKey(Subject, models.PROTECT, null=True, blank=True)
    place = models.ForeignKey(Place, models.PROTECT, null=True, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT)
    leader_post = models.ForeignKey(Post, models.PROTECT)

    class Meta:
        db_table = "orgs_responsibility"
        constraints = [
            models.UniqueConstraint(
                fields=["authority", "subject", "place"], name="responsibility_once", nulls_distinct=False
            )
        ]


class SpecialDay(models.Model):
    """The office's own closure, or a day it works although the calendar says otherwise."""

    authority = models.ForeignKey(Authority, models.CASCADE, related_name="special_days")
    on = models.DateField()
    is_working = models.BooleanField(default=False)
    why = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "orgs_special_day"
        constraints = [
            models.UniqueConstraint(fields=["authority", "on"], name="special_day_once"),
            models.CheckConstraint(
                condition=Q(on__range=(days.FIRST_DAY, days.LAST_DAY)), name="special_day_within_days"
            ),
        ]


class CannedText(Named):
    """A text the desk may start a reply from. Without a unit: for the whole body; `kind`: a pack's, or any."""

    authority = models.ForeignKey(Authority, models.CASCADE, related_name="canned_texts")
    unit = models.ForeignKey(Unit, models.CASCADE, null=True, related_name="canned_texts")
    kind = models.CharField(max_length=40, blank=True)
    body_zh = models.TextField(blank=True)
    body_en = models.TextField(blank=True)
    retired_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        db_table = "orgs_canned_text"


class State(models.Model):
    """One row: a new token with each change of the organisation, written by triggers alone."""

    id = models.SmallIntegerField(primary_key=True)
    token = models.UUIDField()

    class Meta:
        db_table = "orgs_state"
