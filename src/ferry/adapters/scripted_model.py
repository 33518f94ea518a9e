"""A model that reads its lines from a screenplay: the same request always gets the same reply.

A screenplay is a folder with one file per agent (``execution.yaml``, or ``.json``), each a list of scenes:

    - when: {repo: acme/pricing, item: T1}     # all must equal the request's metadata; what is not named matches all
      replies:                                 # reply number = turns of the model so far, also those left out since
        - text: I read the module first.
          calls:
            - {tool: read_file, input: {path: src/pricing/rules.py}}

The first scene that matches wins. A reply may name its `stop` (``refused``, ``max_tokens``, ``malformed``).
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from ferry.agentkit.call_ids import call_id, turn_after
from ferry.agentkit.messages import Message, ModelReply, ModelRequest, StopReason, ToolCall
from ferry.domain.document import Document, problems
from ferry.domain.errors import InvalidDocument
from ferry.domain.ledger import Usage

CHARACTERS_PER_TOKEN = 4
THE_END = "The script ends here: no scene or reply is left for this conversation."


class ScriptedCall(Document):
    tool: str
    input: Mapping[str, Any] = {}


class Line(Document):
    """One reply. stop: derived from `calls` unless named."""

    text: str = ""
    calls: tuple[ScriptedCall, ...] = ()
    stop: StopReason | None = None

    def reason(self) -> StopReason:
        return self.stop or (StopReason.TOOLS if self.calls else StopReason.END)


class Scene(Document):
    when: Mapping[str, str | int] = {}
    replies: tuple[Line, ...]

    def matches(self, metadata: Mapping[str, str]) -> bool:
        return all(metadata.get(name) == str(value) for name, value in self.when.items())


class Screenplay:
    """Scenes by agent; an agent's scenes are for requests whose metadata names that ``agent``."""

    def __init__(self, scenes: Mapping[str, Sequence[Scene]]) -> None:
        self._scenes = scenes

    @classmethod
    def from_folder(cls, folder: Path) -> Screenplay:
        """InvalidDocument names the file and the fault. YAML needs pyyaml, which only the local stack has."""
        files = sorted(path for path in folder.iterdir() if path.suffix in (".yaml", ".json"))
        return cls.from_scenes({path.stem: _parsed(path) for path in files})

    @classmethod
    def from_scenes(cls, scenes: Mapping[str, Any]) -> Screenplay:
        return cls({agent: _scenes(agent, raw) for agent, raw in scenes.items()})

    def line(self, metadata: Mapping[str, str], turn: int) -> Line:
        """The reply to a conversation that has `turn` assistant messages already; never fails."""
        for scene in self._scenes.get(metadata.get("agent", ""), ()):
            if scene.matches(metadata):
                return scene.replies[turn] if turn < len(scene.replies) else Line(text=THE_END)
        return Line(text=THE_END)


class ScriptedModel:
    """`LanguageModel` without a server; usage is an estimate (characters / 4)."""

    def __init__(self, screenplay: Screenplay) -> None:
        self._screenplay = screenplay

    def reply(self, request: ModelRequest) -> ModelReply:
        started = time.monotonic()
        said = [message for message in request.messages if message.role == "assistant"]
        turn = turn_after(len(said), [call.id for message in said for call in message.calls])
        line = self._screenplay.line(request.metadata, turn)
        calls = tuple(
            ToolCall(id=call_id(turn, index), name=call.tool, input=call.input) for index, call in enumerate(line.calls)
        )
        message = Message(role="assistant", text=line.text, calls=calls)
        asked = request.model_dump_json(include={"system", "messages", "tools"})
        usage = Usage(input=tokens(asked), output=tokens(message.model_dump_json(include={"text", "calls"})))
        milliseconds = int((time.monotonic() - started) * 1000)
        return ModelReply(message=message, stop=line.reason(), usage=usage, milliseconds=milliseconds)


def tokens(text: str) -> int:
    """A rough estimate, never zero."""
    return -(-len(text) // CHARACTERS_PER_TOKEN) or 1


def _parsed(path: Path) -> Any:
    if path.suffix == ".json":
        return json.loads(path.read_text())
    import yaml  # local-only dependency, see the module's docstring

    try:
        return yaml.safe_load(path.read_text())
    except yaml.YAMLError as error:
        raise InvalidDocument(f"{path.name}: {error}") from error


def _scenes(agent: str, raw: Any) -> tuple[Scene, ...]:
    try:
        return TypeAdapter(tuple[Scene, ...]).validate_python(raw or ())
    except ValidationError as error:
        raise InvalidDocument(f"screenplay of {agent}: {problems(error)}") from error
