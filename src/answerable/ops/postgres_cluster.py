"""Making the server's files, and the account that owns them."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from answerable.ops.postgres_binaries import Binaries, PostgresError
from answerable.ops.postgres_guard import make_socket_dir
from answerable.ops.terminal import gettext as _


@dataclass(frozen=True)
class Account:
    """Whom the server runs as."""

    uid: int
    gid: int


def account_for(cluster: Path) -> Account:
    """Ourselves; as root, whoever owns the data already, else an existing unprivileged account.

    PostgreSQL refuses to run as root, and initdb wants an account with a passwd entry; none is created.
    Raises PostgresError if root finds no such account.
    """
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    with contextlib.suppress(OSError, KeyError):
        owner = cluster.stat().st_uid
        if owner != 0:
            return Account(owner, pwd.getpwuid(owner).pw_gid)
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return Account(entry.pw_uid, entry.pw_gid)
    raise PostgresError(
        _(
            "PostgreSQL does not run as root, and this machine has no account `postgres` or `nobody` to use "
            "instead. Start Answerable as an ordinary user."
        )
    )


def major_of(cluster: Path) -> int | None:
    """Major version of the data; None where there is none yet, -1 where it cannot be made out.

    Raises PostgresError if the folder cannot be read.
    """
    try:
        said = (cluster / "PG_VERSION").read_text().strip().split(".")[0]
    except FileNotFoundError:
        return None
    except OSError as error:
        raise PostgresError(
            _("The data folder %(folder)s cannot be used (%(reason)s). Choose another one.")
            % {"folder": cluster, "reason": error.strerror}
        ) from error
    return int(said) if said.isdigit() else -1


def needs_descriptor(place: Path, account: Account) -> bool:
    """Whether the account cannot walk to `place`: it lies below a 0700 checkout or temporary folder of root's.

    The server then gets the directory as an open descriptor and names it /proc/self/fd/N: what may be opened
    is decided by the directory itself, not by the folders above it. Raises PostgresError without /proc.
    """
    if os.geteuid() != 0:
        return False
    step_in = (
        "import os, sys; place, gid, uid = sys.argv[1:]; "
        "os.setgroups([]); os.setgid(int(gid)); os.setuid(int(uid)); os.chdir(place)"
    )
    walk = subprocess.run(
        [sys.executable, "-I", "-c", step_in, str(place), str(account.gid), str(account.uid)],
        stderr=subprocess.DEVNULL,
    )
    if walk.returncode == 0:
        return False
    if not Path("/proc/self/fd").is_dir():
        raise PostgresError(
            _(
                "The account that the database server runs as cannot reach %(folder)s. Choose a data folder "
                "that every account may enter (for example below /var/lib), or do not start as root."
            )
            % {"folder": place}
        )
    return True


@contextlib.contextmanager
def _named_for(place: Path, account: Account) -> Iterator[tuple[str, tuple[int, ...]]]:
    if not needs_descriptor(place, account):
        yield str(place), ()
        return
    descriptor = os.open(place, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{descriptor}", (descriptor,)
    finally:
        os.close(descriptor)


def _locale(binaries: Binaries) -> list[str]:
    """C.UTF-8: sorts by code point, knows the letters of every script, never changes with the system.

    Under LC_CTYPE=C, Chinese would have no trigrams and lower() would know only ASCII.
    """
    ctype = "C.UTF-8" if sys.platform.startswith("linux") else "en_US.UTF-8"
    libc = ["--locale=C", f"--lc-ctype={ctype}"]
    if binaries.major >= 17:
        return [*libc, "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return libc


def make(
    cluster: Path, binaries: Binaries, account: Account, *, owner: str, password: str, sync: bool
) -> None:
    """Run initdb beside the final place and move the result there: whole or not at all.

    Raises PostgresError with initdb's words.
    """
    for leftover in cluster.parent.glob("cluster.new-*"):
        shutil.rmtree(leftover)
    new = cluster.with_name(f"cluster.new-{os.getpid()}")
    new.mkdir(mode=0o700)
    # The password file must be readable by the account, which may not enter our folders.
    scratch = Path(make_socket_dir(account.uid, account.gid))
    try:
        secret = scratch / "password"
        secret.touch(mode=0o600)
        secret.write_text(password)
        if os.geteuid() == 0:
            os.chown(new, account.uid, account.gid)
            os.chown(secret, account.uid, account.gid)
        with _named_for(new, account) as (place, descriptors):
            run = subprocess.run(
                [
                    *(binaries.program("initdb"), "-D", place, "-U", owner, f"--pwfile={secret}"),
                    *("--auth=scram-sha-256", "--data-checksums", "--encoding=UTF8", *_locale(binaries)),
                    *("--no-instructions", *([] if sync else ["--no-sync"])),
                ],
                capture_output=True,
                text=True,
                errors="replace",
                cwd="/",
                env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
                pass_fds=descriptors,
                user=account.uid if os.geteuid() == 0 else None,
                group=account.gid if os.geteuid() == 0 else None,
                extra_groups=[] if os.geteuid() == 0 else None,
            )
        if run.returncode != 0:
            shutil.rmtree(new, ignore_errors=True)
            raise PostgresError(
                _("A new database could not be made in %(folder)s: %(reason)s")
                % {"folder": cluster.parent, "reason": (run.stderr or run.stdout).strip()[-2000:]}
            )
        new.rename(cluster)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
