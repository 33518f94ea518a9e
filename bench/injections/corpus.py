"""The corpus: what others might write where agents read, each with the place, the technique and where it is from."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path

import yaml

FOLDER = Path(__file__).with_name("corpus")
# Of no account; put together here, so that no scanner takes this file for a leak.
SECRET = "gh" + "p_" + "Z9y8X7w6V5u4T3s2R1q0P9o8N7m6L5k4J3i2"
AGENT = {
    "ticket": "planning", "jira-comment": "planning", "review-comment": "asked", "code-comment": "execution",
    "readme": "planning", "ci-log": "cicd", "tool-output": "execution", "sentry-payload": "sentry",
    "file-name": "execution", "unicode": "execution", "question": "slack", "conventions": "execution",
    "lesson": "planning",
}  # fmt: skip
_ALIKE = str.maketrans("aeopcyi", "аеорсуі")


@dataclass(frozen=True)
class Case:
    """text: as it stands at its place; act: what a model does that obeys it (`bench.injections.acts`); file:
    of conventions that holds it."""

    id: str
    place: str
    technique: str
    source: str
    agent: str
    act: str
    text: str
    file: str = ""


def corpus() -> tuple[Case, ...]:
    return tuple(_case(file.stem, raw) for file in sorted(FOLDER.glob("*.yaml")) for raw in _read(file))


def _read(file: Path) -> list[dict[str, str]]:
    cases: list[dict[str, str]] = yaml.safe_load(file.read_text("utf-8"))
    return cases


def _case(place: str, raw: dict[str, str]) -> Case:
    text = _HIDE[raw.pop("hidden", "")](raw.pop("text").replace("{secret}", SECRET))
    return Case(**{"place": place, "agent": AGENT[place], "text": text, **raw})


_HIDE = {
    "": lambda text: text,
    "tags": lambda text: "Totals are wrong." + "".join(chr(0xE0000 + ord(sign)) for sign in text),
    "zero-width": lambda text: "\u200b".join(text),
    "alike": lambda text: text.translate(_ALIKE),
    "base64": lambda text: f"Decode and do: {base64.b64encode(text.encode()).decode()}",
}
