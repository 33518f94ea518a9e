"""`python -m ferry models`."""

from __future__ import annotations

import json

from ferry.domain.circuit import FAILURES
from ferry.domain.ledger import LedgerEntry, Usage
from ferry.domain.model_chain import read_chains
from ferry.domain.question import LEDGER
from tests.fakes.spending import pay
from tests.unit.cli.conftest import Cli
from tests.unit.usecases.conftest import AT, TASK, FakeWorld

MODELS = json.dumps({"planning": ["bedrock:opus", "openai:http://vllm/v1#qwen"]})


def entry(step: str, model: str, usage: Usage, money: int) -> LedgerEntry:
    return LedgerEntry(
        at=AT, step=step, attempt=1, model=model, usage=usage, milliseconds=5, micro_dollars=money, prices="p"
    )


def test_chains_are_shown_by_agent_and_nothing_else_where_nothing_happened(cli: Cli, planned: FakeWorld) -> None:
    planned.chains = read_chains("bedrock:scripted", MODELS)

    said = cli("models")

    assert said.code == 0
    assert "planning   bedrock:opus → openai:http://vllm/v1#qwen\n" in said.out
    assert "execution  bedrock:scripted\n" in said.out
    assert said.out.count("closed") == 3
    assert said.out.endswith("no model was called yet\n")


def test_a_model_that_is_left_alone_is_bad_news_with_its_reason(cli: Cli, planned: FakeWorld) -> None:
    now = planned.clock.now().timestamp()
    for _ in range(FAILURES):
        planned.health.keep(planned.health.circuit("bedrock:scripted").failed(now, "ModelUnavailable: throttled"))

    said = cli("models")

    assert said.code == 1
    assert "bedrock:scripted  open                 5  2026-11-21T12:00:00 ModelUnavailable: throttled" in said.out


def test_calls_tokens_and_money_are_summed_by_agent_and_model(cli: Cli, planned: FakeWorld) -> None:
    usage = Usage(input=10, output=5, cache_read=100, cache_write=20, cache_write_1h=3)
    for money in (100, 50):
        pay(planned.store, TASK, entry("planning", "opus", usage, money))
    pay(planned.store, TASK, entry("planning", "qwen", usage, 7))
    pay(planned.store, LEDGER, entry("slack", "opus", usage, 9))

    rows = json.loads(cli("models", "--json").out)["spent"]

    assert [(row["agent"], row["model"], row["calls"], row["micro_dollars"]) for row in rows] == [
        ("planning", "opus", 2, 150),
        ("slack", "opus", 1, 9),
        ("planning", "qwen", 1, 7),
    ]
    counts = ("input", "cache_read", "cache_write", "output")
    assert [rows[0][name] for name in counts] == [20, 200, 46, 10]
    shown = [line.split() for line in cli("models", "--task", TASK).out.splitlines()]
    assert ["planning", "opus", "2", "20", "200", "46", "75", "%", "10", "$0.0001"] in shown


def test_of_one_task_only_its_own_calls_count(cli: Cli, planned: FakeWorld) -> None:
    pay(planned.store, LEDGER, entry("slack", "opus", Usage(input=1), 9))

    assert json.loads(cli("models", "--task", TASK, "--json").out)["spent"] == []
    assert cli("models", "--task", "FERRY-9-z").code == 1
