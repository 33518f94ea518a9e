"""Models are checked when they are composed: before anything is paid for, and all faults at once."""

from __future__ import annotations

import json
import logging

import pytest

from ferry.adapters.models import ModelSettings, check_models, linker, logged
from ferry.agentkit.capabilities import load_capabilities
from ferry.agentkit.prices import load_prices
from ferry.domain.capabilities import Capabilities
from ferry.domain.errors import InvalidSettings, MissingSecret
from ferry.domain.model_chain import ModelName

OPUS, QWEN = "bedrock:global.anthropic.claude-opus-5-5", "openai:http://127.0.0.1:9/v1#qwen"
FREE = {"input": 0, "output": 0, "cache_read": 0, "cache_write": 0}
PRICES = json.dumps({"version": "v", "sources": [], "models": {"qwen": FREE, "anthropic.claude-opus-5-5": FREE}})


def test_every_model_of_every_chain_needs_a_price() -> None:
    models = json.dumps({"planning": [OPUS, "bedrock:mystery"], "*": [OPUS, QWEN]})

    with pytest.raises(InvalidSettings, match=r"model qwen: no price.*model mystery: no price"):
        check_models(ModelSettings(OPUS, models))


def test_a_model_that_calls_no_tools_is_refused() -> None:
    settings = ModelSettings(QWEN, model_prices=PRICES, model_capabilities='{"qwen": {"tools": false}}')

    with pytest.raises(InvalidSettings, match="qwen: cannot call tools"):
        check_models(settings)


@pytest.mark.parametrize(
    ("capabilities", "why"),
    [
        ("{", "is no JSON"),
        ("[]", "must be an object"),
        ('{"qwen": 3}', "qwen: must be an object of fields"),
        ('{"qwen": {"contex_tokens": 9}}', "qwen: contex_tokens: Extra inputs"),
        ('{"qwen": {"cache": ["tools", "nowhere"]}}', r"qwen: cache\.1"),
    ],
)
def test_wrong_capabilities_name_the_model_and_the_field(capabilities: str, why: str) -> None:
    with pytest.raises(InvalidSettings, match=f"MODEL_CAPABILITIES.*{why}"):
        check_models(ModelSettings(QWEN, model_prices=PRICES, model_capabilities=capabilities))


@pytest.mark.parametrize(
    ("setting", "why"),
    [({"model_cache_ttl": "2h"}, "MODEL_CACHE_TTL"), ({"model_guardrail": "abc"}, "MODEL_GUARDRAIL")],
)
def test_other_settings_of_models_are_checked_too(setting: dict[str, str], why: str) -> None:
    with pytest.raises(InvalidSettings, match=why):
        check_models(ModelSettings(OPUS, **setting))


def test_a_setting_changes_one_field_and_leaves_the_shipped_rest() -> None:
    table = load_capabilities(
        '{"anthropic.claude-opus-5-5": {"max_output": 32000}, "qwen": {"context_tokens": 131072}}'
    )

    assert table.of("global.anthropic.claude-opus-5-5").max_output == 32_000
    assert table.of("global.anthropic.claude-opus-5-5").thinking == "always"
    assert table.of("qwen") == Capabilities(context_tokens=131_072)


def test_an_unknown_model_is_asked_for_little() -> None:
    unknown = load_capabilities().of("made-up")

    assert (unknown.cache, unknown.sampling, unknown.forced_tool, unknown.thinking) == ((), False, False, "none")
    assert unknown.context_tokens <= 32_768
    assert unknown.max_output <= 8_192


def test_what_has_a_shipped_price_has_shipped_capabilities() -> None:
    table = load_capabilities()

    assert set(load_prices().models) <= set(table.models)
    assert table.version
    assert table.sources


def test_a_name_of_one_model_is_not_taken_for_another_that_begins_so() -> None:
    table = load_capabilities()

    assert table.of("eu.anthropic.claude-opus-5-5").cache_minimum == 1024
    assert table.of("eu.anthropic.claude-opus-5").cache_minimum == 512


def test_a_server_that_needs_no_key_is_built_without_one() -> None:
    def no_key() -> str:
        raise MissingSecret("ModelKey has no value")

    settings = ModelSettings(QWEN, model_prices=PRICES)
    link = linker(settings, check_models(settings), no_key)(ModelName.read(QWEN))

    assert (str(link.name), link.capable) == (QWEN, Capabilities())


def test_progress_is_logged_now_and_then_and_never_a_word_of_it(caplog: pytest.LogCaptureFixture) -> None:
    seconds = iter([0.0, 1.0, 6.0, 6.0, 7.0, 12.0, 12.0])
    with caplog.at_level(logging.INFO):
        watch = logged("bedrock:m", lambda: next(seconds))
        for characters in (10, 600, 700, 1200):
            watch(characters)

    assert [record.getMessage() for record in caplog.records] == [
        "bedrock:m answers: 600 characters so far",
        "bedrock:m answers: 1200 characters so far",
    ]
