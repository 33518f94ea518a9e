"""One tree of errors; the branch says what the workflow does with it.

    FerryError
    ├── TransientError            try again: the state machine retries these by class name
    │   ├── RateLimited           a vendor asked us to slow down, longer than we may wait here
    │   ├── VendorUnavailable     a vendor answered 5xx, or not at all
    │   ├── ModelUnavailable      the model is throttled, overloaded or timed out, or its answer was lost
    │   ├── SandboxUnavailable    the sandbox could not be started
    │   └── Conflict              somebody wrote the same record at the same time
    └── PermanentError            a person must act
        ├── InvalidSettings       a setting is missing or malformed
        ├── MissingSecret         a secret has no value
        ├── VendorRefused         a vendor said no (4xx): credentials, permissions, a wrong request
        ├── NotFound              a record or document that must exist does not
        ├── InvalidDocument       a document does not have the shape that its contract fixes
        ├── ToolCrashed           a tool of an agent failed in a way that nobody foresaw
        ├── GuardrailBlocked      the configured guardrail stopped what goes to a model or comes from it
        ├── NoResult              an agent stopped without a valid result
        ├── ModelRefused          the model declined the request
        ├── ContextExceeded       the conversation is longer than the context of every model that may carry it
        ├── BudgetExceeded        steps, tokens or wall time of an attempt, or the money of a budget, are used up
        ├── NoProgress            a conversation goes round in circles, and money with it
        ├── NothingFound          discovery ranked no repository
        ├── PlanUnsound           the plan breaks its own rules (order, scope, tests)
        ├── GateViolation         a diff touches what an agent may never touch
        ├── PermissionNeeded      a proved change waits for a person to allow what the integrity gate found
        ├── NotApproved           no recorded approval carries this digest
        ├── StaleHead             a branch moved under us; nothing was overwritten
        ├── WorkNotDone           a plan task failed all its attempts
        ├── NobodyWaits           an agent wants to act though its machine was stopped or waits for another
        ├── SandboxRefused        the configured sandbox may not run this repository
        └── CiEscalated           CI stays red and needs a person

Step Functions matches ``ErrorEquals`` with the class name alone and knows no subclasses, so raise leaves only.
"""

from __future__ import annotations


class FerryError(Exception):
    """Base of all errors that Ferry names; the message is for a person and says the remedy."""


class TransientError(FerryError):
    """Trying again later can help."""


class PermanentError(FerryError):
    """Trying again changes nothing until a person acts."""


class RateLimited(TransientError):
    """A vendor's limit is reached; `retry_after` is seconds, None if it did not say."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class VendorUnavailable(TransientError): ...


class ModelUnavailable(TransientError):
    """`retry_after` is seconds, None if the vendor did not say; `lost` whether an answer had begun or may have been
    made and did not arrive whole: the vendor may charge for it, and nobody learns how much."""

    def __init__(self, message: str, retry_after: float | None = None, *, lost: bool = False) -> None:
        super().__init__(message)
        self.retry_after, self.lost = retry_after, lost


class SandboxUnavailable(TransientError): ...


class Conflict(TransientError): ...


class InvalidSettings(PermanentError): ...


class MissingSecret(PermanentError): ...


class VendorRefused(PermanentError):
    """`status` is the vendor's HTTP status, None where there is none."""

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class NotFound(PermanentError): ...


class InvalidDocument(PermanentError): ...


class ToolCrashed(PermanentError): ...


class GuardrailBlocked(PermanentError): ...


class NoResult(PermanentError): ...


class ModelRefused(PermanentError): ...


class ContextExceeded(PermanentError): ...


class BudgetExceeded(PermanentError): ...


class NoProgress(PermanentError): ...


class NothingFound(PermanentError): ...


class PlanUnsound(PermanentError): ...


class GateViolation(PermanentError): ...


class PermissionNeeded(PermanentError): ...


class NotApproved(PermanentError): ...


class StaleHead(PermanentError): ...


class WorkNotDone(PermanentError): ...


class NobodyWaits(PermanentError): ...


class SandboxRefused(PermanentError): ...


class CiEscalated(PermanentError): ...
