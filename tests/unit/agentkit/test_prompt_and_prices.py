from __future__ import annotations

import re
from pathlib import Path

import pytest

from ferry.agentkit.prices import load_prices
from ferry.agentkit.prompt import render
from ferry.agentkit.untrusted import RULE
from ferry.domain.errors import InvalidDocument, InvalidSettings
from ferry.domain.ledger import Usage

PROMPTS = sorted((Path(__file__).parents[3] / "agents").glob("*/prompt.md"))
PROMPT = "Be $tone.\n$untrusted_rule\n<!-- user -->\nTicket: $ticket\n"


@pytest.fixture
def prompt(tmp_path: Path) -> Path:
    path = tmp_path / "prompt.md"
    path.write_text(PROMPT, "utf-8")
    return path


def test_a_prompt_has_a_system_and_a_user_part(prompt: Path) -> None:
    rendered = render(prompt, tone="brief", ticket="costs $$ and $tone")

    assert (rendered.system, rendered.user) == (f"Be brief.\n{RULE}", "Ticket: costs $$ and $tone")


def test_a_placeholder_without_a_value_raises(prompt: Path) -> None:
    with pytest.raises(KeyError, match="ticket"):
        render(prompt, tone="brief")


@pytest.mark.parametrize("path", PROMPTS, ids=lambda path: path.parent.name)
def test_every_prompt_says_that_untrusted_text_is_data_and_how_to_end(path: Path) -> None:
    text = path.read_text("utf-8")
    rendered = render(path, **dict.fromkeys(re.findall(r"\$([a-z_]+)", text), "VALUE") | {"untrusted_rule": RULE})

    assert RULE in rendered.system
    assert rendered.user
    assert "submit_result" in text


def test_a_model_behind_a_regional_profile_costs_what_the_model_costs() -> None:
    prices = load_prices()

    assert prices.cost("eu.anthropic.claude-sonnet-5-5", Usage(input=1_000_000, output=1_000_000)) == 12_000_000
    assert prices.cost("anthropic.claude-opus-5", Usage(input=1000)) == 5000
    assert prices.cost("anthropic.claude-opus-5-5", Usage(input=1000)) == 4000


def test_the_scripted_model_costs_as_a_real_one_so_that_ledgers_are_exercised() -> None:
    prices = load_prices()

    assert prices.price_of("scripted") == prices.price_of("anthropic.claude-sonnet-5-5")


def test_a_model_without_a_price_is_refused_and_a_table_of_ones_own_replaces_ours() -> None:
    own = (
        '{"version": "v", "sources": [], "models": {"m": {"input": 1, "output": 1, "cache_read": 1, "cache_write": 1}}}'
    )

    with pytest.raises(InvalidSettings, match="no price"):
        load_prices().price_of("m")
    assert load_prices(own).cost("m", Usage(input=3)) == 3
    with pytest.raises(InvalidDocument, match="price table"):
        load_prices("{}")
