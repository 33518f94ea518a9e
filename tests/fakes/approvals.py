"""An approved plan as the gate leaves it, for tests of what comes after."""

from __future__ import annotations

from ferry.domain.approval import Approval, Decision
from ferry.domain.discovery import Discovery
from ferry.domain.document import digest
from ferry.domain.mandate import Mandate, Terms
from ferry.domain.plan import PlanRecord
from ferry.domain.step import discovery_key, mandate_key
from tests.fakes.artifacts import FakeArtifactStore
from tests.fakes.gate import FakeGateStore

APPROVER = "slack:U1"
AT = "2026-11-21T12:00:00.000+00:00"
TERMS = Terms(1000, {"model": "openai:http://model.test#m"})


def mandate_of(
    record: PlanRecord,
    opening: int = 1,
    terms: Terms | None = None,
    discovery: str = "",
    allowances: tuple[str, ...] = (),
) -> Mandate:
    terms = terms or Terms(record.budget_cents, TERMS.agents)
    return Mandate(
        task_id=record.task_id,
        revision=record.revision,
        opening=opening,
        plan=record.digest,
        bases=record.bases,
        heads={},
        paths={repo: tuple(sorted(record.plan.paths_of(repo))) for repo in record.order},
        discovery=discovery,
        ticket=record.ticket,
        ticket_now="",
        budget_cents=terms.budget_cents,
        configuration=terms.agents,
        allowances=allowances,
    )


def put_before_people(
    record: PlanRecord,
    gate: FakeGateStore,
    artifacts: FakeArtifactStore,
    decision: Decision | None,
    *,
    enter: bool = True,
    allowances: tuple[str, ...] = (),
) -> Approval:
    """The newest request for `record`, decided as given and, when approved, entered."""
    asked = gate.approvals(record.task_id)
    found = artifacts.get(discovery_key(record.task_id))
    discovery = digest(Discovery.read(found, "discovery").dump())
    mandate = mandate_of(record, len(asked) + 1, discovery=discovery, allowances=allowances)
    artifacts.put(mandate_key(record.task_id, mandate.digest), mandate.model_dump_json().encode())
    approval = Approval(
        id=f"a{len(asked)}",
        task_id=record.task_id,
        revision=record.revision,
        opening=mandate.opening,
        digest=mandate.digest,
        requested_at=AT,
        expires_at="2026-11-22T12:00:00.000+00:00",
    )
    gate.ask(approval)
    if decision:
        made = {"decision": decision, "decided_by": APPROVER, "decided_at": AT}
        gate.decide(approval.model_copy(update=made))
        if enter:
            gate.enter(approval, AT)
    return gate.approval(record.task_id, approval.id)
