"""A job's log as it is read: however long it is, only its beginning and its end are held."""

from __future__ import annotations

from collections import deque

import requests

from ferry.domain.errors import VendorUnavailable

CHUNK = 1 << 16
BEGINNING, END = 1 << 18, 1 << 21
"""Bytes that are kept: how the job was set up, and how it failed. What lies between is counted and named."""


def bounded(answer: requests.Response, what: str) -> str:
    """The text of a streamed answer; VendorUnavailable when it breaks off."""
    head, tail, dropped = bytearray(), deque[bytes](), 0
    held = 0
    with answer:
        try:
            for chunk in answer.iter_content(CHUNK):
                room = max(0, BEGINNING - len(head))
                head += chunk[:room]
                if rest := chunk[room:]:
                    tail.append(rest)
                    held += len(rest)
                while tail and held - len(tail[0]) >= END:
                    dropped += len(tail[0])
                    held -= len(tail.popleft())
        except requests.RequestException as error:
            raise VendorUnavailable(f"{what} is incomplete ({type(error).__name__}); try again") from error
    gap = f"\n[{dropped} bytes left out]\n".encode() if dropped else b""
    return (bytes(head) + gap + b"".join(tail)).decode("utf-8-sig", errors="replace")
