"""`Chat` in memory; it passes the same suite as the Slack adapter."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ferry.domain.errors import FerryError, NotFound, VendorRefused
from tests.fakes.meeting import Meeting


@dataclass
class FakeMessage:
    text: str
    blocks: list[Mapping[str, Any]]
    thread: str = ""


@dataclass
class FakeChat(Meeting):
    """users: who is in the channel (everybody, when empty); failure: raised instead of doing anything; files: (thread,
    name, text); triggers: those that open a form, each once."""

    users: Collection[str] = ()
    failure: FerryError | None = None
    messages: dict[str, FakeMessage] = field(default_factory=dict)
    files: list[tuple[str, str, str]] = field(default_factory=list)
    forms: list[Mapping[str, Any]] = field(default_factory=list)
    triggers: set[str] = field(default_factory=set)
    whispers: list[tuple[str, str]] = field(default_factory=list)
    whispered_blocks: list[list[Mapping[str, Any]]] = field(default_factory=list)

    def post(self, text: str, blocks: Sequence[Mapping[str, Any]], *, thread: str = "") -> str:
        self._meet("post", text, blocks, thread=thread)
        self._fail()
        ref = f"C0FAKE:{len(self.messages) + 1}"
        self.messages[ref] = FakeMessage(text, list(blocks), thread)
        return ref

    def update(self, ref: str, text: str, blocks: Sequence[Mapping[str, Any]]) -> None:
        self._meet("update", ref, text, blocks)
        self._fail()
        if ref not in self.messages:
            raise NotFound(f"{ref}: no such message")
        self.messages[ref].text, self.messages[ref].blocks = text, list(blocks)

    def attach(self, thread: str, name: str, text: str) -> None:
        self._meet("attach", thread, name, text)
        self._fail()
        self.files.append((thread, name, text))

    def link(self, ref: str) -> str:
        self._fail()
        if ref not in self.messages:
            raise NotFound(f"{ref}: no such message")
        return f"https://slack.test/{ref.replace(':', '/')}"

    def open_form(self, trigger: str, form: Mapping[str, Any]) -> bool:
        self._fail()
        if trigger not in self.triggers:
            return False
        self.triggers.remove(trigger)
        self.forms.append(form)
        return True

    def whisper(self, user: str, text: str, *, channel: str = "", blocks: Sequence[Mapping[str, Any]] = ()) -> None:
        self._fail()
        if self.users and user not in self.users:
            raise VendorRefused(f"{user} is not in the channel")
        self.whispers.append((user, text))
        self.whispered_blocks.append(list(blocks))

    def _fail(self) -> None:
        if self.failure:
            raise self.failure
