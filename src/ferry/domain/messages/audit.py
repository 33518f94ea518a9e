"""The audit chain in words, one line per record."""

from __future__ import annotations

from ferry.domain.audit import AuditRecord

# What a reader wants first of each kind; whatever else a record tells follows by name.
_SAID = {
    "asked": "people were asked about plan {plan}, opening {opening}: request {request}, digest {digest:.12}",
    "vote": "{by} said yes to request {request}",
    "decided": "{by} decided on request {request}, plan {plan}: {decision}",
    "entered": "execution began under request {request}, digest {digest:.12}",
    "reopened": "the gate opened again after request {request}, because {because}",
    "inquired": "people were asked which repository is meant: inquiry {inquiry}, candidates {candidates}",
    "repository chosen": "{by} chose the repository {repo}",
    "repository added": "{by} added the repository {repo}",
    "inquiry none": "{by} said that it is none of the candidates",
    "inquiry expired": "nobody said which repository is meant",
    "lesson added": "{by} taught lesson {lesson}",
    "lesson edited": "{by} edited lesson {lesson}",
    "lesson forgotten": "{by} let lesson {lesson} be forgotten",
    "lesson accepted": "{by} accepted lesson {lesson}, which looked like an instruction to an AI",
    "inquiry replaced": "the question which repository is meant was closed, to be asked anew",
}


def audit_line(record: AuditRecord) -> str:
    """E.g. ``  2  2026-11-21T12:00:00.000+00:00  slack:U1 decided on request a1, plan 1: approved``."""
    facts = {name: value for name, value in record.about.items() if value}
    said, told = _SAID.get(record.kind, ""), record.about
    try:
        first = said.format(**told) if said else record.kind
    except KeyError:
        said, first = "", record.kind
    rest = [f"{name} {value}" for name, value in facts.items() if not said or f"{{{name}" not in said]
    return f"{record.number:>3}  {record.at}  {first}" + (f" ({', '.join(rest)})" if rest else "")
