"""The frozen text that a task works from."""

from __future__ import annotations

from ferry.domain.document import Document, digest


class Ticket(Document):
    """A ticket as it was at the trigger; later edits are shown, never obeyed silently.

    key: the tracker's name for it, e.g. ``FERRY-1``; triggered_by: the tracker's account id of who asked, and
    triggered_by_name that person's name; triggered_at: RFC 3339 in UTC.
    """

    key: str
    title: str
    text: str
    url: str
    author: str
    triggered_by: str
    triggered_by_name: str = ""
    triggered_at: str

    @property
    def digest(self) -> str:
        """Over what an agent reads: title and text."""
        return digest({"key": self.key, "title": self.title, "text": self.text})
