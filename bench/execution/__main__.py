"""`make bench-execution`: the execution agent on small repositories, with honest and with cheating models; exit code 1
when an outcome or a hidden test differs from what the case expects."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable

from bench.execution.case import names
from bench.execution.run import Row, run_all
from ferry.adapters.sandboxes import choose_sandbox
from ferry.domain.errors import SandboxRefused
from ferry.ports import Sandbox

COLOURS = {None: "…", False: "red", True: "green"}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.execution", description=__doc__)
    parser.add_argument("cases", nargs="*", default=names(), help="names of folders in cases/; all if none")
    parser.add_argument("--sandbox", default="", help="auto, bubblewrap or subprocess; what works here if not given")
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1), help="cases at a time")
    parser.add_argument("--why", action="store_true", help="print Ferry's own words on each case too")
    asked = parser.parse_args()
    sandbox, told = _sandbox(asked.sandbox)
    print(f"Execution of {len(asked.cases)} cases, {told}")
    begun = time.monotonic()
    rows = [_shown(row, asked.why) for row in run_all(asked.cases, sandbox, asked.jobs)]
    differ, skipped = sum(row.differs for row in rows), sum(bool(row.skipped) for row in rows)
    print(f"  {len(rows) - skipped} run, {skipped} skipped, {differ} differ; {time.monotonic() - begun:.0f} s")
    return 1 if differ else 0


def _sandbox(name: str) -> tuple[Callable[[], Sandbox], str]:
    try:
        chosen = choose_sandbox(name or "bubblewrap")
    except SandboxRefused as refused:
        if name:
            raise
        print(f"bubblewrap does not work here: {refused}")
        chosen = choose_sandbox("subprocess")
    return lambda: chosen, f"sandbox {chosen.name}"


def _shown(row: Row, why: bool) -> Row:
    if row.name:
        print(_line(row), flush=True)
        if why and row.why:
            print(f"      {row.why}", flush=True)
    return row


def _line(row: Row) -> str:
    expected = " | ".join(row.expected)
    if row.skipped:
        return f"  {row.name:26} {row.language:10} {expected:44} skipped: {row.skipped}"
    colours = " → ".join(COLOURS[green] for green in row.hidden)
    mark = "  ← differs" if row.differs else ""
    return f"  {row.name:26} {row.language:10} {expected:44} {row.outcome:40} {colours:11} {row.seconds:5.1f}{mark}"


if __name__ == "__main__":
    sys.exit(main())
