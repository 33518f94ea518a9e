"""JUnit XML, read event by event: no document type, so no entity can be declared, and bounded in size and depth.

There is no one schema; https://github.com/testmoapp/junitxml describes what runners agree on.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.parsers import expat

from ferry.agentkit.runners.runner import LONGEST, Unreadable, excerpt
from ferry.domain.proof.outcome import Outcome, Status

DEEPEST, MOST = 100, 200_000
_STATUS = {"failure": Status.FAILED, "error": Status.ERROR, "skipped": Status.SKIPPED}


@dataclass
class Case:
    """suites: names of the suites around it, outermost first; file: "" when the runner does not say."""

    suites: tuple[str, ...]
    classname: str
    name: str
    file: str
    status: Status = Status.PASSED
    text: str = ""

    @property
    def outcome(self) -> Outcome:
        return Outcome(self.status, excerpt(self.text))


def read_cases(text: str) -> list[Case]:
    """Unreadable for what is no well-formed XML, has a document type or is out of bounds."""
    reader = _Reader()
    try:
        reader.parse(text)
    except expat.ExpatError as error:
        raise Unreadable(f"its report is no XML ({error})") from error
    return reader.cases


@dataclass
class _Reader:
    cases: list[Case] = field(default_factory=list)
    _path: list[str] = field(default_factory=list)
    _suites: list[str] = field(default_factory=list)
    _listens: bool = False

    def parse(self, text: str) -> None:
        parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._refuse
        parser.EntityDeclHandler = self._refuse
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._data
        parser.Parse(text.encode("utf-8", "replace"), True)

    def _refuse(self, *_: object) -> None:
        raise Unreadable("its report declares a document type, which no runner does")

    def _start(self, tag: str, given: dict[str, str]) -> None:
        self._path.append(tag)
        if len(self._path) > DEEPEST or len(self.cases) > MOST:
            raise Unreadable(f"its report has more than {MOST} tests or is nested deeper than {DEEPEST}")
        if tag == "testsuite":
            self._suites.append(given.get("name", ""))
        elif tag == "testcase":
            case = Case(tuple(self._suites), given.get("classname", ""), given.get("name", ""), given.get("file", ""))
            self.cases.append(case)
        elif tag in _STATUS and self._path[-2:-1] == ["testcase"]:
            self._verdict(self.cases[-1], _STATUS[tag], given)

    def _verdict(self, case: Case, status: Status, given: dict[str, str]) -> None:
        """Of several the first red one counts: a failure, and then an error while tidying up."""
        self._listens = case.status in (Status.PASSED, Status.SKIPPED)
        if self._listens:
            case.status = status
            case.text = f"{given.get('message', '')}\n"

    def _end(self, tag: str) -> None:
        self._path.pop()
        if tag == "testsuite":
            self._suites.pop()
        self._listens = self._listens and tag not in _STATUS

    def _data(self, data: str) -> None:
        if self._listens and len(case := self.cases[-1].text) < 4 * LONGEST:
            self.cases[-1].text = case + data[: 4 * LONGEST]
