"""OpenAPI 2 and 3 documents: paths, operation ids, servers. YAML is read by its lines, as documents are written: no
flow style, no anchors; what is written otherwise is not found."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from ferry.domain.retrieval.ties.paths import normal
from ferry.domain.retrieval.ties.tables import json_object, table, word
from ferry.domain.retrieval.ties.tie import Role, Tie, TieKind, line_of

METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})
DOCUMENT = re.compile(r"""^\s{0,4}["']?(?:openapi["']?\s*:\s*["']?3|swagger["']?\s*:\s*["']?2)""", re.MULTILINE)
COMPACT = re.compile(r"""^\s*\{\s*"(?:openapi|swagger)"\s*:\s*"[23]""")
MOST = 500
LOCAL = re.compile(r"localhost|127\.|0\.0\.0\.0|\[|.*example\.(com|org|net)$|example$|\{")

_KEY = re.compile(r"""^( *)(?:- )?(["']?)([^\s"'#][^"'#]*?)\2 *:(?: +(.*))?$""")
_URL = re.compile(r"""^ *-? *url *: *["']?([^\s"'#]+)""")

Found = tuple[str, int]


def openapi(text: str) -> Iterator[Tie]:
    paths, operations, servers = _json(text) if text.lstrip().startswith("{") else _yaml(text)
    base = next((path for path in (_base(url) for url, _ in servers) if path != "/"), "")
    for path, line in paths[:MOST]:
        yield Tie(Role.OFFERS, TieKind.HTTP, normal(path), line, base)
    for name, line in operations[:MOST]:
        yield Tie(Role.OFFERS, TieKind.OPERATION, name, line)
    for url, line in servers:
        if host := host_of(url):
            yield Tie(Role.OFFERS, TieKind.HOST, host, line)


def host_of(url: str) -> str:
    """ "" for one that is no machine of an organisation."""
    try:
        host = (urlsplit(url if "://" in url else f"//{url.lstrip('/')}").hostname or "") if "/" in url else ""
    except ValueError:
        return ""
    return "" if not host or LOCAL.match(host) else host


def _base(url: str) -> str:
    path = url.partition("://")[2].partition("/")[2] if "://" in url else url
    return normal(path)


def _json(text: str) -> tuple[list[Found], list[Found], list[Found]]:
    data = json_object(text)
    paths, operations = [], []
    for path, item in table(data, "paths").items():
        if path.startswith("/"):
            paths.append((path, line_of(text, f'"{path}"')))
            ids = (word(table(item, method).get("operationId")) for method in METHODS)
            operations += [(name, line_of(text, f'"{name}"')) for name in ids if name]
    listed = data.get("servers")
    urls = [word(table(server).get("url")) for server in (listed if isinstance(listed, list) else ())]
    if data.get("host") or data.get("basePath"):
        urls.append(f"https://{word(data.get('host'))}{word(data.get('basePath'))}")
    return paths, sorted(operations), [(url, line_of(text, f'"{url}"')) for url in urls if url]


def _yaml(text: str) -> tuple[list[Found], list[Found], list[Found]]:
    paths: list[Found] = []
    operations: list[Found] = []
    servers: list[Found] = []
    section, deep, host, base = "", -1, "", ""
    for number, line in enumerate(text.splitlines(), 1):
        url = _URL.match(line) if section == "servers" else None
        if url:
            servers.append((url[1], number))
        if not (match := _KEY.match(line)):
            continue
        indent, name, value = len(match[1]), match[3], (match[4] or "").strip("\"' ")
        if not indent and not line.startswith("-"):
            section, deep = name, -1
            host, base = value if name == "host" else host, value if name == "basePath" else base
        elif section == "paths" and name.startswith("/") and deep in (-1, indent):
            deep = indent
            paths.append((name, number))
        elif section == "paths" and name == "operationId" and value:
            operations.append((value, number))
    if host or base:
        servers.append((f"https://{host}{base}", 0))
    return paths, operations, servers
