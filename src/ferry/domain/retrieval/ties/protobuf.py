"""Protocol buffers: files, packages and services against imports, and against the names that generators make."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ferry.domain.retrieval.ties.tie import Role, Tie, TieKind, line_at

MOST = 40
_COMMENT = re.compile(r"//[^\n]*")
_PACKAGE = re.compile(r"^[ \t]*package[ \t]+([\w.]{1,200})[ \t]*;", re.MULTILINE)
_SERVICE = re.compile(r"^[ \t]*service[ \t]+(\w{1,100})", re.MULTILINE)
_IMPORT = re.compile(r"^[ \t]*import[ \t]+(?:public[ \t]+|weak[ \t]+)?\"([^\"\n]{1,300}\.proto)\"", re.MULTILINE)
_WELL_KNOWN = ("google/", "buf/", "validate/", "protoc-gen-", "gogoproto/", "grpc/")
GENERATED = re.compile(r"_pb2(_grpc)?\.pyi?$|\.pb(\.\w+)?\.(go|h|cc|swift|dart)$|_(grpc_)?pb\.(d\.)?[jt]s$|Grpc\.java$")

_CLIENT = re.compile(
    r"\b(?:(\w{3,80}?)(?:Blocking|Future|Async)?Stub\(|New(\w{3,80}?)Client\(|new (\w{3,80}?)Client\("
    r"|(\w{3,80}?)Grpc\.new\w*Stub\(|(\w{3,80}?)Client::(?:new|connect)\()"
)
_SERVER = re.compile(
    r"\badd_(\w{3,80})Servicer_to_server\(|\b(\w{3,80})Servicer\)|\bRegister(\w{3,80})Server\(|\b(\w{3,80})Grpc\.\w+ImplBase"
    r"|\b(\w{3,80})Server::new\(|\bimpl (\w{3,80}) for\b"
)
_PYTHON = re.compile(
    r"^[ \t]*(?:from[ \t]+([\w.]{1,200})[ \t]+import[ \t]+(\w{1,80})_pb2\b|import[ \t]+([\w.]{1,200})_pb2\b)",
    re.MULTILINE,
)
_MARKS = ("Stub(", "Client(", "Client::", "_pb2", "Server(", "Servicer", "ImplBase", "Server::")


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
    if GENERATED.search(path) or not any(mark in text for mark in _MARKS):
        return
    seen: set[tuple[Role, str]] = set()
    for role, pattern in ((Role.NEEDS, _CLIENT), (Role.SERVES, _SERVER)):
        for match in pattern.finditer(text):
            name = next(filter(None, match.groups()), "").rpartition("_")[2]
            if _compound(name) and (role, name) not in seen and len(seen) < MOST:
                seen.add((role, name))
                yield Tie(role, TieKind.RPC, name, line_at(text, match.start()))
    for match in list(_PYTHON.finditer(text))[:MOST]:
        module = f"{match[1]}.{match[2]}" if match[2] else match[3]
        if "." in module.strip("."):
            yield Tie(
                Role.NEEDS, TieKind.PROTO, f"{module.strip('.').replace('.', '/')}.proto", line_at(text, match.start())
            )


def _compound(name: str) -> bool:
    return name[:1].isupper() and any(letter.isupper() for letter in name[2:])
