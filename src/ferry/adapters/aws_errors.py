"""AWS's refusals in Ferry's words, whoever made the call. Standard library only: ingress imports this."""

from __future__ import annotations

from ferry.domain.errors import FerryError, RateLimited, VendorRefused, VendorUnavailable

# DynamoDB, SQS, Step Functions and Lambda each have their own word for it, and most answer it with a 400.
THROTTLED = frozenset(
    {
        "ExecutionLimitExceeded",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "Throttling",
        "ThrottledException",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionInProgressException",
    }
)


def refusal(call: str, code: str, status: int, message: str) -> FerryError:
    """RateLimited, VendorUnavailable or VendorRefused for what AWS answered to `call`; `code` is AWS's own name."""
    if code in THROTTLED:
        return RateLimited(f"{call}: AWS throttles us ({code})")
    if status >= 500:
        return VendorUnavailable(f"{call}: AWS answered {status} ({code})")
    # After its first line, a refused signature is explained with the headers that were signed, the token among them.
    return VendorRefused(f"{call}: {code}: {message.partition(chr(10))[0]}", status)
