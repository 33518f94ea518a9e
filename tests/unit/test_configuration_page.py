"""The settings that docs/configuration.md shows for models are taken as they stand there."""

from __future__ import annotations

import json
import re
import shlex
import tomllib

import pytest

from ferry.adapters.models import ModelSettings, check_models
from tests.template import ROOT

PAGE = (ROOT / "docs" / "configuration.md").read_text("utf-8")
SHELL = re.findall(r"^```sh\n(.*?)^```$", PAGE, re.S | re.M)


def exported(block: str) -> dict[str, str]:
    words = [word for line in block.splitlines() if line.startswith("export ") for word in shlex.split(line)[1:]]
    return dict(word.split("=", 1) for word in words)


MODELS = [exported(block) for block in SHELL if "export MODEL=" in block]


@pytest.mark.parametrize("given", MODELS, ids=lambda given: given["MODEL"])
def test_each_block_names_a_model_that_has_a_price_and_calls_tools(given: dict[str, str]) -> None:
    settings = ModelSettings(**{name.lower(): value for name, value in given.items() if name.startswith("MODEL")})

    [model] = check_models(settings).chains.all()

    own = json.loads(given.get("MODEL_CAPABILITIES", "{}"))
    assert set(own) <= {model.id}


def test_bedrock_vllm_and_ollama_have_a_block_each() -> None:
    shown = " ".join(given["MODEL"] for given in MODELS)

    assert all(name in shown for name in ("bedrock:global.", "application-inference-profile", ":8000/v1", ":11434/v1"))


def test_a_parameter_that_is_json_stands_between_single_quotes_because_sam_cuts_it_otherwise() -> None:
    [block] = re.findall(r"^```toml\n(.*?)^```$", PAGE, re.S | re.M)
    given = [one.split("=", 1) for one in tomllib.loads(block)["parameter_overrides"]]

    quoted = [value for _, value in given if "{" in value]
    assert quoted
    assert all(json.loads(value[1:-1]) and (value[0], value[-1]) == ("'", "'") for value in quoted)
