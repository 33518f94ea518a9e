from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from ferry.adapters.wiring import AgentWorld, WorldSettings
from ferry.adapters.workbenches import WritingSettings, workbench
from ferry.domain.context import Context
from ferry.domain.errors import InvalidSettings
from ferry.domain.model_chain import read_chains
from ferry.domain.step import StepRequest
from ferry.settings import read

CHAINS = '{"execution":["bedrock:a","bedrock:b"],"cicd":["bedrock:c"]}'


def request(agent: str) -> StepRequest:
    return StepRequest(agent=agent, token="t", task_id="FERRY-1-a")


def world() -> Any:
    chains = read_chains("bedrock:scripted", CHAINS)
    names = ("store", "approvals", "artifacts", "forge", "model", "clock", "guardrail", "still_wanted")
    return SimpleNamespace(
        chains=chains,
        context_of=lambda agent: Context(),
        models_of=lambda agent: tuple(name.id for name in chains.of(agent)),
        **dict.fromkeys(names),
    )


def test_a_model_without_a_price_is_refused_before_it_is_used() -> None:
    needed = (
        "task_table artifact_bucket delivery_machine_arn github_api_url github_org github_token_id jira_base_url "
        "jira_email jira_token_id slack_api_url slack_channel slack_token_id"
    )
    real = AgentWorld(WorldSettings(model="bedrock:mystery", **dict.fromkeys(needed.split(), "x")))

    with (
        pytest.raises(InvalidSettings, match="no price"),
        workbench(real, WritingSettings(500, sandbox="subprocess"), request("execution")),
    ):
        pass


def test_the_sandbox_is_the_one_asked_for_by_name() -> None:
    settings = read(WritingSettings, {"TASK_BUDGET_CENTS": "500", "SANDBOX": "subprocess"})

    with workbench(world(), settings, request("execution")) as bench:
        assert bench.sandbox.name == "subprocess"


def test_a_price_table_of_ones_own_is_taken() -> None:
    prices = (
        '{"version": "v", "sources": [], "models": {"m": {"input": 1, "output": 1, "cache_read": 1, "cache_write": 1}}}'
    )

    with workbench(world(), WritingSettings(500, "subprocess", prices), request("execution")) as bench:
        assert bench.prices.version.startswith("v over ")


@pytest.mark.parametrize(("agent", "models"), [("execution", ("a", "b")), ("cicd", ("c",)), ("sentry", ("scripted",))])
def test_each_agent_thinks_with_its_own_chain(agent: str, models: tuple[str, ...]) -> None:
    with workbench(world(), WritingSettings(500, "subprocess"), request(agent)) as bench:
        assert (bench.model_id, *bench.fallbacks) == models


def test_an_approval_covers_all_chains_whatever_agent_works() -> None:
    with workbench(world(), WritingSettings(500, "subprocess"), request("cicd")) as bench:
        assert bench.terms.agents["model"] == read_chains("bedrock:scripted", CHAINS).approved


def test_budgets_are_those_of_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEP_BUDGET_CENTS", "7")
    monkeypatch.setenv("TICKET_BUDGET_CENTS", "11")

    with workbench(world(), WritingSettings(500, "subprocess"), request("execution")) as bench:
        assert bench.budget.micro_dollars == 70_000
        assert bench.caps.ticket == 11
