"""Why a test is red on the base, as far as it matters: by what it is to show, or by a fault of its own.

The words are those of pytest and CPython, node, jest and vitest, go, javac and rustc.
"""

from __future__ import annotations

import re

from ferry.domain.proof.introduced import Introduced
from ferry.domain.proof.outcome import Outcome, Status
from ferry.domain.proof.paths import is_support

_MODULES = re.compile(
    r"No module named '([\w.]+)'"
    r"|Cannot find (?:module|package) '([^'\n]+)'|Failed to (?:resolve import|load url) \"?([^\"\s]+)"
    r"|package ([\w./-]+) is not in |no required module provides package ([\w./-]+)|package ([\w.]+) does not exist"
    r"|unresolved import `([\w:]+)`|file not found for module `(\w+)`|use of (?:undeclared|unresolved) [\w ]*`(\w+)`"
)
_WORDS = re.compile(
    r"cannot import name '(\w+)'|module '[\w.]+' has no attribute '(\w+)'|name '(\w+)' is not defined"
    r"|does not provide an export named '(\w+)'|ReferenceError: (\w+) is not defined|has no exported member '?(\w+)"
    r"|Property '(\w+)' does not exist on type|Cannot find name '(\w+)'|\b(\w+)\)? is not a (?:function|constructor)"
    r"|undefined: ([\w.]+)|undefined \(type \S+ has no field or method (\w+)|unknown field '?(\w+)"
    r"|arguments in call to ([\w.]+)|symbol: +(?:class|method|variable) (\w+)"
    r"|(?:method|constructor) (\w+) in (?:class|record|interface)"
    r"|cannot find [\w, ]+ `(\w+)`|no [\w ]+ named `(\w+)`|no `(\w+)` in|has no field named `(\w+)`"
)
_SYNTAX = re.compile(
    r"\b(SyntaxError|IndentationError|TabError)\b|Transform failed|PARSE_ERROR|syntax error: |expected ';'"
    r"|illegal start of |class, interface, enum, or record expected|reached end of file while parsing"
    r"|^error: (?:expected|unexpected) ",
    re.MULTILINE,
)
_FRAMES = re.compile(r"^(?:\.{1,2}/)?([^\s:<>]+\.py):\d+: in ", re.MULTILINE)
_DISTANT = re.compile(r"^/|(^|/)(site-packages|node_modules)/")


_ASSERTS = re.compile(r"\bassert|AssertionError|AssertionFailed|expect\(|\bExpected\b|ComparisonFailure|DID NOT RAISE")


def fault_of(outcome: Outcome, introduced: Introduced) -> str:
    """Empty when the red counts; else what is wrong with the test, in words of ours.

    A name that is missing counts when the change brings it, be it a module, a function or an argument: a test written
    first cannot but miss it. All that is missing must be brought.
    """
    text = outcome.text
    if outcome.status is Status.FAILED and _ASSERTS.search(outcome.line):
        return ""
    in_code = raised_in_code(text)
    unready = outcome.status is Status.ERROR and not in_code
    if unready and _SYNTAX.search(text) and not _WORDS.search(text):
        return "the test itself cannot be read (syntax)"
    modules, words = _found(_MODULES, text), _found(_WORDS, text)
    strange = [name for name in modules if not (introduced.module(name) or ("::" in name and introduced.word(name)))]
    strange += [name for name in words if not introduced.word(name)]
    if strange and (unready or not in_code):
        return f"the test needs {', '.join(strange[:3])}, which the change does not bring"
    if unready and not modules and not words:
        return "the test could not be run at all"
    return ""


def brought(outcome: Outcome) -> tuple[str, ...]:
    """What a red test misses by name."""
    return (*_found(_MODULES, outcome.text), *_found(_WORDS, outcome.text))


def raised_in_code(text: str) -> bool:
    """Whether the innermost frame within the repository is in a source file, as pytest's short traces show it."""
    frames = [path for path in _FRAMES.findall(text) if not _DISTANT.search(path)]
    return bool(frames) and not is_support(frames[-1])


def _found(pattern: re.Pattern[str], text: str) -> tuple[str, ...]:
    names = ("".join(groups) for groups in pattern.findall(text))
    return tuple(dict.fromkeys(name for name in names if name))
