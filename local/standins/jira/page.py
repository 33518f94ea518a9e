"""The page of an issue for a browser."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from local.standins.jira.adf import safe_href, to_html

if TYPE_CHECKING:
    from local.standins.jira.store import Comment, Issue

STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color:#172b4d}
h1{line-height:1.2}header,h2,time{color:#5e6c84}.label,.status{border-radius:3px;padding:.1rem .5rem;margin-right:.4rem}
.label{background:#dfe1e6}.status{background:#deebff;color:#0747a6}article{border-top:1px solid #dfe1e6;padding:.5rem 0}
pre,code{background:#f4f5f7;padding:.1rem .3rem}pre{overflow:auto;padding:.6rem}
"""


def issue_page(issue: Issue) -> str:
    labels = "".join(f'<span class="label">{escape(label)}</span>' for label in issue.labels)
    description = to_html(issue.description) if issue.description else "<p>No description</p>"
    comments = "".join(map(_comment, issue.comments)) or "<p>No comments yet</p>"
    links = "".join(_link(link["object"]) for link in issue.links)
    return _page(
        f"[{issue.key}] {issue.summary}",
        f"<header>{escape(issue.issue_type)} · {escape(issue.key)}</header><h1>{escape(issue.summary)}</h1>"
        f'<p><span class="status">{escape(issue.status)}</span>{labels}</p>'
        f"<h2>Description</h2>{description}"
        + (f"<h2>Links</h2><ul>{links}</ul>" if links else "")
        + f"<h2>Comments</h2>{comments}",
    )


def list_page(issues: list[Issue]) -> str:
    rows = "".join(
        f'<li><a href="/browse/{escape(issue.key)}">{escape(issue.key)}</a> {escape(issue.summary)} '
        f'<span class="status">{escape(issue.status)}</span></li>'
        for issue in issues
    )
    return _page("Issues", f"<h1>Issues</h1><ul>{rows}</ul>" if rows else "<h1>Issues</h1><p>None yet</p>")


def _comment(comment: Comment) -> str:
    name = escape(comment.author.partition("@")[0])
    return f"<article><b>{name}</b> <time>{_moment(comment.created)}</time>{to_html(comment.body)}</article>"


def _moment(at: str) -> str:
    """Jira's ``2026-11-21T13:07:00.430+0000``; the stand-in's are all in UTC."""
    return escape(f"{at[:10]} {at[11:19]} UTC")


def _link(target: dict[str, str]) -> str:
    return f'<li><a href="{escape(safe_href(target["url"]))}">{escape(target["title"])}</a></li>'


def _page(title: str, body: str) -> str:
    head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    style = f"<title>{escape(title)}</title><style>{STYLE}</style>"
    return f'<!doctype html><html lang="en"><head>{head}{style}</head><body>{body}</body></html>'
