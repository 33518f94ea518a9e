"""What an agent step is asked to do, and under which keys documents lie."""

from __future__ import annotations

from ferry.domain.document import Document


class StepRequest(Document):
    """The state machine's words to an agent.

    task_id: the task's, or the incident's (`incident_id`) where there is no task yet; issue: the error tracker's id.
    token: Step Functions' task token (never logged, never shown); attempt: counts from 1 over retries of the state;
    revision: of the plan, from 1; feedback: what the person asked to change; repo: for steps that run per repository;
    head: the commit whose CI is red; fix: which CI fix of this execution this is, from 1; fixes: how many commits may
    mend one pull request's CI, over all executions;
    asked: id of a person's request on the pull request, instead of a red CI.
    """

    agent: str
    token: str
    task_id: str
    attempt: int = 1
    revision: int = 1
    feedback: str = ""
    repo: str = ""
    head: str = ""
    fix: int = 1
    fixes: int = 3
    asked: str = ""
    issue: str = ""


def ticket_key(task_id: str) -> str:
    return f"tasks/{task_id}/ticket.json"


def discovery_key(task_id: str) -> str:
    return f"tasks/{task_id}/discovery.json"


def plan_key(task_id: str, revision: int) -> str:
    return f"tasks/{task_id}/plan-{revision}.json"


def mandate_key(task_id: str, digest: str) -> str:
    """By its own digest, so that what an approval covered can still be read when it has been replaced."""
    return f"tasks/{task_id}/mandates/{digest}.json"


def policy_key(digest: str) -> str:
    """By its own digest, so that what a request was judged by can still be read when the policy has changed."""
    return f"policies/{digest}.json"


def transcript_key(task_id: str, name: str) -> str:
    """name: e.g. ``execution-pricing-T1-1``."""
    return f"tasks/{task_id}/transcripts/{name}.json"


def progress_key(task_id: str, repo: str) -> str:
    """Which plan tasks are committed in `repo`, so that a retried step goes on where it was."""
    return f"tasks/{task_id}/progress/{repo.replace('/', '+')}.json"


def held_key(task_id: str, repo: str) -> str:
    """The newest changes in `repo` that wait for a person's permission, as the agent keeps them."""
    return f"tasks/{task_id}/held/{repo.replace('/', '+')}.json"


def shown_key(task_id: str, digest: str) -> str:
    """The same as it was put before people, beside the mandate that names its digest: no agent writes there."""
    return f"tasks/{task_id}/mandates/held-{digest}.json"


def proof_key(task_id: str, repo: str, item: str) -> str:
    """What was measured, test by test, for one plan task."""
    return f"tasks/{task_id}/proofs/{repo.replace('/', '+')}-{item}.json"
