"""The screenplay's rules; the common suite is in test_language_model.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from ferry.adapters.scripted_model import THE_END, Screenplay, ScriptedModel
from ferry.agentkit.messages import Message, ModelRequest, StopReason
from ferry.domain.errors import InvalidDocument

SCREENPLAY = """
- when: {repo: acme/pricing, item: T1, attempt: 2}
  replies:
    - text: Second attempt.
- when: {repo: acme/pricing, item: T1}
  replies:
    - text: I read the module first.
      calls:
        - tool: read_file
          input: {path: src/pricing/rules.py}
    - text: Now I write.
- when: {}
  replies:
    - text: Anything else.
"""


@pytest.fixture
def screenplay(tmp_path: Path) -> Screenplay:
    (tmp_path / "execution.yaml").write_text(SCREENPLAY)
    (tmp_path / "planning.json").write_text('[{"replies": [{"text": "I plan."}]}]')
    return Screenplay.from_folder(tmp_path)


@pytest.mark.parametrize(
    ("metadata", "turn", "text"),
    [
        ({"repo": "acme/pricing", "item": "T1", "attempt": "1", "task": "t"}, 0, "I read the module first."),
        ({"repo": "acme/pricing", "item": "T1", "attempt": "1"}, 1, "Now I write."),
        ({"repo": "acme/pricing", "item": "T1", "attempt": "2"}, 0, "Second attempt."),
        ({"repo": "acme/pricing", "item": "T2"}, 0, "Anything else."),
        ({"repo": "acme/pricing", "item": "T1", "attempt": "2"}, 1, THE_END),
    ],
)
def test_the_first_scene_that_matches_gives_the_reply_of_that_turn(
    screenplay: Screenplay, metadata: dict[str, str], turn: int, text: str
) -> None:
    assert screenplay.line({"agent": "execution", **metadata}, turn).text == text


def test_an_agent_reads_only_its_own_scenes(screenplay: Screenplay) -> None:
    assert screenplay.line({"agent": "planning"}, 0).text == "I plan."
    assert screenplay.line({"agent": "cicd"}, 0).text == THE_END
    assert screenplay.line({}, 0).text == THE_END


def test_past_the_end_the_model_stops_without_calling_a_tool(screenplay: Screenplay) -> None:
    said = (Message(role="user", text="Go."), Message(role="assistant", text="I plan."), Message(role="user", text="?"))
    request = ModelRequest(model="scripted", system="", messages=said, metadata={"agent": "planning"})
    reply = ScriptedModel(screenplay).reply(request)
    assert (reply.stop, reply.message.calls, reply.message.text) == (StopReason.END, (), THE_END)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("- when: {item: T1}", "replies"),
        ("- replies: [{say: hello}]", "say"),
        ("- replies: [{calls: [{input: {}}]}]", "tool"),
        ("- replies: [", "broken.yaml"),
    ],
)
def test_a_wrong_screenplay_is_refused_by_file_and_field(tmp_path: Path, text: str, fault: str) -> None:
    (tmp_path / "broken.yaml").write_text(text)
    with pytest.raises(InvalidDocument, match="broken") as raised:
        Screenplay.from_folder(tmp_path)
    assert fault in str(raised.value)
