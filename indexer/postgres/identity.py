"""As whom PostgreSQL runs, for it refuses to be root.

An ordinary user is itself. Root enters a user namespace where it is not root, which leaves the
files its own; where there are none (in many containers) it becomes `nobody`; and where the data
already belong to another user, that user.
"""

import os
import pwd
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

from indexer.postgres.binaries import NoPostgres

CHILD = Path(__file__).with_name("child.py")


class Identity(NamedTuple):
    """What `child.py` is to become; `user` and `group` own the data, as this process sees them."""

    name: str
    user: int
    group: int

    @property
    def foreign(self) -> bool:
        """Whether it is a user to whom our own folders may be closed."""
        return self.user != os.geteuid()


def choose(cluster: Path, namespace: bool | None = None) -> Identity:
    """Whoever owns the cluster, or shall own it. `namespace`: None tries whether there are any."""
    user, group = os.geteuid(), os.getegid()
    owner = cluster.stat() if cluster.exists() else None
    if user != 0:
        if owner and owner.st_uid != user:
            raise NoPostgres(f"{cluster} belongs to user {owner.st_uid}, and this is user {user}")
        return Identity("self", user, group)
    if owner and owner.st_uid != 0:
        return _other(owner.st_uid, owner.st_gid)
    inside = Identity(f"namespace:{_nobody().pw_uid}", user, group)
    if namespace or (namespace is None and _works(inside)):
        return inside
    if owner:
        raise NoPostgres(f"{cluster} belongs to root, and this machine has no user namespaces")
    return _other(_nobody().pw_uid, _nobody().pw_gid)


def command(identity: Identity, program: Path, *arguments: str) -> list[str]:
    """Starts `program` as `identity`; it ends when the thread that starts it does."""
    interpreter = [sys.executable, "-I", "-S", str(CHILD)]
    return [*interpreter, identity.name, str(os.getpid()), str(program), *arguments]


def environment() -> dict[str, str]:
    """Ours, without PGOPTIONS, PGDATA and the like, or a locale, which would change what starts."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "LC_", "LANG"))}
    return {**kept, "LC_ALL": "C"}


def _other(user: int, group: int) -> Identity:
    return Identity(f"{user}:{group}", user, group)


def _nobody() -> pwd.struct_passwd:
    """initdb insists on a user that has a name."""
    for name in ("nobody", "daemon"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise NoPostgres("root cannot run PostgreSQL, and there is no user nobody to run it as")


def _works(identity: Identity) -> bool:
    options: dict[str, Any] = {"capture_output": True, "env": environment(), "check": False}
    return subprocess.run(command(identity, Path("/bin/true")), **options).returncode == 0
