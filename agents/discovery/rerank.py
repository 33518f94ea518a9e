"""A model reads the best files once and orders them; an order that is not of exactly these files is set aside."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

from pydantic import Field

from agents.discovery.snippet import snippet
from ferry.agentkit.loop import AgentRun, converse
from ferry.agentkit.prompt import Prompt, render
from ferry.agentkit.text import cut
from ferry.agentkit.tool import ToolInput
from ferry.agentkit.trees import Trees
from ferry.agentkit.untrusted import block
from ferry.domain.discovery import Discovery
from ferry.domain.errors import FerryError, NobodyWaits
from ferry.domain.rerank import Place, is_permutation, reordered, top_files
from ferry.domain.retrieval.tokens import tokens
from ferry.domain.ticket import Ticket

PROMPT = Path(__file__).with_name("prompt.md")
CHARACTERS_PER_TOKEN = 4
TICKET_TOKENS, FILES_TOKENS, EVIDENCE_TOKENS = 3_000, 10_000, 1_000
ANSWER_TOKENS = 1_500


class Reranked(ToolInput):
    """Hand in the same files in the order in which they matter for the ticket."""

    order: tuple[int, ...] = Field(description="The numbers of all files, each exactly once, best first.")
    changed: int = Field(ge=0, description="How many of the first files have to change; 0 when none has to.")
    approach: str = Field(min_length=1, max_length=2000, description="How to go about it, in two or three sentences.")


def rerank(ticket: Ticket, found: Discovery, files: Trees, run: AgentRun) -> tuple[Discovery, str]:
    """`found` in the model's order, or as it is and why: one call, and nothing is asked for twice.

    NobodyWaits, and what reading the files may raise.
    """
    places = top_files(found)
    prompt = prompt_for(ticket, found, places, files)
    once = replace(run, budget=replace(run.budget, steps=1), max_tokens=ANSWER_TOKENS)
    try:
        answer = converse(once, system=prompt.system, prompt=prompt.user, tools=(), result=Reranked)
    except NobodyWaits:
        raise
    except FerryError as error:
        return found, f"{type(error).__name__}: {error}"
    if not is_permutation(answer.order, len(places)):
        return found, f"its order is no permutation of the {len(places)} files that it was given"
    better = reordered(found, places, answer.order, answer.changed)
    return better.model_copy(update={"approach": answer.approach}), ""


def prompt_for(ticket: Ticket, found: Discovery, places: Sequence[Place], files: Trees) -> Prompt:
    """Within its budget of tokens, whatever the ticket and the files are like."""
    text = f"{ticket.key}: {ticket.title}\n\n{ticket.text}"
    words = tokens(f"{ticket.title} {ticket.text}").keys()
    room = FILES_TOKENS * CHARACTERS_PER_TOKEN // max(len(places), 1)
    shown = [_shown(number, place, files, words, room) for number, place in enumerate(places, 1)]
    evidence = "\n".join(f"{repo.name}: {line}" for repo in found.repositories for line in repo.evidence)
    needs = "\n".join(f"{edge.from_} needs {edge.to}: {edge.description}" for edge in found.dependencies)
    return render(
        PROMPT,
        count=str(len(places)),
        ticket=block("ticket", cut(text, TICKET_TOKENS * CHARACTERS_PER_TOKEN)),
        files=block("files", "\n\n".join(shown)),
        evidence=block("evidence", cut(f"{evidence}\n{needs}".strip(), EVIDENCE_TOKENS * CHARACTERS_PER_TOKEN)),
    )


def _shown(number: int, place: Place, files: Trees, words: Collection[str], room: int) -> str:
    path = files.root(place.repo) / place.file.path
    text = path.read_bytes().decode("utf-8", errors="replace") if path.is_file() and not path.is_symlink() else ""
    head = f"[{number}] {place.repo} {place.file.path} ({place.file.kind})\n"
    return head + snippet(text, words, max(room - len(head), 0))
