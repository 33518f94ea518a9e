from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from ferry.adapters.workbenches import WritingSettings, workbench
from ferry.domain.errors import InvalidSettings
from ferry.settings import read


def world(model_id: str) -> Any:
    names = ("store", "approvals", "artifacts", "forge", "model", "clock", "guardrail", "still_wanted")
    settings = SimpleNamespace(model=f"bedrock:{model_id}")
    return SimpleNamespace(model_id=model_id, settings=settings, **dict.fromkeys(names))


def test_a_model_without_a_price_is_refused_before_it_is_used() -> None:
    with (
        pytest.raises(InvalidSettings, match="no price"),
        workbench(world("mystery"), WritingSettings(500, sandbox="subprocess")),
    ):
        pass


def test_the_sandbox_is_the_one_asked_for_by_name() -> None:
    settings = read(WritingSettings, {"TASK_BUDGET_CENTS": "500", "SANDBOX": "subprocess"})

    with workbench(world("scripted"), settings) as bench:
        assert bench.sandbox.name == "subprocess"


def test_a_price_table_of_ones_own_is_taken() -> None:
    prices = (
        '{"version": "v", "sources": [], "models": {"m": {"input": 1, "output": 1, "cache_read": 1, "cache_write": 1}}}'
    )

    with workbench(world("m"), WritingSettings(500, "subprocess", prices)) as bench:
        assert bench.prices.version == "v"
