"""Delivers webhooks: one after the other, signed over the raw body, never again unless asked to.

Rules: docs.github.com "Validating webhook deliveries" and "Redelivering webhooks" (10 s limit, same GUID again).
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import queue
import threading
import time
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import requests

from local.standins.github.records import DeliveryRecord, now
from local.standins.github.store import Store

TIMEOUT_SECONDS = 10
_log = logging.getLogger(__name__)


class Deliverer:
    """`send` returns at once; bodies lie in `folder` by GUID. An empty `target` delivers nothing."""

    def __init__(self, store: Store, folder: Path, target: str, secret: str) -> None:
        self._store, self._folder, self._target, self._secret = store, folder, target, secret.encode()
        folder.mkdir(exist_ok=True)
        self._waiting: queue.Queue[DeliveryRecord | None] = queue.Queue()
        self._session = requests.Session()
        self._session.trust_env = False  # no proxy between two processes of one machine
        self._thread = threading.Thread(target=self._work, name="github-webhooks", daemon=True)
        self._thread.start()

    def send(self, event: str, payload: Mapping[str, Any]) -> None:
        if not self._target:
            return
        guid = str(uuid.uuid4())
        (self._folder / guid).write_bytes(json.dumps(payload, separators=(",", ":")).encode())
        self._enqueue(guid, event, payload.get("action"), payload["repository"]["id"], redelivery=False)

    def redeliver(self, record: DeliveryRecord) -> None:
        self._enqueue(record.guid, record.event, record.action, record.repository_id, redelivery=True)

    def body(self, record: DeliveryRecord) -> bytes:
        return (self._folder / record.guid).read_bytes()

    def close(self) -> None:
        self._waiting.put(None)
        self._thread.join(timeout=TIMEOUT_SECONDS + 1)
        self._session.close()

    def _enqueue(self, guid: str, event: str, action: str | None, repo: int, *, redelivery: bool) -> None:
        record = DeliveryRecord(self._store.next_id(), guid, event, action, repo, redelivery)
        self._waiting.put(self._store.put(record))

    def _work(self) -> None:
        while record := self._waiting.get():
            started = time.monotonic()
            try:
                reply = self._post(record)
                record.status_code, record.status = reply.status_code, "OK" if reply.ok else reply.reason or "failed"
            except requests.RequestException as error:
                record.status_code, record.status = 502, "failed to connect to host"
                _log.warning("webhook %s not delivered: %s", record.event, type(error).__name__)
            record.delivered_at, record.duration = now(), round(time.monotonic() - started, 3)
            self._store.put(record)

    def _post(self, record: DeliveryRecord) -> requests.Response:
        body = self.body(record)
        digest = hmac.new(self._secret, body, hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "GitHub-Hookshot/ferry",
            "X-GitHub-Event": record.event,
            "X-GitHub-Delivery": record.guid,
            "X-GitHub-Hook-ID": "1",
            **({"X-Hub-Signature-256": f"sha256={digest}"} if self._secret else {}),
        }
        return self._session.post(
            self._target, data=body, headers=headers, timeout=TIMEOUT_SECONDS, allow_redirects=False
        )
