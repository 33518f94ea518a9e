"""MODEL is checked before anything starts."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest

from local.model import Cloud, ModelError, check_model

SONNET = "anthropic.claude-sonnet-5-5"
PRICE = {"input": 0, "output": 0, "cache_read": 0, "cache_write": 0}
FREE = json.dumps({"version": "mine", "sources": [], "models": {"m": PRICE}})


@dataclass(frozen=True)
class Keys:
    access_key: str | None = "AKIA"
    secret_key: str | None = "hush"
    token: str | None = None


def no_cloud() -> Cloud:
    return Cloud(None, "")


def a_cloud() -> Cloud:
    return Cloud(Keys(), "eu-west-1")


def test_unset_is_the_scripted_model_and_asks_nobody() -> None:
    assert check_model({"MODEL": ""}).environment == {}


def test_bedrock_without_anything_names_all_that_is_missing() -> None:
    with pytest.raises(
        ModelError, match=r"AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY\) and a region \(set AWS_REGION"
    ):
        check_model({"MODEL": f"bedrock:{SONNET}"}, cloud=no_cloud)


def test_bedrock_without_a_region_names_only_that() -> None:
    with pytest.raises(ModelError, match="needs a region"):
        check_model({"MODEL": f"bedrock:{SONNET}"}, cloud=lambda: Cloud(Keys(), ""))


def test_bedrock_sends_model_calls_alone_to_aws() -> None:
    model = check_model({"MODEL": f"bedrock:eu.{SONNET}"}, cloud=a_cloud)

    assert model.environment == {
        "MODEL": f"bedrock:eu.{SONNET}",
        "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": "https://bedrock-runtime.eu-west-1.amazonaws.com",
    }
    assert model.functions == {"AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": "hush"}
    assert model.region == "eu-west-1"
    assert "hush" not in repr(model)


def test_a_model_without_a_price_is_refused_before_it_is_used() -> None:
    with pytest.raises(ModelError, match="MODEL_PRICES") as refused:
        check_model({"MODEL": "bedrock:acme.unheard-of"}, cloud=a_cloud)

    example = str(refused.value).partition("MODEL_PRICES='")[2].removesuffix("'")
    check_model({"MODEL": "bedrock:acme.unheard-of", "MODEL_PRICES": example}, cloud=a_cloud)


def test_a_broken_price_table_is_refused_before_it_is_used() -> None:
    with pytest.raises(ModelError, match="price table"):
        check_model({"MODEL": f"bedrock:{SONNET}", "MODEL_PRICES": "0,0,0,0"}, cloud=a_cloud)


@pytest.mark.parametrize("text", ["gpt", "bedrock:", "openai:", "openai:localhost#m", "openai:http://h/v1", "x:y"])
def test_a_wrong_form_is_told_with_the_right_one(text: str) -> None:
    with pytest.raises(
        ModelError, match="MODEL is bedrock:<model or inference profile id> or openai:<base url>#<model>"
    ):
        check_model({"MODEL": text}, cloud=a_cloud, status=lambda url, key: 200)


def openai(status: int, **more: str) -> str:
    seen: list[str] = []

    def answer(url: str, key: str) -> int:
        seen.append(f"{url} {key}")
        return status

    environ = {"MODEL": "openai:http://127.0.0.1:9/v1#m", "MODEL_PRICES": FREE, **more}
    check_model(environ, cloud=no_cloud, status=answer)
    return seen[0]


def test_an_openai_server_is_asked_with_the_key() -> None:
    assert openai(200, OPENAI_API_KEY="k") == "http://127.0.0.1:9/v1 k"


def test_a_server_without_a_list_of_models_is_good_enough() -> None:
    assert openai(404) == "http://127.0.0.1:9/v1 "


def test_a_server_that_does_not_answer_is_told() -> None:
    with pytest.raises(ModelError, match="nothing answers at http://127.0.0.1:9/v1"):
        openai(0)


@pytest.mark.parametrize(("key", "said"), [("", "wants a key: set OPENAI_API_KEY"), ("k", "does not accept")])
def test_a_server_that_refuses_names_the_variable(key: str, said: str) -> None:
    with pytest.raises(ModelError, match=said):
        openai(401, OPENAI_API_KEY=key)


def test_a_chain_is_checked_before_anything_starts() -> None:
    with pytest.raises(ModelError, match="MODELS.plan: there is no such agent"):
        check_model({"MODELS": '{"plan": ["bedrock:scripted"]}'})
    assert check_model({"MODELS": '{"planning": ["bedrock:scripted"]}'}).environment == {}


def test_a_chain_on_bedrock_needs_a_model_that_sends_calls_there() -> None:
    with pytest.raises(ModelError, match="set MODEL to one of them too"):
        check_model({"MODELS": json.dumps({"planning": [f"bedrock:{SONNET}"]})})
