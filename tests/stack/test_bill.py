"""Over a whole run with throttled calls and broken streams, the ledger is what the model's vendor was paid."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import requests

from ferry.domain.ledger import LedgerEntry, total
from ferry.domain.spending import month_account, task_account
from tests.stack.journey import Journey, running

pytestmark = [pytest.mark.stack, pytest.mark.slow, pytest.mark.timeout(600)]
# Dollars per million tokens that the stand-in is taken to cost; not read from Ferry's own table.
PRICES = {"inputTokens": 2, "outputTokens": 10, "cacheReadInputTokens": 0.1, "cacheWriteInputTokens": 2.5}
CENT = 10_000


def bill(sums: dict[str, Any]) -> Counter[str]:
    """All tokens by kind, of all agents."""
    return sum((Counter({kind: agent[kind] for kind in PRICES}) for agent in sums.values()), Counter[str]())


def money(tokens: Counter[str]) -> float:
    """Micro-dollars."""
    return sum(tokens[kind] * price for kind, price in PRICES.items())


def counted(ledger: list[LedgerEntry]) -> Counter[str]:
    used = [entry.usage for entry in ledger]
    return Counter(
        inputTokens=sum(one.input for one in used),
        outputTokens=sum(one.output for one in used),
        cacheReadInputTokens=sum(one.cache_read for one in used),
        cacheWriteInputTokens=sum(one.cache_write for one in used),
    )


def test_the_ledger_is_the_vendors_bill_to_the_cent_also_where_calls_were_throttled_and_answers_lost(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "checkout"
    folder.mkdir()
    with running(folder, MODEL_STREAM="on") as journey:
        journey.fault("bedrock", error="ThrottlingException", agent="planning", times=2)
        journey.fault("bedrock", error="break", after=1, agent="planning")
        journey.fault("bedrock", error="ServiceUnavailableException", agent="execution")
        journey.fault("bedrock", error="cut", after=2, agent="execution", times=2)
        task = journey.start()
        journey.decide(task, "approve")
        story = journey.reach(task, "succeeded", seconds=180)
        told = requests.get(f"{journey.peers.info['bedrock']}/_standin/calls", timeout=10).json()
        accounts = _accounts(journey, task)

    ledger = [LedgerEntry.read(line, "ledger") for line in story["ledger"]]
    read, lost = [line for line in ledger if not line.lost], [line for line in ledger if line.lost]
    paid, unread = bill(told["agents"]), bill(told["unread"])
    assert told["errors"] == {"ThrottlingException": 2, "break": 1, "ServiceUnavailableException": 1, "cut": 2}
    assert (len(read), len(lost)) == (told["calls"] - 3, 3)
    assert counted(read) == paid - unread
    assert abs(total(read) - money(paid - unread)) < len(read)  # a call is rounded up to a millionth of a dollar
    assert total(lost) >= money(unread)
    assert round(total(ledger) / CENT) >= round(money(paid) / CENT)
    assert accounts == {"spent": total(ledger), "held": 0, "month": total(ledger)}
    assert sum("may have been paid for" in line["detail"] for line in story["timeline"]) == 3


def _accounts(journey: Journey, task: str) -> dict[str, int]:
    """What the budgets count, read from the table itself."""
    table, clients = journey.stack.info["table"], journey.stack.clients
    names = [task_account(task), *_months(json.loads(journey.ferry("cost", "--json").stdout))]
    keys = [{"pk": {"S": f"SPEND#{name}"}, "sk": {"S": "ACCOUNT"}} for name in names]
    one, month = (clients("dynamodb").get_item(TableName=table, Key=key)["Item"] for key in keys)
    return {"spent": int(one["spent"]["N"]), "held": int(one["held"]["N"]), "month": int(month["spent"]["N"])}


def _months(cost: dict[str, Any]) -> list[str]:
    return [month_account(cost["title"].partition(":")[0])]
