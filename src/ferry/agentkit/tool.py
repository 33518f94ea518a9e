"""A tool: a pydantic model that is its name, its description and its schema, and a function that does it.

class ReadFile(ToolInput):
    \"""Read one text file.\"""

    path: str = Field(description="Relative to the repository")


def read_file(root: Path) -> Tool[ReadFile]:
    return Tool(ReadFile, lambda ask: (root / ask.path).read_text())
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from inspect import cleandoc
from typing import Any, Generic, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from ferry.agentkit.messages import Note, ToolSpec
from ferry.agentkit.schema import schema_of
from ferry.domain.document import problems

# Beyond what the sandbox lets a command take: copying the workspace, and putting back.
MARGIN = 120.0


class ToolError(Exception):
    """What the model is told when a call cannot be done. In our words only: text from outside belongs in a result."""


class Refused(ToolError):
    """A call outside what was approved or offered; people see it and it is counted."""


class ToolInput(BaseModel):
    """Base of the models that describe a tool's arguments."""

    model_config = ConfigDict(frozen=True, extra="forbid")


I = TypeVar("I", bound=BaseModel)  # noqa: E741  the input


class Noted(str):
    """A tool's answer of which something lasts."""

    __slots__ = ("notes",)
    notes: tuple[Note, ...]

    @classmethod
    def of(cls, text: str, *notes: Note) -> Noted:
        noted = cls(text)
        noted.notes = notes
        return noted


class AnyTool(Protocol):
    """What the loop needs of a tool."""

    @property
    def spec(self) -> ToolSpec: ...

    @property
    def independent(self) -> bool:
        """Whether it only reads, so that it may run beside others and again."""

    @property
    def seconds(self) -> float:
        """What one call may take."""

    def call(self, arguments: Mapping[str, Any] | None) -> str:
        """Text for the model, `Noted` where something of it lasts; or ToolError. Any other exception ends it all."""


@dataclass(frozen=True)
class Tool(Generic[I]):
    """input: the model of the arguments; run: takes one of them and returns text, or raises ToolError; independent and
    seconds: as in `AnyTool`."""

    input: type[I]
    run: Callable[[I], str]
    independent: bool = False
    seconds: float = 120

    @property
    def spec(self) -> ToolSpec:
        return spec_of(self.input, snake(self.input.__name__))

    def call(self, arguments: Mapping[str, Any] | None) -> str:
        return self.run(parse(self.input, arguments))


def spec_of(model: type[BaseModel], name: str) -> ToolSpec:
    """The description is the model's docstring; ValueError when it has none of its own."""
    if not model.__dict__.get("__doc__"):
        raise ValueError(f"{model.__name__} needs a docstring: it is what the model reads")
    return ToolSpec(name=name, description=cleandoc(model.__doc__ or ""), schema_=schema_of(model))


def parse(model: type[I], arguments: Mapping[str, Any] | None) -> I:
    """ToolError names each wrong field."""
    if arguments is None:
        raise ToolError("the arguments were not a JSON object; call again with one")
    try:
        return model.model_validate(arguments)
    except ValidationError as error:
        raise ToolError(f"wrong arguments: {problems(error)}") from error


def snake(name: str) -> str:
    """``ReadFile`` → ``read_file``."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
