"""The dated table of capabilities that Ferry ships."""

from __future__ import annotations

import json
from importlib.resources import files

from ferry.domain.capabilities import CapabilityTable
from ferry.domain.errors import InvalidSettings


def load_capabilities(override: str = "") -> CapabilityTable:
    """override: ``{"<model>": {"<field>": <value>}}`` as JSON, laid over the shipped table. InvalidSettings."""
    shipped = CapabilityTable.read(files("ferry").joinpath("models.json").read_text("utf-8"), "models.json")
    try:
        changes = json.loads(override or "{}")
    except ValueError as error:
        raise InvalidSettings(f"MODEL_CAPABILITIES is no JSON: {error}") from error
    if not isinstance(changes, dict):
        raise InvalidSettings('MODEL_CAPABILITIES must be an object: {"<model>": {"<field>": <value>}}')
    return shipped.overridden(changes)
