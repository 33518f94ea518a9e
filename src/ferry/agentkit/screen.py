"""What stands between untrusted text and a model, both ways: secrets are masked, what looks like an instruction is
noted for people, and a guardrail looks where one is configured. The gates hold without it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ferry.agentkit.messages import Message, Note, ToolCall, ToolResult
from ferry.agentkit.text import NOTE, cut
from ferry.agentkit.tool import Refused
from ferry.domain import secret
from ferry.domain.document import digest
from ferry.domain.errors import GuardrailBlocked
from ferry.domain.messages.screened import BLOCKED, MASKED, REFUSED, SUSPICIOUS
from ferry.domain.suspicion import LOOKS, suspicions
from ferry.ports import Guardrail, TaskStore

_BLOCK = re.compile(r'<untrusted kind="([a-z0-9_-]+)">\n(.*?)\n</untrusted>', re.S)
# Kinds whose first line says where the text is from.
_NAMED = frozenset({"conventions"})

Tell = Callable[[str, str], object]


def teller(store: TaskStore, task_id: str) -> Tell:
    """Into the task's timeline, each thing once however often it is read."""
    return lambda kind, detail: store.add_event(task_id, kind, detail, once=digest([kind, detail]))


@dataclass
class Screen:
    """Of one conversation. tell: writes kind and detail where people read them, the same only once."""

    tell: Tell
    guardrail: Guardrail | None = None
    _places: dict[str, str] = field(default_factory=dict)
    _passed: set[tuple[bool, str]] = field(default_factory=set)

    def incoming(self, message: Message) -> Message:
        """A user turn as the model may see it. GuardrailBlocked, VendorUnavailable, VendorRefused."""
        texts = {"shared": self._screened(message.shared), "text": self._screened(message.text)}
        return message.model_copy(update={**texts, "results": tuple(map(self._result, message.results))})

    def outgoing(self, message: Message) -> Message:
        """An assistant turn as it is kept; its calls are looked at one by one when they are made."""
        self._places.update({call.id: _place(call) for call in message.calls})
        said = "\n".join([message.text, *(_words(call.input or {}) for call in message.calls)]).strip()
        if why := self._objections(said, output=True):
            self.tell(BLOCKED, f"the model's answer: {why}")
            raise GuardrailBlocked(
                f"the guardrail stopped the model's answer ({why}); a person must look at the ticket"
            )
        return message.model_copy(update={"text": secret.masked(message.text)[0]})

    def call(self, call: ToolCall) -> None:
        """Refused when the call would carry a secret anywhere."""
        if kinds := secret.kinds(_words(call.input or {})):
            raise Refused(f"the arguments hold what looks like a secret ({', '.join(kinds)}); leave it out")

    def refused(self, call: ToolCall, why: str) -> Note:
        """Told to people, and to be remembered by the model."""
        self.tell(REFUSED, secret.masked(f"{_place(call)}: {why}")[0])
        return Note(kind="refusal", about=_place(call), text=cut(why, NOTE))

    def _result(self, result: ToolResult) -> ToolResult:
        place = self._places.get(result.id, "a tool")
        try:
            return result.model_copy(
                update={"text": self._screened(result.text, place), "notes": _masked(result.notes)}
            )
        except GuardrailBlocked as error:
            return result.model_copy(update={"text": f"withheld: {error}", "failed": True, "notes": ()})

    def _screened(self, text: str, place: str = "") -> str:
        for kind, inside in _BLOCK.findall(text):
            self._look(inside, place or (inside.partition("\n")[0] if kind in _NAMED else f"the {kind}"))
        clean, kinds = secret.masked(text)
        if kinds:
            self.tell(MASKED, f"{place or 'the prompt'}: {', '.join(kinds)}")
        return clean

    def _look(self, text: str, place: str) -> None:
        for one in suspicions(text):
            self.tell(SUSPICIOUS, secret.masked(f"{place} {LOOKS} ({one.form}): “{one.excerpt}”")[0])
        if why := self._objections(text.strip(), output=False):
            self.tell(BLOCKED, f"{place}: {why}")
            raise GuardrailBlocked(f"the guardrail stopped {place} ({why}); a person must look at it")

    def _objections(self, text: str, *, output: bool) -> str:
        """Of the guardrail, which is paid for by the character: what it let pass is not read to it again."""
        known = (output, digest(text))
        if self.guardrail is None or not text or known in self._passed:
            return ""
        why = self.guardrail.objections(text, output=output)
        if not why:
            self._passed.add(known)
        return why


def _masked(notes: tuple[Note, ...]) -> tuple[Note, ...]:
    parts = ((note, secret.masked(note.about)[0], secret.masked(note.text)[0]) for note in notes)
    return tuple(note.model_copy(update={"about": about, "text": text}) for note, about, text in parts)


def _place(call: ToolCall) -> str:
    """``read_file README.md``: where the text is from, for a person."""
    given = call.input or {}
    where = [str(given[name])[:120] for name in ("repo", "path", "command", "prefix") if given.get(name)]
    return " ".join([call.name[:60], *where])


def _words(given: Mapping[str, object]) -> str:
    """All text of the arguments, as it is and not as JSON escapes it."""
    text = [given]
    found: list[str] = []
    while text:
        one: object = text.pop()
        if isinstance(one, str):
            found.append(one)
        elif isinstance(one, Mapping):
            text += [*one.keys(), *one.values()]
        elif isinstance(one, list | tuple):
            text += one
    return "\n".join(reversed(found))
