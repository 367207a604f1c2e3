"""Starts PostgreSQL on a data directory, or uses the one that runs there; waits for it; stops it.

It listens on a unix socket only. It runs in a session of its own, so that ctrl-C in the terminal
does not reach it, and shuts down when its starter dies, by whatever death. The thread that calls
`Server.start` must live as long as the server: to the kernel, that thread is the starter.
"""

import fcntl
import os
import re
import signal
import subprocess
import tempfile
import time
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import MappingProxyType
from urllib.parse import quote

import structlog

from indexer.postgres import binaries as programs
from indexer.postgres import cluster as data
from indexer.postgres.binaries import NoPostgres
from indexer.postgres.identity import Identity, choose, command, environment

LONGEST_SOCKET = 107  # bytes, to the kernel
SHORT = Path("/tmp")  # every system has it
SETTLING_S = 120
STOPPING_S = 10
MEMORY = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
NOTHING: Mapping[str, str] = MappingProxyType({})
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_buffers": f"{min(MEMORY // 4, 2**33) // 2**20}MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "wal_compression": "off",  # a quarter of the CPU of writing, where lz4 is not built in
    "wal_buffers": "16MB",
    "min_wal_size": "512MB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "10min",
    "random_page_cost": "1.1",
    "jit": "off",
    "autovacuum_naptime": "15s",
    "autovacuum_vacuum_cost_limit": "2000",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "log_line_prefix": "%m [%p] %a: ",
}

log = structlog.get_logger()


class Server:
    """One PostgreSQL on one data directory; `url` holds from the first `start` on.

    `namespace` says whether root shall enter a user namespace; None tries.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        binaries: Path | None = None,
        settings: Mapping[str, str] = NOTHING,
        namespace: bool | None = None,
    ) -> None:
        self.data_dir = data_dir.absolute()
        self.log_file = self.data_dir / "postgres.log"
        self.url = ""
        self._cluster = self.data_dir / "postgres"
        self._binaries = binaries
        self._settings = {**SETTINGS, **settings}
        self._namespace = namespace
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Makes sure that a server runs: one that runs here already is used, and is not ours to
        stop. Raises `NoPostgres`, which says why."""
        if self._process and self._process.poll() is not None:
            self._process = None  # it died
        try:
            self.data_dir.mkdir(parents=True, exist_ok=True)
            with _one_at_a_time(self.data_dir / "postgres.lock"):
                socket_directory = _settled(self._cluster) or self._start_own()
        except OSError as error:
            said = f"PostgreSQL cannot keep its data in {self.data_dir}: {error}"
            raise NoPostgres(said) from error
        self.url = _url(socket_directory)

    def stop(self, patience_s: float = 5.0) -> None:
        """Stops the server if it is ours. What a fast shutdown cannot write to the tables within
        `patience_s`, the next start recovers."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(patience_s)
        except subprocess.TimeoutExpired:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait()
        self._process = None
        with suppress(OSError):
            _private(self.data_dir).rmdir()

    def _start_own(self) -> Path:
        binaries = self._binaries or programs.find()
        identity = choose(self._cluster, self._namespace)
        if identity.foreign:
            binaries = programs.readable(binaries)
        if not self._cluster.exists():
            log.info("making the database", directory=str(self._cluster))
            data.create(self._cluster, binaries, identity)
        data.check_version(self._cluster, binaries)
        socket_directory = _socket_directory(self.data_dir, identity)
        data.clear(self._cluster, socket_directory)
        self._process = self._launch(binaries, identity, socket_directory)
        self._wait(self._process)
        return socket_directory

    def _launch(
        self, binaries: Path, identity: Identity, socket_directory: Path
    ) -> subprocess.Popen[bytes]:
        settings = {
            **self._settings,
            "cluster_name": data.mark(self._cluster),
            "unix_socket_directories": f'"{socket_directory}"',
        }
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        with suppress(FileNotFoundError):
            self.log_file.replace(self.log_file.with_suffix(".log.1"))
        with (
            self.log_file.open("wb") as output,
            data.opened(self._cluster, identity) as (path, descriptors),
        ):
            return subprocess.Popen(
                command(identity, binaries / "postgres", "-D", path, *options),
                cwd="/",
                env=environment(),
                pass_fds=descriptors,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        """As long as it takes: after a crash it first reads the log of writes."""
        reminder = time.monotonic() + 10
        while (found := data.look(self._cluster)) is None or found.status != "ready":
            if process.poll() is not None:
                self._process = None
                raise NoPostgres(f"PostgreSQL does not start: {self._last_words()}")
            if time.monotonic() > reminder:
                log.info("waiting for PostgreSQL to recover", log=str(self.log_file))
                reminder += 10
            time.sleep(0.02)

    def _last_words(self) -> str:
        """What it died of, if it says so."""
        said = self.log_file.read_text(errors="replace").strip()
        deadly = [line for line in said.splitlines() if re.search(r" (FATAL|PANIC): ", line)]
        words = re.sub(r"^.* (?=FATAL|PANIC)", "", deadly[-1]) if deadly else said[-2000:]
        return f"{words} ({self.log_file})"


@contextmanager
def running(
    data_dir: Path,
    *,
    binaries: Path | None = None,
    settings: Mapping[str, str] = NOTHING,
    namespace: bool | None = None,
) -> Iterator[Server]:
    """A server as long as the block lasts; see `Server`."""
    server = Server(data_dir, binaries=binaries, settings=settings, namespace=namespace)
    try:
        server.start()
        yield server
    finally:
        server.stop()


def running_url(data_dir: Path) -> str | None:
    """The URL of the server that somebody runs on this directory."""
    found = data.look(data_dir.absolute() / "postgres")
    return _url(found.socket_directory) if found and found.status == "ready" else None


@contextmanager
def _one_at_a_time(path: Path) -> Iterator[None]:
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _settled(cluster: Path) -> Path | None:
    """Where a running server listens, once it has made up its mind between running and not.

    PostgreSQL 18 never ends when it is told to while it recovers from a crash: its workers for
    input and output are not told. So it is when its starter dies then.
    """
    deadline = time.monotonic() + SETTLING_S
    patience = time.monotonic() + STOPPING_S
    while found := data.look(cluster):
        if found.status == "ready":
            return found.socket_directory
        if time.monotonic() > deadline:
            raise NoPostgres(f"PostgreSQL on {cluster}, pid {found.pid}, keeps {found.status}")
        if found.status == "stopping" and time.monotonic() > patience:
            data.end_at_once(cluster, found.pid)
            patience += STOPPING_S
        time.sleep(0.05)
    return None


def _socket_directory(data_dir: Path, identity: Identity) -> Path:
    """Beside the data, unless that is too long a path or closed to PostgreSQL's user."""
    if not identity.foreign and _is_short(data_dir):
        return data_dir
    private = _private(data_dir)
    with suppress(FileExistsError):
        private.mkdir(mode=0o700)
        os.chown(private, identity.user, identity.group)
    if private.is_symlink() or private.stat().st_uid != identity.user:
        raise NoPostgres(f"{private} belongs to somebody else; remove it")
    return private


def _private(data_dir: Path) -> Path:
    """The same in every run, so that nothing piles up and URLs stay."""
    number = zlib.crc32(os.fsencode(data_dir))
    name = f"indexer-postgres-{os.geteuid()}-{number:08x}"
    wished = Path(tempfile.gettempdir()) / name
    return wished if _is_short(wished) else SHORT / name


def _is_short(directory: Path) -> bool:
    return len(os.fsencode(directory / data.SOCKET)) <= LONGEST_SOCKET


def _url(socket_directory: Path) -> str:
    return f"postgresql://{data.NAME}@/{data.NAME}?host={quote(str(socket_directory))}"
