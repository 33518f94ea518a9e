from __future__ import annotations

import json
from enum import StrEnum

import pytest
from pydantic import BaseModel, Field

from ferry.agentkit.schema import schema_of
from ferry.agentkit.text import cut
from ferry.agentkit.tool import Tool, ToolError, ToolInput, spec_of
from ferry.domain.plan import Plan


class Colour(StrEnum):
    RED = "red"


class Part(BaseModel):
    title: str
    colour: Colour


class PaintParts(ToolInput):
    """Paint the parts."""

    parts: tuple[Part, ...] = Field(description="which ones")
    title: str = "none"


class Node(BaseModel):
    next: Node | None = None


def paint(ask: PaintParts) -> str:
    return ", ".join(part.colour for part in ask.parts)


def test_name_description_and_schema_come_from_the_code() -> None:
    spec = Tool(PaintParts, paint).spec

    assert (spec.name, spec.description) == ("paint_parts", "Paint the parts.")
    assert spec.schema_ == {
        "type": "object",
        "additionalProperties": False,
        "required": ["parts"],
        "properties": {
            "title": {"type": "string", "default": "none"},
            "parts": {
                "type": "array",
                "description": "which ones",
                "items": {
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["title", "colour"],
                    "properties": {"title": {"type": "string"}, "colour": {"type": "string", "enum": ["red"]}},
                },
            },
        },
    }


def test_a_schema_has_no_references_left_for_a_model_to_trip_over() -> None:
    schema = json.dumps(schema_of(Plan))

    assert "$ref" not in schema
    assert "$defs" not in schema


def test_a_model_that_contains_itself_cannot_be_a_schema() -> None:
    with pytest.raises(ValueError, match="Node contains itself"):
        schema_of(Node)


def test_a_tool_without_a_docstring_is_refused() -> None:
    with pytest.raises(ValueError, match="Part needs a docstring"):
        spec_of(Part, "part")


def test_arguments_reach_the_function_as_the_model() -> None:
    assert Tool(PaintParts, paint).call({"parts": [{"title": "a", "colour": "red"}]}) == "red"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param(None, "not a JSON object", id="unparsable"),
        pytest.param({}, "parts: Field required", id="missing field"),
        pytest.param({"parts": [], "more": 1}, "more: Extra inputs", id="unknown field"),
        pytest.param(
            {"parts": [{"title": "a", "colour": "blue"}]}, r"parts\.0\.colour: Input should be 'red'", id="deep"
        ),
    ],
)
def test_wrong_arguments_are_told_by_field(arguments: dict[str, object] | None, told: str) -> None:
    with pytest.raises(ToolError, match=told):
        Tool(PaintParts, paint).call(arguments)


def test_long_text_keeps_both_ends_and_says_what_is_gone() -> None:
    text = cut("a" * 50 + "b" * 50, limit=20)

    assert text == "a" * 10 + "\n[… 80 characters left out …]\n" + "b" * 10
    assert cut("short", limit=20) == "short"
