"""`audit verify` and `audit show`: whether the record is whole, and what the gate's chain tells."""

from __future__ import annotations

import argparse
from typing import Any

from ferry.cli.verb import Answer, known_task
from ferry.domain.messages.audit import audit_line
from ferry.usecases.audit import verify as verified
from ferry.usecases.world import World


def add(verbs: Any, options: argparse.ArgumentParser) -> None:
    audit = verbs.add_parser("audit", parents=[options], help="the record's own proof")
    what = audit.add_subparsers(metavar="<what>", required=True)
    for name, run, words in (
        ("verify", verify, "check the hash chains of the timeline and of the gate"),
        ("show", show, "what happened at the gate, in words"),
    ):
        verb = what.add_parser(name, parents=[options], help=words)
        verb.add_argument("task")
        verb.set_defaults(run=run)


def verify(given: argparse.Namespace, world: World) -> Answer:
    task = known_task(given.task, world)
    found = verified(task.id, world)
    data = {
        "whole": found.whole,
        "timeline": {"lines": len(found.events), "broken": found.timeline},
        "gate": {"records": len(found.records), "broken": found.gate},
    }
    if found.whole:
        much = f"{len(found.events)} lines of timeline, {len(found.records)} records of the gate"
        return Answer(data, f"the record of {task.id} is whole: {much}")
    parts = (("timeline", found.timeline), ("gate", found.gate))
    return Answer(data, "\n".join(f"the {name} of {task.id} is broken: {why}" for name, why in parts if why), code=1)


def show(given: argparse.Namespace, world: World) -> Answer:
    records, _ = world.gate.audit(known_task(given.task, world).id)
    lines = [audit_line(record) for record in records]
    return Answer([record.dump() for record in records], "\n".join(lines) or "nothing happened at the gate yet")
