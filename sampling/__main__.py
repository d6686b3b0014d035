"""GB/T 2828.1 抽样方案 / sampling plans: ``python -m sampling plan --lot-size 1000 --aql 1.0``.

Exit status 0, or 2 when an argument is not allowed (the reason stands on standard error).
"""

import argparse
import os
import sys
from collections.abc import Sequence

from sampling.command_line import error_text
from sampling.commands import add_commands
from sampling.errors import SamplingError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    options = _parser().parse_args(arguments)
    stated: str | None = options.language
    options.language = stated or _language_of_the_terminal()
    options.notes = []
    try:
        print(options.run(options, sys.stdin))
        for note in options.notes:
            print(note, file=sys.stderr)
    except SamplingError as error:
        print(error_text(error, stated), file=sys.stderr)
        return 2
    return 0


def _language_of_the_terminal() -> str:
    spoken = os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    return "zh-CN" if spoken.lower().startswith("zh") else "en"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sampling", description=__doc__)
    add_commands(parser.add_subparsers(dest="command", required=True))
    return parser


if __name__ == "__main__":
    # Chinese must come out whole even where the terminal's encoding is not set.
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.exit(main())
