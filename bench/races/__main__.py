"""`make races`: whoever tries to fool the gate; 0 wrong executions, 0 hung tasks, or exit code 1."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from bench.races.run import races


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.races", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    print(f"Races of seed {asked.seed}")
    print(
        f"  {'':34} {'must':>13} {'decisions':>9} {'refused':>7} {'entered':>7} {'wrong':>5} {'hung':>4} {'seconds':>7}"
    )
    wrong = hung = 0
    with tempfile.TemporaryDirectory() as folder:
        for row in races(Path(folder), asked.seed):
            print(f"  {row}", flush=True)
            wrong, hung = wrong + row.wrong, hung + row.hung
    print(f"  {wrong} wrong executions, {hung} hung tasks")
    return 1 if wrong or hung else 0


if __name__ == "__main__":
    sys.exit(main())
