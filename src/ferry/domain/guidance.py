"""What people said about where a ticket belongs: the second source, beside discovery, of where a plan may write.

It is read from the audit chain of the task's gate, which no agent can write.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ferry.domain.audit import AuditRecord
from ferry.domain.discovery import Discovery, Level, RankedRepository
from ferry.domain.errors import PlanUnsound
from ferry.domain.inquiry import Answer, Inquiry

CHOSEN, ADDED = "repository chosen", "repository added"


@dataclass(frozen=True)
class Word:
    """One repository that a person named. kind: CHOSEN or ADDED; by: the person's key."""

    kind: str
    repo: str
    by: str

    @property
    def evidence(self) -> str:
        return f"{self.kind.rpartition(' ')[2]} by {self.by}"


def inquired(inquiry: Inquiry) -> tuple[str, dict[str, str]]:
    """The audit record of an inquiry: its kind and its facts."""
    about = {"inquiry": inquiry.id, "candidates": ", ".join(inquiry.candidates), "expires": inquiry.expires_at}
    return "inquired", about


def settled(inquiry: Inquiry) -> tuple[str, dict[str, str]]:
    """As `inquired`, of its answer."""
    kind = CHOSEN if inquiry.answer is Answer.CHOSEN else f"inquiry {inquiry.answer}"
    return kind, {"inquiry": inquiry.id, "repo": inquiry.repo, "by": inquiry.answered_by}


def words(records: Iterable[AuditRecord]) -> tuple[Word, ...]:
    """Oldest first."""
    said = (record for record in records if record.kind in (CHOSEN, ADDED))
    return tuple(Word(record.kind, record.about["repo"], record.about["by"]) for record in said)


def guided(found: Discovery, said: Sequence[Word]) -> Discovery:
    """`found` with all that people named, and who said so as evidence; what was chosen last comes first."""
    ranked = list(found.repositories)
    approach, confidence = found.approach, found.confidence
    for word in said:
        known = next((repo for repo in ranked if repo.name == word.repo), _unranked(word))
        others = [repo for repo in ranked if repo.name != word.repo]
        named = known.model_copy(update={"evidence": _with(word.evidence, known.evidence)})
        if word.kind == ADDED:
            place = ranked.index(known) if known in ranked else len(ranked)
            ranked = [*others[:place], named, *others[place:]]
            continue
        if ranked[0].name != word.repo:
            approach = f"Begin in {word.repo}: it was {word.evidence}."
        ranked, confidence = [named.model_copy(update={"relevance": 1.0}), *others], 1.0
    return found.model_copy(update={"repositories": tuple(ranked), "approach": approach, "confidence": confidence})


def named_alone(said: Sequence[Word]) -> Discovery:
    """Of people's words alone, where no repository has a word of the ticket. said: at least one."""
    first = Discovery(
        repositories=(_unranked(said[0]),),
        complexity=Level.HIGH,
        approach=f"Begin in {said[0].repo}: it was {said[0].evidence}; nothing of it is read yet.",
        confidence=1.0,
    )
    return guided(first, said)


def check_scope(repositories: Iterable[str], found: Discovery | None, said: Sequence[Word]) -> None:
    """PlanUnsound for a repository that neither discovery ranked nor a person named. found: None for no discovery."""
    ranked = {repo.name for repo in found.repositories} if found else set()
    if strange := set(repositories) - ranked - {word.repo for word in said}:
        raise PlanUnsound(
            f"{', '.join(sorted(strange))}: neither ranked by discovery nor added by a person; `/agent add` adds one, "
            "then plan again"
        )


def _unranked(word: Word) -> RankedRepository:
    return RankedRepository(name=word.repo, relevance=1.0, reason="A person named it", evidence=(), files=())


def _with(line: str, evidence: tuple[str, ...]) -> tuple[str, ...]:
    return evidence if line in evidence else (line, *evidence)
