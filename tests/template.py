"""template.yaml as data, read by what deploys it on a laptop: ``!Ref X`` becomes ``{"Ref": "X"}`` and so on."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from local.aws.deploy.template import parse_yaml

ROOT = Path(__file__).parent.parent


@cache
def template() -> dict[str, Any]:
    parsed: dict[str, Any] = parse_yaml((ROOT / "template.yaml").read_text())
    return parsed


def resources(type: str) -> dict[str, dict[str, Any]]:
    """Properties by logical id."""
    return {
        name: resource.get("Properties", {})
        for name, resource in template()["Resources"].items()
        if resource["Type"] == type
    }
