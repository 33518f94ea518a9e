"""Carries messages from queues to functions as Lambda's own pollers do: batches, partial failures, dead letters.

https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
"""

from __future__ import annotations

import json
import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local.aws.deploy.deployment import Clients, QueueSource
from local.aws.runner import Runner

LOG = logging.getLogger(__name__)
_IDLE_SECONDS = 0.5
"""How soon a message that became visible again is seen; a new one wakes the poller at once."""
_BATCHES_AT_ONCE = 5


class Bell:
    """Rings in every poller when a message was sent."""

    def __init__(self) -> None:
        self._rung = threading.Condition()
        self._count = 0

    def ring(self) -> None:
        with self._rung:
            self._count += 1
            self._rung.notify_all()

    def count(self) -> int:
        return self._count

    def wait_after(self, count: int, seconds: float) -> None:
        """Until it rang after `count` was read, or `seconds` went by."""
        with self._rung:
            self._rung.wait_for(lambda: self._count != count, timeout=seconds)


class Poller:
    """One queue's way to its function; `start` and `stop` once each."""

    def __init__(self, source: QueueSource, clients: Clients, runner: Runner, bell: Bell, region: str) -> None:
        self._source = source
        self._sqs = clients("sqs")
        self._runner = runner
        self._bell = bell
        self._region = region
        self._url = self._sqs.get_queue_url(QueueName=source.queue_arn.rpartition(":")[2])["QueueUrl"]
        self._open = True
        self._slots = threading.Semaphore(_BATCHES_AT_ONCE)
        self._workers = ThreadPoolExecutor(_BATCHES_AT_ONCE, thread_name_prefix="sqs-batch")
        self._thread = threading.Thread(target=self._poll, name=f"poll-{source.function}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._open = False
        self._bell.ring()
        self._workers.shutdown(wait=False, cancel_futures=True)
        self._thread.join(timeout=2)

    def _poll(self) -> None:
        while self._open:
            rings = self._bell.count()
            with self._slots:  # a free worker first, so that no message's visibility runs out in a line of ours
                pass
            messages = self._receive(self._source.batch_size)
            if messages:
                self._dispatch(self._fill(messages))
            else:
                self._bell.wait_after(rings, _IDLE_SECONDS)

    def _receive(self, limit: int) -> list[dict[str, Any]]:
        try:
            reply = self._sqs.receive_message(
                QueueUrl=self._url,
                MaxNumberOfMessages=min(limit, 10),
                AttributeNames=["All"],
                MessageAttributeNames=["All"],
            )
        except (BotoCoreError, ClientError) as error:
            if self._open:
                LOG.warning("cannot read %s: %s", self._source.queue_arn, error)
                time.sleep(_IDLE_SECONDS)
            return []
        messages: list[dict[str, Any]] = reply.get("Messages", [])
        return messages

    def _fill(self, messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
        end = time.monotonic() + self._source.window
        while self._open and len(messages) < self._source.batch_size and (left := end - time.monotonic()) > 0:
            rings = self._bell.count()
            more = self._receive(self._source.batch_size - len(messages))
            messages += more
            if not more:
                self._bell.wait_after(rings, min(left, _IDLE_SECONDS))
        return messages

    def _dispatch(self, messages: list[dict[str, Any]]) -> None:
        self._slots.acquire()
        try:
            self._workers.submit(self._deliver, messages).add_done_callback(lambda _: self._slots.release())
        except RuntimeError:  # stopped between the receive and here: the message is gone with the stack
            self._slots.release()

    def _deliver(self, messages: list[dict[str, Any]]) -> None:
        event = {"Records": [self._record(message) for message in messages]}
        answer = self._runner.invoke(self._source.function, json.dumps(event).encode())
        if answer.error:
            kind = json.loads(answer.payload).get("errorType", "")
            LOG.warning("%s failed on %d message(s): %s", self._source.function, len(messages), kind)
            return
        failed = _failed(answer.payload, messages) if self._source.partial else set()
        done = [message for message in messages if message["MessageId"] not in failed]
        if done and self._open:
            entries = [{"Id": str(i), "ReceiptHandle": one["ReceiptHandle"]} for i, one in enumerate(done)]
            for start in range(0, len(entries), 10):
                self._sqs.delete_message_batch(QueueUrl=self._url, Entries=entries[start : start + 10])

    def _record(self, message: dict[str, Any]) -> dict[str, Any]:
        return {
            "messageId": message["MessageId"],
            "receiptHandle": message["ReceiptHandle"],
            "body": message["Body"],
            "attributes": message.get("Attributes", {}),
            "messageAttributes": {
                name: {"stringValue": value.get("StringValue"), "dataType": value["DataType"]}
                for name, value in message.get("MessageAttributes", {}).items()
            },
            "md5OfBody": message["MD5OfBody"],
            "eventSource": "aws:sqs",
            "eventSourceARN": self._source.queue_arn,
            "awsRegion": self._region,
        }


def _failed(payload: bytes, messages: list[dict[str, Any]]) -> set[str]:
    """The ids in `batchItemFailures`; by Lambda's rule a malformed answer or an unknown id fails the whole batch."""
    everything = {message["MessageId"] for message in messages}
    reply = json.loads(payload or b"null")
    if not reply or not reply.get("batchItemFailures"):
        return set()
    named = {item.get("itemIdentifier") for item in reply["batchItemFailures"]}
    return named if named <= everything else everything
