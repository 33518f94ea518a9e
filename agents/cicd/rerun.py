"""Once more, on the same commit: a failed job that the change did not cause."""

from __future__ import annotations

from contextlib import suppress

from ferry.domain.ci import CheckRun
from ferry.domain.errors import NotFound, VendorRefused
from ferry.ports import Forge


def start_again(forge: Forge, repo: str, red: tuple[CheckRun, ...]) -> tuple[int, ...]:
    """Ids of the checks that run again, none if nothing could be started.

    The jobs of one workflow run start together, at the first of them; the others are refused then.
    """
    started = [_started(forge, repo, check) for check in red]
    return tuple(check.id for check in red if check.id) if any(started) else ()


def _started(forge: Forge, repo: str, check: CheckRun) -> bool:
    with suppress(NotFound, VendorRefused):
        forge.rerun_failed(repo, check.id)
        return True
    return False
