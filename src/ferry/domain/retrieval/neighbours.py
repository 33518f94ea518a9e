"""What stands near the files that match: tested, imported, changed together, changed for alike reasons."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from ferry.domain.discovery import FileKind
from ferry.domain.retrieval.documents import NAME, names_of
from ferry.domain.retrieval.index import Commit, Index
from ferry.domain.retrieval.query import Query
from ferry.domain.retrieval.segment import key
from ferry.domain.retrieval.signals import Notes, Scores
from ferry.domain.retrieval.tokens import tokens

TOLD = 10
WIDE = 20  # a commit of more files says little of each


def tested(tests: Sequence[tuple[int, float]], index: Index, notes: Notes) -> Scores:
    """The sources that matching tests are named after."""
    scores: Scores = defaultdict(float)
    for number, score in tests:
        stem = names_of(index.files[number].path)[1]
        bare = stem.removeprefix("test_").removesuffix("_test").removesuffix("tests").removesuffix("test")
        found = [n for n, _ in index.found(key(NAME + bare)) if index.files[n].kind is FileKind.SOURCE] if bare else []
        for n in found[:4]:
            scores[n] = max(scores[n], score / len(found))
            notes.said[n].append(f"tested by {index.files[number].path}, which matches")
    return scores


def imported(best: Sequence[tuple[int, float]], index: Index, notes: Notes) -> Scores:
    """What the best files import."""
    scores: Scores = defaultdict(float)
    for number, score in best:
        paths = index.imports_of(number)
        for n in dict.fromkeys(n for path in paths for n in resolve(path, index.files[number].path, index)):
            if n != number:
                scores[n] += score
                notes.said[n].append(f"imported by {index.files[number].path}, which matches")
    return scores


def resolve(module: str, importer: str, index: Index) -> list[int]:
    """Numbers of the files that an import means; those that share most of the path with it, at most two."""
    parts = [part for part in module.casefold().split("/") if part not in ("", ".", "..")]
    if not parts:
        return []
    for end in range(len(parts), max(0, len(parts) - 2), -1):
        stem = parts[end - 1].partition(".")[0] or parts[end - 1]
        context = set(parts[: end - 1]) | set(importer.casefold().split("/")[:-1])
        found = [n for n, _ in index.found(key(NAME + stem)) if index.files[n].kind is FileKind.SOURCE]
        if found:
            shared = {n: len(context.intersection(index.files[n].path.casefold().split("/"))) for n in found}
            most = max(shared.values())
            nearest = [n for n in found if shared[n] == most]
            return nearest if len(nearest) <= 2 else []
    return []


def together(best: Sequence[tuple[int, float]], index: Index, notes: Notes) -> Scores:
    """Files that changed in the commits in which the best ones did."""
    counts: dict[int, Counter[int]] = {number: Counter() for number, _ in best}
    alone: Counter[int] = Counter()
    for files in _changes(index):
        for number in files:
            alone[number] += 1
            if number in counts:
                counts[number].update(files)
    scores: Scores = defaultdict(float)
    for number, score in best:
        for n, times in counts[number].items():
            if n != number:
                scores[n] += score * times / (alone[number] + 2)
                if times > 1:
                    often = f"in {times} of its last {alone[number]} commits"
                    notes.said[n].append(f"changed together with {index.files[number].path} {often}")
    return scores


def alike(query: Query, index: Index, notes: Notes) -> Scores:
    """Files that changed in commits whose subjects share rare words with the ticket's title."""
    subjects = [tokens(commit.subject) for commit in index.history]
    common: Counter[str] = Counter(token for words in subjects for token in words)
    scores: Scores = defaultdict(float)
    closest: dict[int, tuple[float, str]] = {}
    for commit, words in zip(index.history, subjects, strict=True):
        fit = sum(math.log(1 + len(subjects) / common[t]) for t in words if t in query.title)
        files = _numbers(commit, index)
        for n in files if fit and len(files) <= WIDE else ():
            part = fit / math.sqrt((3 + len(words)) * len(files))
            scores[n] += part
            closest[n] = max(closest.get(n, (0.0, "")), (part, commit.subject[:80]))
    for n in sorted(scores, key=lambda n: -scores[n])[:TOLD]:
        notes.said[n].append(f"changed by a commit of like words: “{closest[n][1]}”")
    return scores


def _numbers(commit: Commit, index: Index) -> list[int]:
    return [index.numbers[path] for path in commit.files if path in index.numbers]


def _changes(index: Index) -> Iterable[list[int]]:
    found = (_numbers(commit, index) for commit in index.history)
    return [files for files in found if len(files) <= WIDE]
