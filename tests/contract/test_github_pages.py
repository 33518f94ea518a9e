"""The stand-in shows Markdown as GitHub does, and nobody's text becomes a tag."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.standins.github.markdown import to_html

HARMLESS = [
    "a",
    "b",
    "p",
    "ul",
    "ol",
    "li",
    "h3",
    "table",
    "tr",
    "td",
    "th",
    "code",
    "pre",
    "br",
    "blockquote",
    "details",
    "summary",
    "sub",
]


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("**Risk:** low", "<p><b>Risk:</b> low</p>"),
        ("- `a<b>`: c\n- d", "<ul><li><code>a&lt;b&gt;</code>: c</li><li>d</li></ul>"),
        ("1. [a/b#1](http://x/1) ← this", '<ol><li><a href="http://x/1">a/b#1</a> ← this</li></ol>'),
        ("### Proof", "<h3>Proof</h3>"),
        ("| a | b |\n| --- | --- |\n| 1\\|2 | `c` |", "<table><tr><th>a</th><th>b</th></tr>"
         "<tr><td>1|2</td><td><code>c</code></td></tr></table>"),
        ("<details><summary>Plan</summary>", "<details><summary>Plan</summary>"),
        ("<sub>Task</sub>", "<p><sub>Task</sub></p>"),
        ("text\n\n<!-- ferry -->", "<p>text</p>"),
        ("```\n<b>\n```", "<pre>&lt;b&gt;</pre>"),
        ("&lt;img>", "<p>&lt;img&gt;</p>"),
        ("[x](javascript:alert)", "<p>[x](javascript:alert)</p>"),
        ("\\[no\\](http://x)", "<p>[no](http://x)</p>"),
    ],
)  # fmt: skip
def test_what_ferry_writes_is_shown_as_github_shows_it(markdown: str, html: str) -> None:
    assert to_html(markdown).strip() == html


@given(st.text(alphabet="<>&\"'`*[]()|#-\n ascript=/:!\\", max_size=60))
def test_no_text_becomes_a_tag_that_is_not_harmless(markdown: str) -> None:
    shown = to_html(markdown)

    assert set(re.findall(r"<(/?\w+)", shown)) <= {f"{slash}{tag}" for tag in HARMLESS for slash in ("", "/")}
    assert all(link.startswith("http") for link in re.findall(r'<a href="([^"]*)', shown))
