from __future__ import annotations

import json

import pytest

from ferry.domain.errors import InvalidSettings
from ferry.domain.mandate import Mandate, agent_settings, moved
from ferry.domain.model_chain import read_chains

A, B, C = "bedrock:us.anthropic.claude-opus-5-5", "openai:http://vllm/v1#qwen", "bedrock:amazon.nova-pro-v1:0"


def chains(models: object = None, model: str = A) -> dict[str, list[str]]:
    found = read_chains(model, "" if models is None else json.dumps(models))
    return {agent: list(map(str, found.of(agent))) for agent in ("planning", "execution")}


def test_one_model_is_the_chain_of_every_agent() -> None:
    assert chains() == {"planning": [A], "execution": [A]}


def test_an_agent_has_its_own_chain_and_the_star_is_for_the_rest() -> None:
    assert chains({"planning": [A, B], "*": [C]}) == {"planning": [A, B], "execution": [C]}
    assert chains({"planning": [B]}) == {"planning": [B], "execution": [A]}


def test_names_are_read_and_written_alike() -> None:
    assert [str(name) for name in read_chains(A, json.dumps({"*": [B, C]})).all()] == [B, C]


@pytest.mark.parametrize(
    ("models", "why"),
    [
        ({"plannning": [A]}, "MODELS.plannning: there is no such agent; there are discovery, planning"),
        ({"planning": []}, "MODELS.planning must be a list"),
        ({"planning": A}, "MODELS.planning must be a list"),
        ({"planning": [A, 3]}, "MODELS.planning must be a list"),
        ({"planning": [A, A]}, "MODELS.planning names a model twice"),
        ({"planning": [A, "claude"]}, "MODELS.planning.1 is 'claude'; write bedrock:"),
        ({"planning": ["openai:vllm#qwen"]}, "MODELS.planning.0"),
        ([A], "MODELS must be an object"),
    ],
)
def test_a_fault_names_the_agent_and_the_remedy(models: object, why: str) -> None:
    with pytest.raises(InvalidSettings, match=why.replace("[", r"\[")):
        chains(models)


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(InvalidSettings, match=r"MODELS\.a.*MODELS\.b"):
        chains({"a": [A], "b": [A]})


def test_what_is_no_json_is_named() -> None:
    with pytest.raises(InvalidSettings, match="MODELS is no JSON"):
        read_chains(A, "{planning}")


def mandate(models: str, model: str = A) -> Mandate:
    approved = read_chains(model, models).approved
    return Mandate(
        task_id="T", revision=1, opening=1, plan="p", bases={}, heads={}, paths={}, discovery="d", ticket="t",
        ticket_now="", budget_cents=1, configuration=agent_settings(approved, "auto", "", {}),
    )  # fmt: skip


def test_a_single_model_is_approved_under_its_plain_name() -> None:
    assert mandate("").configuration["model"] == A


def test_a_fallback_that_nobody_approved_moves_the_mandate() -> None:
    before = mandate(json.dumps({"execution": [A, B]}))

    for models in ({"execution": [A, C]}, {"execution": [A, B, C]}, {"execution": [B, A]}, {"planning": [A, B]}, {}):
        [change] = moved(before, mandate(json.dumps(models)), entered=True)
        assert change.what == "model"


def test_the_order_in_which_agents_are_written_means_nothing() -> None:
    one = json.dumps({"execution": [A, B], "planning": [C]})
    other = json.dumps({"planning": [C], "execution": [A, B]}, indent=2)

    assert moved(mandate(one), mandate(other), entered=True) == ()
