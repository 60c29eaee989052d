"""The embedded server's data from one major version of PostgreSQL to a newer one.

The data are copied into a new cluster beside the old one, which is only read; two renames at the end put the new
one in its place. What lies in the server's folder meanwhile:

    moving/        the old server's socket and locks (from), the new cluster (to), the copied rows
    cluster.was/   the old cluster, from the first rename until the new one has started in its place

Whatever kills it, the next start takes up either the old cluster or the new one, whole (`put_back`). `start.lock` is
held all the while, so no other process joins either server, and nothing can be written that the copy lacks.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from answerable.ops import postgres_binaries, postgres_cluster, postgres_orphans
from answerable.ops.postgres import Server
from answerable.ops.postgres_binaries import Binaries, PostgresError
from answerable.ops.postgres_orphans import MOVING, WAS, put_back
from answerable.ops.terminal import gettext as _


@dataclass(frozen=True)
class Step:
    """From which programs to which."""

    old: Binaries
    new: Binaries


def due(folder: Path) -> Step | None:
    """The move that the embedded server in `folder` could make; None where it is on the newest version that is here.

    Raises PostgresError where the old version's programs are missing: only they can read the data.
    """
    put_back(folder)
    major = postgres_cluster.major_of(folder / "cluster")
    if major is None:
        return None
    here = [*postgres_binaries.available(), *postgres_binaries.anywhere()]
    new = max(here, key=lambda one: one.major, default=None)
    if new is None or new.major <= major:
        return None
    old = next((one for one in here if one.major == major), None)
    return Step(old or postgres_binaries.choose(major, folder), new)


class Move:
    """Both servers running, and nobody else. `swap` makes it so; leaving without it changes nothing.

    Raises PostgresError with a sentence, also where another process uses the database.
    """

    def __init__(self, folder: Path, step: Step) -> None:
        self.folder, self.step = folder, step
        self.work = folder / MOVING
        self.old = Server(self.work / "from", cluster=folder / "cluster", binaries=step.old)
        self.new = Server(self.work / "to", binaries=step.new)
        self._lock, self._alone = -1, False

    def __enter__(self) -> Move:
        self._lock = os.open(self.folder / "start.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            self._be_alone()
            for place in ("from", "to", "trial"):
                (self.work / place).mkdir(mode=0o700, parents=True)
                # The same passwords: nothing but the cluster has to change places
                shutil.copy(self.folder / "passwords.json", self.work / place)
            self.old.start()
            self.new.start()
        except BaseException as error:
            self._leave()
            if isinstance(error, OSError):
                raise PostgresError(
                    _("The data folder %(folder)s cannot be used (%(reason)s). Choose another one.")
                    % {"folder": self.folder, "reason": error.strerror or error}
                ) from error
            raise
        return self

    def _be_alone(self) -> None:
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise self._in_use() from None
        if Server(self.folder).is_in_use():
            raise self._in_use()
        self._alone = True
        self._clear_work()

    def _clear_work(self) -> None:
        """Also what a killed move has left: its servers are ended before their files go."""
        if self.work.exists():
            postgres_orphans.clear(self.work / "from", self.folder / "cluster")
            postgres_orphans.clear(self.work / "to", self.work / "to" / "cluster")
            shutil.rmtree(self.work)

    def _in_use(self) -> PostgresError:
        return PostgresError(
            _("Another process uses the database in %(folder)s. Stop the services (or the demo) first. Nothing was "
              "changed.") % {"folder": self.folder}
        )  # fmt: skip

    def swap(self) -> None:
        """Stop both servers and put the new cluster in the old one's place; back again if it does not start there.

        Raises PostgresError and OSError, with the old cluster in its place.
        """
        self.old.stop()
        self.new.stop()
        os.rename(self.folder / "cluster", self.folder / WAS)
        try:
            # Killed here, the next start puts the old one back
            os.rename(self.new.cluster, self.folder / "cluster")
            with Server(self.work / "trial", cluster=self.folder / "cluster", binaries=self.step.new):
                pass
        except BaseException:
            if (self.folder / "cluster").exists():
                os.rename(self.folder / "cluster", self.work / "failed")
            put_back(self.folder)
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leave()

    def _leave(self) -> None:
        try:
            if self._alone:
                self.old.stop()
                self.new.stop()
                shutil.rmtree(self.work, ignore_errors=True)
        finally:
            os.close(self._lock)
