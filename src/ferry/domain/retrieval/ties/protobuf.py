"""Protocol buffers: files, packages and services against imports, and against the names that generators make."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ferry.domain.retrieval.ties.tie import Role, Tie, TieKind, line_at, places

MOST = 40
_COMMENT = re.compile(r"//[^\n]*")
_PACKAGE = re.compile(r"^[ \t]*package[ \t]+([\w.]{1,200})[ \t]*;", re.MULTILINE)
_SERVICE = re.compile(r"^[ \t]*service[ \t]+(\w{1,100})", re.MULTILINE)
_IMPORT = re.compile(r"^[ \t]*import[ \t]+(?:public[ \t]+|weak[ \t]+)?\"([^\"\n]{1,300}\.proto)\"", re.MULTILINE)
_WELL_KNOWN = ("google/", "buf/", "validate/", "protoc-gen-", "gogoproto/", "grpc/")
GENERATED = re.compile(r"_pb2(_grpc)?\.pyi?$|\.pb(\.\w+)?\.(go|h|cc|swift|dart)$|_(grpc_)?pb\.(d\.)?[jt]s$|Grpc\.java$")

# What stands behind a service's name in generated code, and what before it.
_SUFFIXES = {
    "Stub(": (Role.NEEDS, re.compile(r"(\w{3,80}?)(?:Blocking|Future|Async)?$")),
    "Client(": (Role.NEEDS, re.compile(r"(?:\bNew|\bnew )(\w{3,80})$")),
    "Client::": (Role.NEEDS, re.compile(r"\b(\w{3,80})$")),
    "Grpc.new": (Role.NEEDS, re.compile(r"\b(\w{3,80})$")),
    "Servicer)": (Role.SERVES, re.compile(r"\b(\w{3,80})$")),
    "Servicer_to_server(": (Role.SERVES, re.compile(r"\badd_(\w{3,80})$")),
    "Server(": (Role.SERVES, re.compile(r"\bRegister(\w{3,80})$")),
    "ImplBase": (Role.SERVES, re.compile(r"\b(\w{3,80})Grpc\.\w*$")),
    "Server::new(": (Role.SERVES, re.compile(r"\b(\w{3,80})$")),
}
LONGEST = 120
_PYTHON = re.compile(
    r"^[ \t]*(?:from[ \t]+([\w.]{1,200})[ \t]+import[ \t]+(\w{1,80})_pb2\b|import[ \t]+([\w.]{1,200})_pb2\b)",
    re.MULTILINE,
)


def proto(path: str, text: str) -> Iterator[Tie]:
    text = _COMMENT.sub("", text)
    found = _PACKAGE.search(text)
    package = found[1] if found else ""
    yield Tie(Role.OFFERS, TieKind.PROTO, path, line_at(text, found.start()) if found else 1, package)
    for match in _SERVICE.finditer(text):
        yield Tie(Role.OFFERS, TieKind.RPC, match[1], line_at(text, match.start(1)), package)
    for match in _IMPORT.finditer(text):
        if not match[1].startswith(_WELL_KNOWN):
            yield Tie(Role.NEEDS, TieKind.PROTO, match[1], line_at(text, match.start(1)))


def generated_names(path: str, text: str) -> Iterator[Tie]:
    """Uses of what a generator made; its own files are no use."""
    if GENERATED.search(path):
        return
    seen: set[tuple[Role, str]] = set()
    for suffix, (role, before) in _SUFFIXES.items():
        for place in places(text, suffix):
            match = before.search(text[max(0, place - LONGEST) : place])
            name = match[1].rpartition("_")[2] if match else ""
            if _compound(name) and (role, name) not in seen and len(seen) < MOST:
                seen.add((role, name))
                yield Tie(role, TieKind.RPC, name, line_at(text, place))
    if "_pb2" in text:
        yield from _python(text)


def _python(text: str) -> Iterator[Tie]:
    for match in list(_PYTHON.finditer(text))[:MOST]:
        module = (f"{match[1]}.{match[2]}" if match[2] else match[3]).strip(".")
        if "." in module:
            yield Tie(Role.NEEDS, TieKind.PROTO, f"{module.replace('.', '/')}.proto", line_at(text, match.start()))


def _compound(name: str) -> bool:
    return name[:1].isupper() and any(letter.isupper() for letter in name[2:])
