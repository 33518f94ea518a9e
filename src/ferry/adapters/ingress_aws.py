"""Queue and Secrets as ingress needs them, without boto3, whose import is most of a cold start (ADR 0011)."""

from __future__ import annotations

from ferry.adapters.aws_json import SECRETS_MANAGER, SQS, AwsJson
from ferry.adapters.kept_secrets import KeptSecrets
from ferry.domain.delivery import Delivery


class LightQueue:
    """Queue on Amazon SQS; url: the queue's own, which SQS takes as its name."""

    def __init__(self, sqs: AwsJson, url: str) -> None:
        self._sqs = sqs
        self._url = url

    def send(self, delivery: Delivery) -> None:
        self._sqs.call("SendMessage", {"QueueUrl": self._url, "MessageBody": delivery.to_json()})


class LightSecrets(KeptSecrets):
    """Secrets on AWS Secrets Manager."""

    def __init__(self, secrets_manager: AwsJson) -> None:
        super().__init__(self._value)
        self._secrets_manager = secrets_manager

    def _value(self, id: str) -> str:
        told = self._secrets_manager.call("GetSecretValue", {"SecretId": id}, absent="ResourceNotFoundException")
        return str(told.get("SecretString", ""))


def connect(queue_url: str) -> tuple[LightSecrets, LightQueue]:
    """What ingress talks to, where the environment says that AWS is."""
    return LightSecrets(AwsJson(SECRETS_MANAGER)), LightQueue(AwsJson(SQS), queue_url)
