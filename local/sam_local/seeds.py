"""What an event needs to find: tasks, plans, approvals, pull requests, written through the real adapters."""

from __future__ import annotations

import itertools
import threading

import requests
import yaml

from ferry.domain.approval import Approval
from ferry.domain.change import FileChange
from ferry.domain.delivery import Delivery, Outcome, Receipt, Source
from ferry.domain.guidance import ADDED
from ferry.domain.incident import Analysis, analysis_key, fingerprint
from ferry.domain.mandate import Terms, agent_settings
from ferry.domain.model_chain import read_chains
from ferry.domain.plan import PlanRecord
from ferry.domain.policy import read_gate
from ferry.domain.step import discovery_key, mandate_key, plan_key, ticket_key
from ferry.domain.task import PullRequest, Task, TaskStatus
from ferry.domain.ticket import Ticket
from ferry.usecases.footing import footing, load_case
from local.sam_local.interpreter import ROOT
from local.sam_local.seeded import DISCOVERY, PLAN, REPO, unanswered
from local.sam_local.stage import Stage

Values = dict[str, str]

# The scripted model knows this one; what else is seeded is our own.
TICKET: dict[str, str] = yaml.safe_load((ROOT / "local/sample/ticket.yaml").read_text("utf-8"))


class Seeds:
    """Each method answers with values for the `${…}` of an event. Thread-safe; every call makes a ticket of its own."""

    def __init__(self, stage: Stage) -> None:
        self._stage, self._world = stage, stage.world
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()

    def nothing(self) -> Values:
        """Ingress asks for nothing but a signature; a click must still name something."""
        return {"task_id": "FERRY-42-0a1b2c", "approval_id": "none", "digest": "0" * 16}

    def receipt(self) -> Values:
        delivery = Delivery(Source.JIRA, "seeded", "jira:issue_updated", "{}", self._world.now())
        self._world.store.claim_delivery(delivery, "seeds", lease_seconds=0)
        self._world.store.put_receipt(Receipt(delivery.name, Outcome.IGNORED, "seeded", self._world.now()), "seeds")
        return {"delivery_id": delivery.name, **self._operator()}

    def task(self) -> Values:
        """A task that has just begun, and a machine that waits for it; its execution is named like the task."""
        key = self._issue()
        ticket = Ticket(
            key=key,
            title=TICKET["summary"],
            text=TICKET["description"],
            url="",
            author="Mira Holm",
            triggered_by="712020:mira",
            triggered_at=self._world.now(),
        )
        with self._lock:
            id = f"{key}-{next(self._numbers):06x}"
        now, status = self._world.now(), TaskStatus.RECEIVED
        self._world.artifacts.put(ticket_key(id), ticket.model_dump_json().encode())
        self._world.store.create_task(
            Task(id=id, ticket_key=key, title=ticket.title, status=status, created_at=now, updated_at=now)
        )
        return {"task_id": id, "token": self._stage.parking.token(id), **self._operator()}

    def planned(self) -> Values:
        """A task with a discovery and a plan."""
        values = self.task()
        id, head = values["task_id"], self._head()
        record = PlanRecord(
            task_id=id,
            revision=1,
            plan=PLAN,
            ticket=Ticket.read(self._world.artifacts.get(ticket_key(id)), id).digest,
            bases={REPO: head},
            order=(REPO,),
            branch=f"ferry/{id}",
            budget_cents=1000,
        )
        self._world.artifacts.put(discovery_key(id), DISCOVERY.model_dump_json(by_alias=True).encode())
        self._world.artifacts.put(plan_key(id, 1), record.model_dump_json().encode())
        self._world.store.update_task(id, revision=1)
        return {**values, "head": head}

    def pointed(self) -> Values:
        """A task with a repository that a person named."""
        values = self.planned()
        self._world.gate.note(values["task_id"], ADDED, {"repo": REPO, "by": "slack:UAPPROVER1"})
        return values

    def unanswered(self) -> Values:
        """A question about the repository whose time is over."""
        values = self.planned()
        self._world.gate.inquire(unanswered(values["task_id"]))
        return values

    def asked(self) -> Values:
        """A plan that waits for a person."""
        values = self.drafted()
        id = values["task_id"]
        mandate = footing(load_case(id, 1, self._world), 1, self._world, self._terms())
        self._world.artifacts.put(mandate_key(id, mandate.digest), mandate.model_dump_json().encode())
        approval = Approval(
            id=f"approval-{id}",
            task_id=id,
            revision=1,
            digest=mandate.digest,
            requested_at=self._world.now(),
            expires_at="2099-01-01T00:00:00.000+00:00",
        )
        self._world.gate.ask(approval)
        self._world.gate.wait(approval, values["token"])
        return {**values, "approval_id": approval.id, "digest": approval.digest[:16]}

    def decided(self) -> Values:
        """A plan that a person approved a moment ago."""
        values = self.asked()
        approval = self._world.gate.approval(values["task_id"], values["approval_id"])
        decided = {"decision": "approved", "decided_by": "slack:UAPPROVER1", "decided_at": self._world.now()}
        self._world.gate.decide(Approval.read({**approval.dump(), **decided}, approval.id))
        return values

    def approved(self) -> Values:
        """A plan whose execution may begin."""
        values = self.decided()
        self._world.gate.enter(self._world.gate.approval(values["task_id"], values["approval_id"]), self._world.now())
        return values

    def _terms(self) -> Terms:
        """What the functions of the stage are told."""
        given = self._stage.variables("ApprovalFunction")
        gate, models = read_gate(given["APPROVAL_POLICY"]), read_chains(given["MODEL"], given["MODELS"]).approved
        agents = agent_settings(models, given["SANDBOX"], given["MODEL_PRICES"], gate)
        return Terms(int(given["TASK_BUDGET_CENTS"]), agents)

    def drafted(self) -> Values:
        """A plan with a real branch and draft pull request in the sample organisation."""
        values = self.planned()
        id, forge = values["task_id"], self._world.forge
        branch, base = f"ferry/{id}", values["head"]
        forge.create_branch(REPO, branch, base)
        change = FileChange("PLAN.md", f"# {id}\n".encode())
        head = forge.commit(REPO, branch, parent=base, message=f"docs: plan of {id}", changes=[change])
        pull = forge.open_draft(REPO, branch=branch, base=forge.default_branch(REPO), title=id, body="A sample")
        self._remember(id, PullRequest(
            repo=REPO, number=pull.number, branch=branch, url=pull.url, base=base, head=head, position=1
        ))  # fmt: skip
        return {**values, "head": head}

    def green(self) -> Values:
        """A task whose one pull request has passed its CI."""
        values = self.planned()
        self._remember(values["task_id"], PullRequest(
            repo=REPO, number=1, branch="x", url="", base=values["head"], head=values["head"], position=1, ci="passed"
        ))  # fmt: skip
        return values

    def incident(self) -> Values:
        """An error at Sentry and what the agent made of it; something waits for the token."""
        values, info = self.task(), self._stage.stack.info
        sent = {"title": f"PricingError: {values['task_id']}", "deliver": False}
        issue = str(requests.post(f"{info['sentry']}/_standin/alert", json=sent, timeout=30).json()["issue_id"])
        analysis = Analysis(title="No tax rate", summary="It fails", cause="A country is missing", advice="Check it")
        self._world.artifacts.put(analysis_key(fingerprint(issue)), analysis.model_dump_json().encode())
        return {**values, "issue": issue, "fingerprint": fingerprint(issue)}

    def _remember(self, task_id: str, pull: PullRequest) -> None:
        self._world.store.put_pull_request(task_id, pull)

    def _head(self) -> str:
        head = self._world.forge.head(REPO, self._world.forge.default_branch(REPO))
        if head is None:
            raise LookupError(f"the sample organisation has no {REPO}")
        return head

    def _issue(self) -> str:
        info, settings = self._stage.stack.info, self._world.settings
        fields = {
            "project": {"key": info["jira_project"]},
            "summary": TICKET["summary"],
            "issuetype": {"name": "Bug"},
        }
        answer = requests.post(
            f"{info['jira']}/rest/api/3/issue",
            json={"fields": fields},
            auth=(settings.jira_email, info["secrets"]["jira_token"]),
            timeout=30,
        )
        answer.raise_for_status()
        return str(answer.json()["key"])

    def _operator(self) -> Values:
        return {"operator_token": self._stage.stack.info["secrets"]["operator"]}
