"""What was taken over already, so that the same again makes nothing new; and what is being taken over."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from answerable.cases.models import Case
from answerable.core.ids import uuid7
from answerable.orgs.models import Authority, Post, Subject


class Imported(models.Model):
    """One matter of another system, by a digest of that system's name for it. `taken_by`: by which import, where it was
    one of the desk's."""

    digest = models.BinaryField(max_length=32, primary_key=True)
    case = models.OneToOneField(Case, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    taken_by = models.ForeignKey("Import", models.SET_NULL, null=True, related_name="+")

    class Meta:
        db_table = "imports_imported"


class Import(models.Model):
    """One taking over that was begun in the desk: looked at first, then carried out by the worker.

    `content` is what came, a file or the rows of a server; `said` what there is to say of single rows: faults, or what
    became of each. Both are sealed under the row's own key: another system's file is full of people.
    """

    class Kind(models.TextChoices):
        FILE = "file"
        OPEN311 = "open311"

    class State(models.TextChoices):
        #: The worker reads it.
        READING = "reading", _("is being read")
        FAULTY = "faulty", _("cannot be taken over as it is")
        READY = "ready", _("waits for your word")
        RUNNING = "running", _("is being taken over")
        #: Somebody said so; what came over until then stays.
        STOPPED = "stopped", _("stopped")
        #: It failed so often that it is tried no more; `failed` says why. What came over until then stays.
        FAILED = "failed", _("could not go on")
        DONE = "done", pgettext_lazy("imports", "taken over")
        LEFT = "left", _("not carried out")

    id = models.UUIDField(primary_key=True, default=uuid7)
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    #: What the other system is called, or its address.
    source = models.CharField(max_length=200)
    filename = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    jurisdiction = models.CharField(max_length=100, blank=True)
    #: For services of a server that have no subject here.
    subject = models.ForeignKey(Subject, models.PROTECT, null=True, related_name="+")
    since = models.DateField(null=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.READING)
    content = models.BinaryField(null=True)
    said = models.BinaryField(null=True)
    #: Counts: what would come, from which kinds of matter and places to which of ours. Nothing of a single matter.
    found = models.JSONField(default=dict)
    done = models.PositiveIntegerField(default=0)
    #: How often it was begun since it last came on; not before when it is begun again; why not any more.
    tries = models.SmallIntegerField(default=0, db_default=0)
    again_at = models.DateTimeField(null=True)
    failed = models.CharField(max_length=20, blank=True, default="", db_default="")
    begun_at = models.DateTimeField()
    begun_by = models.ForeignKey(Post, models.PROTECT, related_name="+")
    #: When the worker read it, and when it ended: for good, or by somebody's word.
    read_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "imports_import"
        indexes = [
            models.Index(
                fields=["begun_at"],
                condition=Q(state__in=["reading", "running"]),
                name="import_at_work",
            )
        ]
