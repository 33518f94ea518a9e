"""What a vendor's cache keeps is read up to the first byte that differs: prompts begin with what changes least."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ferry.agentkit.prompt import SPLIT, THIS_TIME

AGENTS = Path(__file__).parents[2] / "agents"
PROMPTS = sorted(AGENTS.glob("*/*.md"))
# What differs between conversations of one task: revisions, attempts, fixes, plan tasks, what failed and what was said.
CHANGING = {
    "revision",
    "changes",
    "item",
    "description",
    "file",
    "test_file",
    "failure",
    "fix",
    "cause",
    "tried",
    "log",
}


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"\$\{?([a-z_]+)", text))


@pytest.mark.parametrize("prompt", PROMPTS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_system_prompt_is_the_same_in_every_conversation_of_its_agent(prompt: Path) -> None:
    system, split, _ = prompt.read_text().partition(SPLIT)
    assert split
    assert placeholders(system) == {"untrusted_rule"}


@pytest.mark.parametrize("prompt", PROMPTS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_changes_within_a_task_comes_after_what_does_not(prompt: Path) -> None:
    _, _, user = prompt.read_text().partition(SPLIT)
    shared, marked, _ = user.partition(THIS_TIME)
    if marked or placeholders(user) & {"revision", "failure", "fix"}:
        assert marked
        assert not placeholders(shared) & CHANGING


def test_there_are_prompts_to_look_at() -> None:
    assert {path.parent.name for path in PROMPTS} >= {"planning", "execution", "cicd"}
