"""Measures a change for its proof: its tests without it and with it, and the whole suite on both sides."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ferry.agentkit.suite import Suite, Verdict
from ferry.domain.errors import WorkNotDone
from ferry.domain.proof import Measured, Proof, Status, judge
from ferry.domain.proof.introduced import Introduced
from ferry.domain.proof.outcome import file_of, name_of
from ferry.domain.proof.paths import is_support, is_test
from ferry.ports import CommandResult

Texts = Mapping[str, tuple[str | None, str | None]]


class Trees(Protocol):
    """A change as trees that may be spoilt: each time it is asked for, a fresh copy whose folder `name` is the
    repository. What is given is the folder around it."""

    @property
    def name(self) -> str: ...

    @property
    def texts(self) -> Texts:
        """Each changed file by path, before and after; None where there is none, "" for what is no text."""

    @property
    def renamed(self) -> Mapping[str, str]:
        """Path before → after."""

    def base(self) -> AbstractContextManager[Path]: ...

    def mixed(self, tests: Collection[str]) -> AbstractContextManager[Path]:
        """The base, but the files `tests` as they are with the change."""

    def head(self) -> AbstractContextManager[Path]: ...


@dataclass(frozen=True)
class Evidence:
    """A proof, and what the runners printed: of the new tests without the change, and of the suite with it.

    ran: whether a runner told of any test at all, on whichever side.
    """

    proof: Proof
    before: Verdict
    head: Verdict
    ran: bool

    @property
    def output(self) -> str:
        """Of the run that says most about why it is not proved."""
        return self.head.result.output if self.before.red else self.before.result.output


def prove(trees: Trees, suite: Suite, required: Collection[str] = (), plan: str = "") -> Evidence:
    """required: test files each of which must prove something; plan: its text. WorkNotDone without a way to run tests.

    The new tests run twice on each side, so that a result that is luck is seen; so do files that seem to lose tests.
    """
    tests = _tests(trees.texts, required)
    support = [path for path, (_, after) in trees.texts.items() if after is not None and is_support(path)]
    mixed = sorted({*tests, *support})
    with trees.head() as root:
        head = suite.run(root, root / trees.name)
    before, before_again = (_before(trees, suite, tests, mixed) for _ in range(2))
    base = _base(trees, suite)
    with trees.head() as root:
        again = suite.run(root, root / trees.name, sorted({*tests, *_doubtful(base, head)}), canary=True)
    blunt = [file_of(id) for id in before.results if file_of(id) in before.by_exit_code]
    measured = Measured(
        base=base.results,
        before=before.results,
        head=head.results,
        before_again=before_again.results,
        head_again=again.results,
        introduced=Introduced.by(trees.texts),
        files=frozenset({*tests, *blunt}),
        required=frozenset() if blunt else frozenset(required),
        renamed=trees.renamed,
        plan=plan,
        by_exit_code=head.by_exit_code,
        trouble=_trouble(base, before, head, again) if mixed else "",
    )
    return Evidence(judge(measured), before, head, ran=bool(base.results or before.results or head.results))


def _tests(texts: Texts, required: Collection[str]) -> list[str]:
    new = (path for path, (before, after) in texts.items() if after is not None and before != after)
    return sorted(path for path in new if is_test(path) or path in required)


def _before(trees: Trees, suite: Suite, tests: Collection[str], mixed: Collection[str]) -> Verdict:
    if not mixed:
        return Verdict(CommandResult(0, "", 0))
    with trees.mixed(mixed) as root:
        return suite.run(root, root / trees.name, sorted(tests))


def _base(trees: Trees, suite: Suite) -> Verdict:
    """A base without any tests has none to lose."""
    with trees.base() as root:
        try:
            return suite.run(root, root / trees.name)
        except WorkNotDone:
            return Verdict(CommandResult(0, "", 0))


def _doubtful(base: Verdict, head: Verdict) -> set[str]:
    """Files of tests that passed and pass no more, as long as they are there."""
    lost = (id for id, outcome in base.results.items() if outcome.status is Status.PASSED and name_of(id))
    now = {id for id, outcome in head.results.items() if outcome.status is Status.PASSED}
    there = {file_of(id) for id in head.results}
    return {file_of(id) for id in lost if id not in now and file_of(id) in there}


def _trouble(base: Verdict, before: Verdict, head: Verdict, again: Verdict) -> str:
    """What ends badly on both sides in the same way, with results all the same, is not the change's doing."""
    if before.trouble:
        return f"without the change, {before.trouble}"
    if base.trouble and not base.results:
        return f"what passed before cannot be told: {base.trouble}"
    if head.trouble and not (head.results and head.trouble == base.trouble):
        return f"with the change, {head.trouble}"
    return f"with the change, {again.trouble}" if again.trouble and again.trouble != head.trouble else ""
