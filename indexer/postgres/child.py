"""Becomes a PostgreSQL program: as a user it accepts, in a session of its own, tied to its starter.

Run as a script by `identity` and never imported: what stands here needs a process with one
thread, which the starter may not be.

    python -I -S child.py IDENTITY STARTER PROGRAM ARGUMENT...

IDENTITY is `self`, `namespace:UID` (root enters a user namespace, in which it is UID) or `UID:GID`;
STARTER is the process whose death ends this one.
"""

import ctypes
import os
import signal
import sys
from pathlib import Path

CLONE_NEWUSER = 0x10000000
PR_SET_PDEATHSIG = 1

libc = ctypes.CDLL(None, use_errno=True)


def checked(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        sys.exit(f"{what}: {os.strerror(number)}")


def enter_namespace(inside: int) -> None:
    user, group = os.geteuid(), os.getegid()
    checked(libc.unshare(CLONE_NEWUSER), "no user namespace")
    try:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{inside} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{inside} {group} 1")
    except OSError as error:
        sys.exit(f"no mapping in the user namespace: {error.strerror}")


def become(user: int, group: int) -> None:
    os.setgroups([])
    os.setgid(group)
    os.setuid(user)


def main(identity: str, starter: str, program: str, *arguments: str) -> None:
    match identity.split(":"):
        case ["namespace", inside]:
            enter_namespace(int(inside))
        case [user, group]:
            become(int(user), int(group))
    # Only now: a change of credentials clears it. SIGINT is PostgreSQL's fast shutdown.
    checked(
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGINT, 0, 0, 0), "no signal on the starter's death"
    )
    if os.getppid() != int(starter):
        sys.exit("the starter is gone")
    os.execv(program, [program, *arguments])


if __name__ == "__main__":
    main(*sys.argv[1:])
