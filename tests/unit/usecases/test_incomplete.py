"""Where discovery's list of files is likely not complete, an approver is told so, and nobody is bothered else."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from ferry.domain.discovery import Discovery, incomplete
from ferry.domain.retrieval.discover import look
from ferry.domain.step import discovery_key
from ferry.usecases.gate import ask
from local.standins.slack import blocks as block_kit
from tests.unit.domain.retrieval_samples import organisation
from tests.unit.usecases.conftest import REPO, RULES, TASK, FakeWorld, discovery, plan_ahead


def unsure(complete: float | None) -> Discovery:
    found = discovery(REPO, "acme/other")
    first, other = found.repositories
    ranked = (first.model_copy(update={"complete": complete}), other.model_copy(update={"complete": 0.01}))
    return found.model_copy(update={"repositories": ranked})


@pytest.mark.parametrize(
    ("complete", "below", "told"),
    [(0.31, 0.5, (f"{REPO}: 31% sure",)), (0.5, 0.5, ()), (0.9, 0.5, ()), (0.31, 0, ()), (None, 0.5, ())],
)
def test_only_what_is_below_the_threshold_and_planned_for_is_told(
    complete: float | None, below: float, told: tuple[str, ...]
) -> None:
    assert incomplete(unsure(complete), [REPO], below) == told


def test_a_task_without_discovery_has_no_list_to_doubt() -> None:
    assert incomplete(None, [REPO], 1) == ()


@pytest.mark.parametrize(("threshold", "says"), [(0.5, True), (0.3, False)])
def test_the_request_for_approval_says_it_in_words(threshold: float, says: bool) -> None:
    world = plan_ahead(FakeWorld())
    world.artifacts.put(discovery_key(TASK), unsure(0.31).model_dump_json(by_alias=True).encode())

    ask(TASK, 1, world, replace(RULES, completeness=threshold))

    [message] = world.chat.messages.values()
    words = f"The list of files is likely not complete* ({REPO}: 31% sure that it is)"
    assert (words in json.dumps(message.blocks)) is says
    assert block_kit.faults(list(message.blocks)) == []


def test_words_alone_say_of_every_repository_how_complete_its_files_are() -> None:
    found = look("The order total forgets the coupon", "", organisation()).discovery

    assert all(repo.complete is not None and 0 < repo.complete < 1 for repo in found.repositories)
