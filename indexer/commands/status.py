"""Show how an indexer does."""

import asyncio
import json
from typing import Annotated

import typer

from indexer import status
from indexer.commands.base import console, reached, read_settings, said_plainly


def show_status(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Show the cursor, lag, rates, what waits and what was refused."""
    with said_plainly():
        config, address = read_settings()
        with reached(config, existing=True) as (config, _):
            found = asyncio.run(status.status(config.database.url, address.service, config.metrics))
    if as_json:
        print(json.dumps(found, indent=2, default=str))
    else:
        console.print(status.shown(found))
