"""What a plan asks of people beside its approval, as files say it and no model: reviews of code owners, circles, what
agents will be told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from ferry.agentkit.trees import Trees
from ferry.domain.discovery import Dependency
from ferry.domain.plan import Plan
from ferry.domain.retrieval.owners import LONGEST, PLACES, read_owners

CodeOwners = Mapping[str, Sequence[str]]
"""By repository, each once."""


def code_owners(plan: Plan, trees: Trees) -> CodeOwners:
    """Of the files that the plan writes, on the base that it was made on."""
    found = {}
    for repo in plan.repositories:
        owners = read_owners(_texts(trees.root(repo)))
        paths = sorted(plan.paths_of(repo))
        if names := tuple(dict.fromkeys(name for path in paths for name in owners.of(path))):
            found[repo] = names
    return found


def for_people(plan: Plan, owners: CodeOwners, against: Sequence[Dependency]) -> Plan:
    """`plan` with these steps behind the model's own."""
    steps = [
        f"{edge.from_} is merged although {edge.to}, which it needs, comes later, as they need each other in a circle "
        f"({edge.description}): keep it working with {edge.to} as it is now"
        for edge in against
    ]
    steps += [f"Code owners of the files that change in {repo} review: {', '.join(owners[repo])}" for repo in owners]
    steps += [
        f"Read {path} of {repo} word by word before it is merged: it tells agents how to work"
        for repo, path in plan.instructions
    ]
    return Plan(**{**dict(plan), "cross_repo_steps": tuple(dict.fromkeys((*plan.cross_repo_steps, *steps)))})


def _texts(root: Path) -> dict[str, str]:
    files = {place: root / place for place in PLACES}
    return {
        place: file.read_text("utf-8", errors="replace")
        for place, file in files.items()
        if file.is_file() and not file.is_symlink() and file.stat().st_size <= LONGEST
    }
