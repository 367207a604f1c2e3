"""The entry of the program.

Every spawned child imports this module again, so it imports nothing before it is asked to run.
"""


def main() -> None:
    import sys
    from io import TextIOWrapper

    from indexer.commands import app

    if isinstance(sys.stdout, TextIOWrapper):  # what strangers said may not be of its encoding
        sys.stdout.reconfigure(errors="backslashreplace")
    app(prog_name="indexer")


if __name__ == "__main__":
    main()
