"""Secrets on AWS Secrets Manager."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from ferry.adapters.aws import code, translated
from ferry.adapters.kept_secrets import KeptSecrets

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient


class SecretsManagerSecrets(KeptSecrets):
    def __init__(self, client: SecretsManagerClient) -> None:
        super().__init__(self._value)
        self._client = client

    def _value(self, id: str) -> str:
        with translated("Secrets Manager GetSecretValue"):
            try:
                return self._client.get_secret_value(SecretId=id).get("SecretString", "")
            except ClientError as error:
                if code(error) == "ResourceNotFoundException":
                    return ""
                raise
