"""The command line: ``python -m sampling plan --lot-size 1000 --aql 1.0``.

Exit status 0, or 2 when an argument is not allowed (the reason stands on standard error).
"""

import argparse
import os
import sys
from collections.abc import Sequence

from sampling.command_line import (
    add_plan_arguments,
    as_json,
    describe_plan,
    error_text,
    plan_from,
)
from sampling.errors import SamplingError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    options = _parser().parse_args(arguments)
    stated: str | None = options.language
    options.language = stated or _language_of_the_terminal()
    try:
        print(options.run(options))
    except SamplingError as error:
        print(error_text(error, stated), file=sys.stderr)
        return 2
    return 0


def _language_of_the_terminal() -> str:
    spoken = os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    return "zh-CN" if spoken.lower().startswith("zh") else "en"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sampling", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    plan = commands.add_parser("plan", help="抽样方案 / the sampling plan for a lot")
    add_plan_arguments(plan)
    plan.set_defaults(run=_plan)
    return parser


def _plan(options: argparse.Namespace) -> str:
    plan = plan_from(options)
    return as_json(plan.to_dict()) if options.json else describe_plan(plan, options.language)


if __name__ == "__main__":
    sys.exit(main())
