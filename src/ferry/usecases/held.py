"""Changes that wait for permission, as the gate reads them and as it keeps what it showed."""

from __future__ import annotations

from collections.abc import Iterable

from ferry.domain.errors import NotApproved, NotFound
from ferry.domain.held import Held
from ferry.domain.mandate import Mandate
from ferry.domain.plan import PlanRecord
from ferry.domain.step import held_key, shown_key
from ferry.usecases.world import World


def waiting_changes(record: PlanRecord, world: World) -> tuple[Held, ...]:
    """Made under this very plan and not committed yet, at most one for each repository."""
    found = (_newest(record.task_id, repo, world) for repo in record.order)
    return tuple(one for one in found if one and one.plan == record.digest and not one.commit)


def keep_shown(held: Iterable[Held], world: World) -> None:
    """Where no agent writes, so that people go on seeing what they were asked about."""
    for one in held:
        world.artifacts.put(shown_key(one.task_id, one.digest), one.model_dump_json().encode())


def shown_changes(mandate: Mandate, world: World) -> tuple[Held, ...]:
    """What an approval of `mandate` allows. NotApproved when somebody changed it since."""
    return tuple(_shown(mandate.task_id, name, world) for name in mandate.allowances)


def found_in(held: Iterable[Held]) -> tuple[str, ...]:
    """As `Approval.findings`."""
    return tuple(f"{one.repo} {finding.words}" for one in held for finding in one.findings)


def _shown(task_id: str, name: str, world: World) -> Held:
    key = shown_key(task_id, name)
    held = Held.read(world.artifacts.get(key), key)
    if held.digest != name:
        raise NotApproved(f"{task_id}: the change that waits for permission was changed; ask for approval again")
    return held


def _newest(task_id: str, repo: str, world: World) -> Held | None:
    key = held_key(task_id, repo)
    try:
        return Held.read(world.artifacts.get(key), key)
    except NotFound:
        return None
