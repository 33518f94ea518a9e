"""Queue and DeadLetters on Amazon SQS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from ferry.adapters.aws import translated
from ferry.domain.delivery import Delivery

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


class SqsDeadLetters:
    def __init__(self, client: SQSClient, url: str) -> None:
        self._client = client
        self._url = url

    def count(self) -> int:
        name: Literal["ApproximateNumberOfMessages"] = "ApproximateNumberOfMessages"
        with translated("SQS GetQueueAttributes"):
            answer = self._client.get_queue_attributes(QueueUrl=self._url, AttributeNames=[name])
        return int(answer["Attributes"][name])


class SqsQueue:
    def __init__(self, client: SQSClient, url: str) -> None:
        self._client = client
        self._url = url

    def send(self, delivery: Delivery) -> None:
        with translated("SQS SendMessage"):
            self._client.send_message(QueueUrl=self._url, MessageBody=delivery.to_json())
