"""Long text, cut so that both ends stay readable."""

from __future__ import annotations

LIMIT = 12_000
NOTE = 2_000


def cut(text: str, limit: int = LIMIT) -> str:
    """`text` with at most about `limit` characters: the middle goes, and a line says how much of it."""
    if len(text) <= limit:
        return text
    half = limit // 2
    return f"{text[:half]}\n[… {len(text) - 2 * half} characters left out …]\n{text[-half:]}"
