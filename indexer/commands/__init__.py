"""The command line, a family of commands a file.

What can go wrong in a known way is said in one line, without a traceback; the exit code is 1.
"""

import typer

from indexer.commands import identities, labels, quarantine, retention
from indexer.commands.adopt import adopt
from indexer.commands.audit import show_audit
from indexer.commands.backfill import backfill
from indexer.commands.config import show_config
from indexer.commands.doctor import doctor
from indexer.commands.forget import forget
from indexer.commands.postgres import postgres
from indexer.commands.run import migrate, run
from indexer.commands.status import show_status
from indexer.commands.top import top

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
app.command()(run)
app.command()(migrate)
app.command()(adopt)
app.command(name="status")(show_status)
app.command()(doctor)
app.command(name="config")(show_config)
app.command()(top)
app.command(name="audit")(show_audit)
app.command()(forget)
app.command(context_settings={"ignore_unknown_options": True})(postgres)
app.command()(backfill)
app.add_typer(retention.app, name="retention")
app.add_typer(quarantine.app, name="quarantine")
app.add_typer(labels.app, name="labels")
app.add_typer(identities.app, name="identities")


@app.callback()
def indexer() -> None:
    """Keeps the network's firehose as rows in PostgreSQL."""
