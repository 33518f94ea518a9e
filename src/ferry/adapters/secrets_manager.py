"""Secrets on AWS Secrets Manager, each fetched once per process and five minutes."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from ferry.adapters.aws import code, translated
from ferry.domain.errors import MissingSecret

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

KEEP_SECONDS = 300.0


class SecretsManagerSecrets:
    """A rotated secret is seen after KEEP_SECONDS at the latest."""

    def __init__(self, client: SecretsManagerClient) -> None:
        self._client = client
        self._kept: dict[str, tuple[float, str]] = {}

    def get(self, id: str) -> str:
        kept = self._kept.get(id)
        if kept and time.monotonic() - kept[0] < KEEP_SECONDS:
            return kept[1]
        value = self._fetch(id)
        if not value.strip():
            raise MissingSecret(_remedy(id))
        self._kept[id] = (time.monotonic(), value)
        return value

    def _fetch(self, id: str) -> str:
        with translated("Secrets Manager GetSecretValue"):
            try:
                return self._client.get_secret_value(SecretId=id).get("SecretString", "")
            except ClientError as error:
                if code(error) == "ResourceNotFoundException":
                    raise MissingSecret(_remedy(id)) from error
                raise


def _remedy(id: str) -> str:
    return f"secret {id} has no value: aws secretsmanager put-secret-value --secret-id {id} --secret-string …"
