"""The entry of the program.

Every spawned child imports this module again, so it imports nothing before it is asked to run.
"""


def main() -> None:
    from indexer.commands import app

    app(prog_name="indexer")


if __name__ == "__main__":
    main()
