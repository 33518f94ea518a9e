"""What the scripted model says: the demo's own execution of its first task, read more carefully; and a long one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from ferry.domain.ledger import PURPOSE, SUMMARY

LOCAL = Path(__file__).parents[2] / "local"
REPO, ITEM = "acme/pricing", "T1"
FERRY = LOCAL.parent / "src" / "ferry"
# As long as what is asked for: about 500 words.
SAID = (
    "volume.py holds the tiers and the rule; money.py rounds; tests/test_volume.py fails before the rule is there. "
    * 30
)

Reply = Mapping[str, Any]


def ten_turns() -> list[Reply]:
    """The demo's turns, with more reading in between, as real models do."""
    look, tests, red, write, green, suite, submit = _demo()
    beside = ("tests/test_discounts.py", "src/acme_pricing/rounding.py", "README.md")
    others = ("src/acme_pricing/price_list.py", "src/acme_pricing/tax.py", "pyproject.toml")
    return [
        look,
        _reads("And how they are tested, and how amounts are rounded.", beside),
        _reads("Who else reduces a price?", others),
        tests,
        red,
        write,
        green,
        _reads("I read it once more as a whole.", ("src/acme_pricing/volume.py", "src/acme_pricing/__init__.py")),
        suite,
        submit,
    ]


def forty_turns() -> list[Reply]:
    """A long way through a large code base, with a test run now and then, before the same work is done."""
    look, tests, red, write, green, suite, submit = _demo()
    paths = sorted(path for folder in ("domain", "agentkit") for path in ferry_files() if f"ferry/{folder}/" in path)
    reading = [_reads("I look further.", paths[2 * n : 2 * n + 2]) for n in range(33)]
    return [look, *reading[:16], tests, red, *reading[16:], write, green, suite, submit]


def scenes(replies: Sequence[Reply]) -> dict[str, Any]:
    """By agent. The summary's scene comes first, because the first that matches wins."""
    summary = {"when": {PURPOSE: SUMMARY}, "replies": [{"text": SAID}] * 99}
    return {"execution": [summary, {"replies": list(replies)}]}


def ferry_files() -> dict[str, str]:
    """A real code base: this one."""
    files = (path for path in FERRY.rglob("*.py") if path.stat().st_size > 1000)
    return {f"ferry/{path.relative_to(FERRY).as_posix()}": path.read_text() for path in files}


def answers(agent: str) -> dict[str, Any]:
    """What the demo's agent hands in."""
    scene = next(scene for scene in _scenes(agent) if not scene.get("when"))
    [submitted] = scene["replies"][-1]["calls"]
    given: dict[str, Any] = submitted["input"]
    return given


def _demo() -> list[Reply]:
    wanted = {"repo": REPO, "item": ITEM}
    return next(list(scene["replies"]) for scene in _scenes("execution") if scene["when"] == wanted)


def _scenes(agent: str) -> list[dict[str, Any]]:
    read: list[dict[str, Any]] = yaml.safe_load((LOCAL / "screenplay" / f"{agent}.yaml").read_text())
    return read


def _reads(text: str, paths: Sequence[str]) -> Reply:
    return {"text": text, "calls": [{"tool": "read_file", "input": {"path": path}} for path in paths]}
