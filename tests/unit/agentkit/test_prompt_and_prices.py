from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from ferry.agentkit.prices import load_prices
from ferry.agentkit.prompt import render
from ferry.agentkit.untrusted import RULE
from ferry.domain.errors import InvalidDocument, InvalidSettings
from ferry.domain.ledger import Usage

PRICE = ("input", "output", "cache_read", "cache_write")
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


MILLION = Usage(input=1_000_000, output=1_000_000)
ARN = "arn:aws:bedrock:eu-west-1:123456789012"


@pytest.mark.parametrize(
    ("model", "money"),
    [
        ("global.anthropic.claude-sonnet-5-5", 12_000_000),
        (f"{ARN}:inference-profile/global.anthropic.claude-sonnet-5-5", 12_000_000),
        ("us.anthropic.claude-sonnet-5-5", 13_200_000),
        (f"{ARN}:inference-profile/eu.anthropic.claude-sonnet-5-5", 13_200_000),
        ("anthropic.claude-sonnet-5-5", 13_200_000),
        ("arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-haiku-4-5-20251001-v1:0", 6_600_000),
        ("jp.anthropic.claude-opus-5", 33_000_000),
        ("jp.anthropic.claude-opus-5-5", 26_400_000),
    ],
)
def test_a_call_costs_a_tenth_more_outside_of_a_global_profile(model: str, money: int) -> None:
    assert load_prices().cost(model, MILLION) == money


def test_a_tenth_more_is_on_all_tokens_and_on_what_is_reserved() -> None:
    price, abroad = (load_prices().price_of(f"{at}.anthropic.claude-haiku-5-5") for at in ("global", "us"))
    used = Usage(input=10_000, output=10_000, cache_read=100_000, cache_write=10_000, cache_write_1h=10_000)

    assert (price.cost(used), abroad.cost(used)) == (51_250, 56_375)
    assert (price.most(10_000, 1000), abroad.most(10_000, 1000)) == (2500, 2750)
    assert (price.affords(10_000, 2500), abroad.affords(10_000, 2750)) == (1000, 1000)


@pytest.mark.parametrize(
    "model",
    [
        "us-gov.anthropic.claude-sonnet-5-5",
        "xx.anthropic.claude-sonnet-5-5",
        f"{ARN}:application-inference-profile/a1",
    ],
)
def test_a_profile_of_an_unknown_kind_has_no_price_until_somebody_gives_it_one(model: str) -> None:
    own = {"version": "v", "sources": [], "models": {model: dict.fromkeys(PRICE, 1)}}

    with pytest.raises(InvalidSettings, match="no price"):
        load_prices().price_of(model)
    assert load_prices(json.dumps(own)).cost(model, MILLION) == 2_000_000


def test_a_price_of_ones_own_for_a_profile_is_taken_as_it_is() -> None:
    model = "eu.anthropic.claude-sonnet-5-5"
    own = {"version": "v", "sources": [], "models": {model: {**dict.fromkeys(PRICE, 1), "regional": 1.1}}}

    assert load_prices(json.dumps(own)).cost(model, MILLION) == 2_000_000


def test_the_scripted_model_costs_as_a_real_one_so_that_ledgers_are_exercised() -> None:
    prices = load_prices()

    assert prices.cost("scripted", MILLION) == prices.cost("global.anthropic.claude-sonnet-5-5", MILLION)


def test_a_model_without_a_price_is_refused_and_prices_of_ones_own_are_laid_over_ours() -> None:
    own = (
        '{"version": "v", "sources": [], "models": {"m": {"input": 1, "output": 1, "cache_read": 1, "cache_write": 1}}}'
    )

    with pytest.raises(InvalidSettings, match="no price"):
        load_prices().price_of("m")
    table = load_prices(own)
    assert table.cost("m", Usage(input=3)) == 3
    assert table.price_of("scripted") == load_prices().price_of("scripted")
    assert table.version == f"v over {load_prices().version}"
    assert load_prices(own.replace('"m"', '"scripted"')).cost("scripted", Usage(input=3)) == 3
    with pytest.raises(InvalidDocument, match="price table"):
        load_prices("{}")
