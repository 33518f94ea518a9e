"""The part of JQL that Ferry needs: fields compared with values, AND, ORDER BY. Anything else is refused by name.

Fields: project, key (issuekey, issue, id), labels, status, summary (~), created, updated. Operators: = != in, not in,
>, >=, <, <=, ~. Language: https://support.atlassian.com/jira-software-cloud/docs/what-is-advanced-search-in-jira-cloud/
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.standins.jira.store import Issue

    Test = Callable[[Issue], bool]

_TOKEN = re.compile(r"""\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([<>!]=|[=<>~(),])|([^\s=<>!~(),"']+))""")
_AGE = re.compile(r"-(\d+)([wdhm])")
_UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes"}
_ALIASES = {"issuekey": "key", "issue": "key", "id": "key", "label": "labels"}
_FIELDS = ("project", "key", "labels", "status", "summary", "created", "updated")


class JqlError(ValueError):
    """The query is wrong, unbounded, or beyond this stand-in; the text is for the caller."""


def search(jql: str, issues: list[Issue]) -> list[Issue]:
    """The issues that match, in the order asked for (newest first by default). JqlError says what is wrong."""
    where, _, order = re.sub(r"\border\s+by\b", "\0", jql, flags=re.I).partition("\0")
    tokens = _tokens(where)
    if not tokens:
        raise JqlError("Unbounded JQL queries are not allowed here. Please add a search restriction to your query.")
    tests = [_clause(clause) for clause in _split(tokens)]
    found = [issue for issue in issues if all(test(issue) for test in tests)]
    for name, descending in reversed(_order(order)):
        found.sort(key=lambda issue: _sort_key(issue, name), reverse=descending)
    return found


def _tokens(text: str) -> list[str]:
    tokens, at = [], 0
    text = text.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if not match:
            raise JqlError(f"Error in the JQL Query: unexpected character at position {at + 1}.")
        double, single, operator, word = match.groups()
        quoted = double if double is not None else single
        tokens.append(operator or word or re.sub(r"\\(.)", r"\1", quoted or ""))
        at = match.end()
    return tokens


def _split(tokens: list[str]) -> list[list[str]]:
    clauses: list[list[str]] = [[]]
    for token in tokens:
        if token.lower() == "or":
            raise JqlError("This stand-in knows AND only, not OR.")
        if token.lower() == "and":
            clauses.append([])
        else:
            clauses[-1].append(token)
    return clauses


def _clause(tokens: list[str]) -> Test:
    if len(tokens) < 3:
        raise JqlError(f"Error in the JQL Query: '{' '.join(tokens)}' is not a comparison.")
    name = _field(tokens[0])
    operator, values = tokens[1].lower(), tokens[2:]
    if operator == "not":
        operator, values = f"not {tokens[2].lower()}", tokens[3:]
    if operator in ("in", "not in"):
        wanted = [value.lower() for value in values if value not in "(),"]
        return _membership(name, wanted, operator == "in")
    if len(values) != 1:
        raise JqlError(f"Error in the JQL Query: expecting one value after '{operator}'.")
    if name in ("created", "updated"):
        return _time_test(name, operator, values[0])
    if operator in ("=", "!="):
        return _membership(name, [values[0].lower()], operator == "=")
    if operator == "~" and name == "summary":
        return lambda issue: values[0].lower().strip("*") in issue.summary.lower()
    raise JqlError(f"The operator '{operator}' is not supported by the '{name}' field.")


def _field(word: str) -> str:
    name = _ALIASES.get(word.lower(), word.lower())
    if name not in _FIELDS:
        raise JqlError(f"Field '{word}' does not exist or you do not have permission to view it.")
    return name


def _values(issue: Issue, name: str) -> list[str]:
    match name:
        case "project":
            return [issue.key.rpartition("-")[0].lower()]
        case "key":
            return [issue.key.lower(), issue.id]
        case "labels":
            return [label.lower() for label in issue.labels]
    return [str(getattr(issue, name)).lower()]


def _membership(name: str, wanted: list[str], positive: bool) -> Test:
    return lambda issue: any(value in wanted for value in _values(issue, name)) is positive


def _time_test(name: str, operator: str, text: str) -> Test:
    limit = _time(text)
    tests: dict[str, Callable[[datetime], bool]] = {
        ">=": lambda at: at >= limit,
        ">": lambda at: at > limit,
        "<=": lambda at: at <= limit,
        "<": lambda at: at < limit,
    }
    if operator not in tests:
        raise JqlError(f"The operator '{operator}' is not supported by the '{name}' field.")
    return lambda issue: tests[operator](datetime.strptime(getattr(issue, name), "%Y-%m-%dT%H:%M:%S.%f%z"))


def _time(text: str) -> datetime:
    if age := _AGE.fullmatch(text):
        return datetime.now(UTC) - timedelta(**{_UNITS[age[2]]: int(age[1])})
    for form in ("%Y-%m-%d", "%Y-%m-%d %H:%M"):
        try:
            return datetime.strptime(text.replace("/", "-"), form).replace(tzinfo=UTC)
        except ValueError:
            continue
    raise JqlError(f"Date value '{text}' is invalid. Valid formats include: 'yyyy-MM-dd', 'yyyy/MM/dd HH:mm', '-7d'.")


def _order(text: str) -> list[tuple[str, bool]]:
    if not text.strip():
        return [("created", True)]
    terms = [term.split() for term in text.split(",")]
    return [(_field(term[0]), len(term) > 1 and term[1].lower() == "desc") for term in terms if term]


def _sort_key(issue: Issue, name: str) -> tuple[str, int]:
    number = int(issue.key.rpartition("-")[2])
    return ("", number) if name in ("key", "created") else (" ".join(_values(issue, name)), number)
