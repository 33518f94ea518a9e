"""The pages of issues for a browser."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    Json = dict[str, Any]

STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color:#2b2233}
h1{line-height:1.2;font-size:1.5rem}h2,dt,time,.dim{color:#6f617c}h2{font-size:1.1rem;margin-top:2rem}
.level{border-radius:3px;padding:.1rem .5rem;background:#f9dadd;color:#b3202c}
article{border-top:1px solid #e0dce5;padding:.5rem 0}
dl{display:grid;grid-template-columns:8rem 1fr;gap:.2rem 1rem}dd{margin:0}
pre{background:#f6f4f8;padding:.6rem;overflow:auto}ol{padding-left:0;list-style:none}
"""


def issues_page(organization: str, issues: Sequence[Json]) -> str:
    rows = "".join(
        f'<li><span class="level">{escape(issue["level"])}</span> {_link(organization, issue)} '
        f'<span class="dim">{_events(issue)}</span></li>'
        for issue in reversed(issues)
    )
    return _page("Issues", f"<h1>Issues</h1>{f'<ol>{rows}</ol>' if rows else '<p>No errors yet</p>'}")


def issue_page(issue: Json) -> str:
    latest = issue["events"][-1]
    facts = {
        "Where": issue["culprit"] or "unknown",
        "Seen": _events(issue),
        "First, last": f"{_moment(issue['first'])}, {_moment(issue['last'])}",
        "Environment": latest["environment"],
        "Release": latest["release"] or "unknown",
    }
    listed = "".join(f"<dt>{name}</dt><dd>{escape(str(value))}</dd>" for name, value in facts.items())
    trace = "\n".join(map(_frame, latest["frames"])) or "No stack trace"
    comments = "".join(map(_comment, issue.get("comments", ()))) or "<p>No comments yet</p>"
    return _page(
        issue["title"],
        f'<p><a href="/">Issues</a></p><h1><span class="level">{escape(issue["level"])}</span> {escape(issue["title"])}'
        f"</h1><dl>{listed}</dl><h2>Latest event</h2><pre>{escape(trace)}</pre><h2>Comments</h2>{comments}",
    )


def _link(organization: str, issue: Json) -> str:
    return f'<a href="/organizations/{escape(organization)}/issues/{escape(issue["id"])}/">{escape(issue["title"])}</a>'


def _events(issue: Json) -> str:
    number = len(issue["events"])
    return f"{number} event{'' if number == 1 else 's'}"


def _frame(frame: Json) -> str:
    return f"{frame.get('filename')}:{frame.get('lineno')} in {frame.get('function')}\n{frame.get('context_line', '')}"


def _comment(comment: Json) -> str:
    text = re.sub(r"https?://[^\s<]+", r'<a href="\g<0>">\g<0></a>', escape(comment["data"]["text"]))
    return f"<article><time>{_moment(comment['dateCreated'])}</time><br>{text}</article>"


def _moment(at: str) -> str:
    return f"{at[:10]} {at[11:19]} UTC"


def _page(title: str, body: str) -> str:
    head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    style = f"<title>{escape(title)}</title><style>{STYLE}</style>"
    return f'<!doctype html><html lang="en"><head>{head}{style}</head><body>{body}</body></html>'
