"""Queue and its dead letters on Amazon SQS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from botocore.exceptions import ClientError

from ferry.adapters.aws import code, translated
from ferry.domain.delivery import Delivery

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

# What servers answer that speak SQS, but know nothing of moving; a bare number is an error that is not AWS's own.
UNKNOWN_ACTION = frozenset({"InvalidAction", "UnknownOperationException", "500", "501"})


class SqsQueue:
    def __init__(self, client: SQSClient, url: str) -> None:
        self._client = client
        self._url = url

    def send(self, delivery: Delivery) -> None:
        with translated("SQS SendMessage"):
            self._client.send_message(QueueUrl=self._url, MessageBody=delivery.to_json())


class SqsDeadLetters:
    """url: of the dead letter queue; to: of the queue that they came from."""

    def __init__(self, client: SQSClient, url: str, to: str) -> None:
        self._client = client
        self._url = url
        self._to = to

    def count(self) -> int:
        name: Literal["ApproximateNumberOfMessages"] = "ApproximateNumberOfMessages"
        with translated("SQS GetQueueAttributes"):
            answer = self._client.get_queue_attributes(QueueUrl=self._url, AttributeNames=[name])
        return int(answer["Attributes"][name])

    def redrive(self) -> int:
        """AWS moves them by itself (StartMessageMoveTask); where a server cannot, they are carried one by one."""
        with translated("SQS redrive"):
            facts = self._client.get_queue_attributes(
                QueueUrl=self._url, AttributeNames=["QueueArn", "ApproximateNumberOfMessages"]
            )["Attributes"]
            waiting = int(facts["ApproximateNumberOfMessages"])
            if not waiting:
                return 0
            try:
                self._client.start_message_move_task(SourceArn=facts["QueueArn"])
            except ClientError as error:
                if code(error) not in UNKNOWN_ACTION:
                    raise
                return self._carry()
        return waiting

    def _carry(self) -> int:
        """Sent before deleted: a crash between the two makes a duplicate, which admission knows, and loses nothing."""
        moved = 0
        while found := self._client.receive_message(QueueUrl=self._url, MaxNumberOfMessages=10).get("Messages"):
            for message in found:
                self._client.send_message(QueueUrl=self._to, MessageBody=message["Body"])
                self._client.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])
                moved += 1
        return moved
