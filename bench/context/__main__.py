"""`make bench-context`: what a step of the execution agent reads from the cache, and what a long one costs shortened

Real prompt, tools, files and test runs (local/sample; for the long step this code base); the words are scripted. The
cache is the stand-in's, as strict as Bedrock's; tokens are its estimate (four characters), dollars those of the price
table for Claude Sonnet 5.5. Shares and sums hardly move between machines. Exit code 1 below the mark."""

from __future__ import annotations

import sys

from bench.context.play import ferry_files, forty_turns, ten_turns
from bench.context.step import Measured, Variant, measured
from ferry.adapters.sandboxes import choose_sandbox
from ferry.domain.context import TOKENS, Context
from ferry.domain.errors import SandboxRefused
from ferry.domain.ledger import dollars
from ferry.ports import Sandbox

MARK = 0.85
HEAD = f"  {'':44}{'calls':>6}{'tokens in':>11}{'longest':>9}{'read':>7}{'written':>9}{'dollars':>9}"
HOUR = Context(tokens=10**6, model_tokens=10**6, ttl="1h")
SHORTENED = Context(tokens=TOKENS, model_tokens=10**6)

TEN = {
    "without cache points": Variant(ten_turns(), cache=False),
    "with them, cold": Variant(ten_turns()),
    "a second attempt right after": Variant(ten_turns(), attempts=2),
    "a pause of 400 s before turn 5, 5m": Variant(ten_turns(), pauses=(5,)),
    "the same pause, 1h": Variant(ten_turns(), pauses=(5,), context=HOUR),
    "a pause of 400 s before turn 9, 5m": Variant(ten_turns(), pauses=(9,)),
    "that pause, 1h": Variant(ten_turns(), pauses=(9,), context=HOUR),
    "no pause, 1h": Variant(ten_turns(), context=HOUR),
}
FORTY = {
    "without cache points": Variant(forty_turns(), cache=False),
    "with them, nothing left out": Variant(forty_turns()),
    f"shortened from {TOKENS:,} tokens on": Variant(forty_turns(), context=SHORTENED),
    "the same without cache points": Variant(forty_turns(), context=SHORTENED, cache=False),
}


def main() -> int:
    print(__doc__)
    sandbox = _sandbox()
    print(f"\nTen turns, sandbox {sandbox.name}\n{HEAD}")
    ten = {name: _shown(name, measured(variant, {}, sandbox)) for name, variant in TEN.items()}
    print(f"\nForty turns\n{HEAD}")
    for name, variant in FORTY.items():
        _shown(name, measured(variant, ferry_files(), sandbox))
    share = ten["with them, cold"].share
    print(f"\n{share:.1%} of the input tokens of ten turns were read from the cache; the mark is {MARK:.0%}")
    return 0 if share >= MARK else 1


def _shown(name: str, one: Measured) -> Measured:
    print(
        f"  {name:44}{len(one.entries):6}{one.asked:11,}{one.longest:9,}{one.share:7.1%}{one.written:9,}"
        f"{dollars(one.micro_dollars):>9}",
        flush=True,
    )
    return one


def _sandbox() -> Sandbox:
    try:
        return choose_sandbox("bubblewrap")
    except SandboxRefused:
        return choose_sandbox("subprocess")


if __name__ == "__main__":
    sys.exit(main())
