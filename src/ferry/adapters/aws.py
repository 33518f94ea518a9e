"""What all AWS adapters share: clients with sane limits, and AWS's errors in Ferry's words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from ferry.adapters.aws_errors import refusal
from ferry.domain.errors import VendorUnavailable

if TYPE_CHECKING:
    from botocore.config import Config


def code(error: ClientError) -> str:
    """AWS's own name of the error, e.g. ``ConditionalCheckFailedException``."""
    return str(error.response.get("Error", {}).get("Code", ""))


@contextmanager
def translated(call: str) -> Iterator[None]:
    """Raise RateLimited, VendorUnavailable or VendorRefused for AWS's errors, naming `call` and AWS's own code."""
    try:
        yield
    except ClientError as error:
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        message = error.response.get("Error", {}).get("Message", "")
        raise refusal(call, code(error), status, message) from error
    except BotoCoreError as error:
        raise VendorUnavailable(f"{call}: {type(error).__name__}: {error}") from error


def config(**options: Any) -> Config:
    """Short timeouts and AWS's standard retries; `options` as botocore's Config."""
    from botocore.config import Config

    return Config(**{"connect_timeout": 3, "read_timeout": 10, "retries": {"mode": "standard"}, **options})
