"""What discovery costs: CPU time and memory, each in a process of its own."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.discovery.corpus import Corpus, arguments, load
from bench.discovery.trees import reference
from ferry.cli.folder import contents
from ferry.domain.retrieval.discover import look
from ferry.domain.retrieval.documents import read_file
from ferry.domain.retrieval.index import build, open_index

PUSHED, ASKED = 10, 30


def costs(corpus: Corpus, options: Sequence[str]) -> list[str]:
    """options: the command's own, to be given to the processes."""
    largest = max(corpus.tickets, key=lambda ticket: corpus.indexes.path(ticket).stat().st_size)
    with tempfile.TemporaryDirectory() as folder:
        command = ["git", "--git-dir", str(corpus.trees), "archive", "--format=tar", reference(largest["id"])]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as archive:
            subprocess.run(["tar", "-x", "-C", folder], stdin=archive.stdout, check=True)
        cold = _child(["index", "--folder", folder, *options])
    asked = _child(["memory", *options])
    repos = len(corpus.organisation())
    return [
        "| cost | |",
        "|---|---|",
        f"| cold index of the largest tree ({cold['files']:.0f} files), CPU | {cold['cold']:.1f} s |",
        f"| of that, peak memory | {cold['memory']:.0f} MB |",
        f"| its index | {cold['size']:.1f} MB |",
        f"| push of {PUSHED} files into it, CPU | {cold['push']:.2f} s |",
        f"| peak memory of a process that asks {ASKED} tickets of {repos} repositories | {asked['memory']:.0f} MB |",
        f"| of that, before any index is open | {asked['before']:.0f} MB |",
    ]


def _child(arguments: Sequence[str]) -> dict[str, float]:
    ran = subprocess.run([sys.executable, "-m", "bench.discovery.costs", *arguments], check=True, capture_output=True)
    told: dict[str, float] = json.loads(ran.stdout)
    return told


def index(folder: Path) -> Mapping[str, float]:
    began = time.process_time()
    facts = (fact for path, data in sorted(contents(folder)) if (fact := read_file(path, data)))
    data = build("a/largest", "", facts).to_bytes()
    cold = time.process_time() - began
    opened = open_index(data)
    texts = [(path, (folder / path).read_bytes() + b"\n") for path in opened.paths[:: len(opened.paths) // PUSHED]]
    began = time.process_time()
    changed = [fact for path, text in texts[:PUSHED] if (fact := read_file(path, text))]
    open_index(data).updated("", changed).to_bytes()
    pushed = time.process_time() - began
    return {"cold": cold, "push": pushed, "files": opened.count, "size": len(data) / 1e6, "memory": _peak()}


def memory(corpus: Corpus) -> Mapping[str, float]:
    before, indexes = _peak(), list(corpus.opened().values())
    for ticket in corpus.tickets[:: max(1, len(corpus.tickets) // ASKED)]:
        look(ticket["title"], ticket["body"], indexes)
    return {"memory": _peak(), "before": before}


def _peak() -> float:
    """MB of this program alone: getrusage(2) would tell the peak of the process that started it, where that is more."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1000 for line in lines if line.startswith("VmHWM:"))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.discovery.costs", description=__doc__)
    parser.add_argument("what", choices=("index", "memory"))
    parser.add_argument("--folder", type=Path)
    arguments(parser)
    given = parser.parse_args()
    print(json.dumps(index(given.folder) if given.what == "index" else memory(load(given, parser))))


if __name__ == "__main__":
    main()
