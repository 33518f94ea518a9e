from __future__ import annotations

import pytest

from ferry.adapters.models import ModelSettings, check_models
from ferry.domain.context import TOKENS, Context, read_contexts
from ferry.domain.errors import InvalidSettings


def test_one_value_is_for_all_agents() -> None:
    contexts = read_contexts("30000", "1h")
    assert contexts.of("planning", 200_000) == Context(30_000, 200_000, "1h")
    assert read_contexts("", "").of("slack", 200_000) == Context(TOKENS, 200_000, "5m")


def test_an_agent_may_have_its_own_and_the_rest_another() -> None:
    contexts = read_contexts('{"planning": 120000, "*": 50000}', '{"execution": "1h"}')
    assert [contexts.of(agent, 200_000).tokens for agent in ("planning", "execution")] == [120_000, 50_000]
    assert [contexts.of(agent, 200_000).ttl for agent in ("planning", "execution")] == ["5m", "1h"]


@pytest.mark.parametrize(
    ("tokens", "ttl", "why"),
    [
        ("many", "", r"CONTEXT_WINDOW\.\* is 'many'; write a whole number of tokens, at least 4000"),
        ("3999", "", r"CONTEXT_WINDOW\.\* is 3999"),
        ("{", "", "CONTEXT_WINDOW is no JSON"),
        ('{"execute": 60000}', "", r"CONTEXT_WINDOW\.execute: there is no such agent; there are discovery, planning"),
        ('{"planning": true}', "", r"CONTEXT_WINDOW\.planning is True"),
        ("", "2h", r"MODEL_CACHE_TTL\.\* is '2h'; write 5m or 1h"),
        ("many", '{"planning": 5}', r"CONTEXT_WINDOW.*; MODEL_CACHE_TTL\.planning is 5"),
    ],
)
def test_a_fault_names_the_setting_the_agent_and_the_remedy(tokens: str, ttl: str, why: str) -> None:
    with pytest.raises(InvalidSettings, match=why):
        read_contexts(tokens, ttl)


@pytest.mark.parametrize(
    ("context", "room"),
    [
        (Context(tokens=60_000, model_tokens=200_000), 60_000),
        (Context(tokens=60_000, model_tokens=32_768), 24_576),
        (Context(tokens=60_000, model_tokens=8_192), 4_096),
    ],
)
def test_the_smaller_of_setting_and_model_is_the_limit(context: Context, room: int) -> None:
    assert context.room(8_192) == room


def test_of_a_chain_the_smallest_model_counts() -> None:
    chain = '{"planning": ["bedrock:anthropic.claude-opus-5-5", "bedrock:anthropic.claude-haiku-4-5-20251001-v1:0"]}'
    checked = check_models(ModelSettings("bedrock:anthropic.claude-opus-5-5", chain))
    assert [checked.context_of(agent).model_tokens for agent in ("planning", "execution")] == [200_000, 1_000_000]
