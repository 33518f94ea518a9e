"""`make bench-discovery DISCOVERY=<folder of the benchmark> TREES=<dev.git>`: run it and print the table.

DISCOVERY holds evaluate.py, dev.jsonl and history/; TREES is what make_trees.py built. See README.md here.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.discovery import table

RETRIEVER = "bench.discovery.adapter:Ferry"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.discovery", description=__doc__)
    parser.add_argument("--benchmark", type=Path, required=True)
    parser.add_argument("--trees", type=Path, required=True)
    parser.add_argument("--limit", type=int, help="a stratified part, for a quick look")
    parser.add_argument("--files-only", action="store_true", help="leave out the routing among all repositories")
    given = parser.parse_args()
    data, evaluate = given.benchmark / "dev.jsonl", given.benchmark / "evaluate.py"
    for needed in (data, evaluate, given.trees):
        if not needed.exists():
            parser.error(f"{needed} is not there; bench/discovery/README.md says where it comes from")
    with tempfile.TemporaryDirectory() as folder:
        ranks = Path(folder) / "ranks.jsonl"
        command = [sys.executable, str(evaluate), "--data", str(data), "--trees", str(given.trees)]
        command += ["--retriever", RETRIEVER, "--per-instance", str(ranks)]
        command += ["--history", str(given.benchmark / "history" / "dev-commits.jsonl.gz")]
        command += [] if given.files_only else ["--org"]
        command += ["--limit", str(given.limit)] if given.limit else []
        subprocess.run(command, check=True)
        found = {one["id"]: one["ranks"] for one in map(json.loads, ranks.read_text().splitlines())}
    tickets = [json.loads(line) for line in data.read_text().splitlines()]
    print("", *table.lines(tickets, found), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
