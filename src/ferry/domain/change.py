"""What a commit writes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class FileChange:
    """One file of a commit. content: the new bytes, None deletes; executable: the file mode's bit."""

    path: str
    content: bytes | None
    executable: bool = False
