"""The files that make the schema, as one version has them."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

SCHEMA, TABLES = "schema", "tables"  # rows of schema_version that stand for several files


@dataclass(frozen=True, slots=True)
class Files:
    """Functions and views go by `functions/<name>` and `views/<name>`, each made by the file of its
    name; migrations by their file's name. All in the order in which they are applied."""

    tables: tuple[Path, ...]
    functions: Mapping[str, Path]
    views: Mapping[str, Path]
    migrations: Mapping[str, Path]

    @property
    def replaced(self) -> dict[str, Path]:
        """What holds no rows, and is made anew where it differs."""
        return {**self.functions, **self.views}

    @property
    def schema(self) -> list[Path]:
        return [*self.tables, *self.replaced.values()]

    def checksums(self) -> dict[str, str]:
        named = {**self.replaced, **self.migrations}
        return {
            SCHEMA: checksum(self.schema),
            TABLES: checksum(self.tables),
            **{name: checksum([path]) for name, path in named.items()},
        }


def read_files(sql: Path) -> Files:
    return Files(
        tuple(sorted((sql / "tables").glob("*.sql"))),
        {f"functions/{path.stem}": path for path in sorted((sql / "functions").glob("*.sql"))},
        {f"views/{path.stem}": path for path in sorted((sql / "views").glob("*.sql"))},
        {path.stem: path for path in sorted((sql / "migrations").glob("*.sql"))},
    )


def checksum(paths: Iterable[Path]) -> str:
    """Of what the files say to PostgreSQL: comments and white space do not count."""
    said = " ".join(re.sub(r"--.*", "", path.read_text(encoding="utf-8")) for path in paths)
    return hashlib.sha256(" ".join(said.split()).encode()).hexdigest()
