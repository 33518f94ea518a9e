"""Records in memory, and behind them one SQLite file, so that a restart or a kill loses nothing."""

from __future__ import annotations

import json
import sqlite3
import threading
from dataclasses import asdict
from pathlib import Path
from typing import Any, Protocol, TypeVar

from local.standins.github import records, records_required, records_talk

type_names = {**records.type_names, **records_required.type_names, **records_talk.type_names}


class _Record(Protocol):
    id: int


R = TypeVar("R", bound=_Record)


class Store:
    """Hold `lock` while reading and changing several records; `put` after every change."""

    def __init__(self, path: Path) -> None:
        self.lock = threading.RLock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=OFF")  # a killed process loses nothing; a power cut may
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS record (id INTEGER, kind TEXT, document TEXT, PRIMARY KEY (kind, id))"
        )
        self._records: dict[str, dict[int, Any]] = {name: {} for name in type_names}
        self._last = 1000
        for id_, kind, document in self._db.execute("SELECT id, kind, document FROM record ORDER BY id"):
            self._records[kind][id_] = type_names[kind](**json.loads(document))
            self._last = max(self._last, id_)

    def next_id(self) -> int:
        with self.lock:
            self._last += 1
            return self._last

    def put(self, record: R) -> R:
        with self.lock:
            kind = type(record).__name__
            self._records[kind][record.id] = record
            document = json.dumps(asdict(record))  # type: ignore[call-overload]  # every record is a dataclass
            self._db.execute("INSERT OR REPLACE INTO record VALUES (?, ?, ?)", (record.id, kind, document))
        return record

    def update(self, record: R) -> None:
        """`put` where nothing is wanted back."""
        self.put(record)

    def get(self, kind: type[R], id_: int) -> R | None:
        found: R | None = self._records[kind.__name__].get(id_)
        return found

    def all(self, kind: type[R], **where: object) -> list[R]:
        """Oldest first; `where` compares attributes."""
        with self.lock:
            records: list[R] = list(self._records[kind.__name__].values())
        return [record for record in records if all(getattr(record, key) == value for key, value in where.items())]

    def close(self) -> None:
        with self.lock:
            self._db.close()
