"""Paths of HTTP interfaces in sources: calls of somebody's, and routes of one's own. By line, never by a word alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ferry.domain.retrieval.ties.openapi import host_of
from ferry.domain.retrieval.ties.paths import normal
from ferry.domain.retrieval.ties.tie import Role, Tie, TieKind, line_at, lines_with

MOST = 60
_MARKS = ('"/', "'/", "`/", "}/", "%s/", "://")
LONGEST = 400

_STRING = re.compile(
    r"""["'`]((?:https?://[\w.:{}$%-]{1,100}|\$?\{[\w.()\[\]]{1,60}\}|%s)?)(/[A-Za-z][\w~{}$<>:().%/-]{2,150})(?=["'`?#])"""
)
_HOST = re.compile(r"""["'`]https?://([A-Za-z][\w.-]{1,100})(?=[:/%{$"'`])""")
_ROUTE = re.compile(
    r"@\w*\.?(?:get|post|put|delete|patch|route|websocket|api_route|action)\b|Mapping\(|\.route\(|\.Handle(?:Func)?\("
    r"|\b(?:router?|mux|app|server|blueprint|bp|r|e|engine|group|fastify)\.(?:get|post|put|delete|patch|use|all|any)\("
    r"|\b(?:r|e|router|engine|group|api)\.(?:GET|POST|PUT|DELETE|PATCH|Any|Group)\(|\bre_path\(|\bpath\(|@Path\(|@Controller\("
    r"|\b(?:get|post|put|patch|delete|resources?|scope|namespace) ['\"]|\bRoute::"
)
_CALL = re.compile(
    r"(?i)fetch|axios|request|httpx|http|client|ur[li]\b|_ur[li]|[a-z]Ur[li]|endpoint|rest\b|\bapi|\.(?:get|post|put|patch|delete)\("
)
_NOT_CALLED = re.compile(r"^\s*(?://|#|\*|/\*|import\b|from\b|export .* from\b)|\brequire\(")
_PLUS = re.compile(r"([A-Za-z_][\w.]{2,60})\s*\+\s*f?$")
_FOLDERS = re.compile(
    r"/(?:usr|etc|tmp|var|home|opt|dev|proc|bin|sbin|lib|mnt|root|srv|sys|Users|static|assets|public)(?:/|$)"
)
_FILE = re.compile(r"\.[A-Za-z]\w{0,5}$")
_INNER = re.compile(r"[\w.]+")


def calls(text: str) -> Iterator[Tie]:
    """NEEDS with a hint (host, or name of the variable before the path) and SERVES, each name once a role; hosts."""
    seen: set[Tie] = set()
    for start, line in lines_with(text, _MARKS):
        if len(line) > LONGEST or _NOT_CALLED.search(line):
            continue
        for tie in (*_paths(line), *_hosts(line)):
            if tie not in seen and len(seen) < MOST:
                seen.add(tie)
                yield tie._replace(line=line_at(text, start))


def _hosts(line: str) -> Iterator[Tie]:
    for match in _HOST.finditer(line):
        if host := host_of(f"http://{match[1]}/"):
            yield Tie(Role.NEEDS, TieKind.HOST, host)


def _paths(line: str) -> Iterator[Tie]:
    for match in _STRING.finditer(line):
        path = match[2]
        if "//" in path or _FOLDERS.match(path) or _FILE.search(path.rpartition("/")[2]):
            continue
        if found := _said(match[1], path, line[: match.start()], line):
            role, name, hint = found
            yield Tie(role, TieKind.HTTP, name, hint=hint)


def _said(base: str, path: str, before: str, line: str) -> tuple[Role, str, str] | None:
    name = normal(path + ("{}" if path.endswith("/") else ""))
    if not base and _ROUTE.search(line):
        return Role.SERVES, name, ""
    plus = _PLUS.search(before)
    hint = base.partition("://")[2] if "://" in base else "".join(_INNER.findall(base)[:1])
    hint = hint or (plus[1] if plus else "")
    if base or plus or _CALL.search(line):
        return Role.NEEDS, name, hint
    return None
