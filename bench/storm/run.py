"""One storm: agents are silent but Sentry's, tasks wait, many send, a worker dies and AWS throttles."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from botocore.exceptions import ClientError

from bench.seeds import Seeds
from bench.storm.causes import broken, checks
from bench.storm.judge import Judge, Verdict
from bench.storm.schedule import Schedule, Sending
from bench.storm.senders import Senders, number_of
from ferry.domain.approval import Approval
from ferry.domain.incident import DEFAULTS
from ferry.domain.task import TaskStatus
from local.aws.faults import Fault, Faults
from local.aws.surroundings import JIRA_EMAIL
from local.checkout import linked
from local.stack import Stack, StackSettings, start_stack
from local.standins.jira.shapes import account_id

AGENTS = ("DiscoveryAgent", "PlanningAgent", "ExecutionAgent", "CicdAgent")
ENVIRONMENT = {
    "HEARTBEAT_SECONDS": "800",
    "DELIVERY_VISIBILITY_SECONDS": "4",
    "DELIVERY_LEASE_SECONDS": "3",
    # Else the tickets of incidents would be anybody's, not those of Ferry that may start.
    "JIRA_OWN_ACCOUNT": account_id(JIRA_EMAIL),
}
FAULTS = (
    Fault("AWSStepFunctions.StartExecution", 0.3),
    Fault("AWSStepFunctions.SendTaskSuccess", 0.3),
    Fault("DynamoDB_20120810.PutItem", 0.05),
    Fault("DynamoDB_20120810.TransactWriteItems", 0.2),
    Fault("DynamoDB_20120810.GetItem", 0.02),
    Fault("AmazonSQS.SendMessage", 0.05, "ServiceUnavailable", "503 Service Unavailable"),
)
SENDERS = 8
CALM_SECONDS = 180.0
SETTLE_SECONDS = 90.0


@dataclass(frozen=True)
class Storm:
    """What a storm did, and what is left of it. again: requests sent again after a 5xx; swept: receipts of what the
    sweeps sent, by outcome; seconds: until all was calm."""

    verdicts: Mapping[str, Verdict]
    sent: Mapping[str, int]
    answered: Mapping[str, int]
    again: Mapping[str, int]
    kills: int
    throttled: Mapping[str, int]
    swept: Mapping[str, int]
    dead_letters: int
    seconds: float

    @property
    def stood(self) -> bool:
        complete = all(self.answered.get(source) == count for source, count in self.sent.items())
        return complete and not self.dead_letters and not any(one.fault for one in self.verdicts.values())


def storm(folder: Path, plan: Schedule, seed: int) -> Storm:
    """Runs in `folder`, which must be empty."""
    faults = Faults(seed, FAULTS)
    settings = StackSettings(
        root=linked(folder, "bench"),
        environment=ENVIRONMENT,
        handlers=dict.fromkeys(AGENTS, "bench.silent.handler"),
        faults=faults,
    )
    stack = start_stack(settings)
    try:
        return _Run(stack, plan, faults).run()
    finally:
        stack.stop()


class _Run:
    def __init__(self, stack: Stack, plan: Schedule, faults: Faults) -> None:
        self._stack = stack
        self._plan = plan
        self._faults = faults
        self._seeds = Seeds(stack)
        alerts = [one for one in plan.triggers if one.source == "sentry"]
        self._errors = broken(stack.info, alerts, DEFAULTS["error"])
        self._kills = 0
        self._lock = threading.Lock()

    def run(self) -> Storm:
        approvals, head = self._waiting()
        senders = Senders(self._stack.info, approvals, self._errors, head)
        begun = time.monotonic()
        self._faults.active = True
        with ThreadPoolExecutor(SENDERS) as pool:
            sent = [pool.submit(self._send, senders, *one) for one in enumerate(self._plan.sendings)]
        for future in sent:
            future.result()
        _until(self._calm, CALM_SECONDS)
        seconds = time.monotonic() - begun
        self._faults.active = False
        judge = Judge(self._stack, self._seeds, self._plan, self._errors)
        return Storm(
            verdicts=self._judged(judge),
            sent=Counter(sending.trigger.source for sending in self._plan.sendings),
            answered=senders.answered,
            again=senders.again,
            kills=self._kills,
            throttled=self._faults.struck,
            swept=judge.swept(),
            dead_letters=self._messages("DeadLetterQueueUrl"),
            seconds=seconds,
        )

    def _send(self, senders: Senders, number: int, sending: Sending) -> None:
        if number in self._plan.kills:
            with self._lock:
                self._kills += self._stack.kill("WorkerFunction")
        if number in self._plan.sweeps:
            assert _until(lambda: self._sweep(f"storm-{number}"), CALM_SECONDS), "AWS let no sweep begin"
        senders.send(sending)

    def _sweep(self, name: str) -> bool:
        """Beside the webhooks, as its schedule would: whoever comes second must do nothing. False: AWS refused."""
        machine = self._stack.info["state_machines"]["sweep"]
        try:
            self._stack.clients("stepfunctions").start_execution(stateMachineArn=machine, name=name, input="{}")
        except ClientError:
            return False
        return True

    def _judged(self, judge: Judge) -> Mapping[str, Verdict]:
        """Tasks may still be on their way when all is calm; and what is right then must not be too much later."""
        _until(lambda: not any(one.fault for one in judge.verdicts().values()), SETTLE_SECONDS)
        _until(self._calm, SETTLE_SECONDS)
        return judge.verdicts()

    def _waiting(self) -> tuple[dict[str, Approval], str]:
        """Tasks that wait for a click or for CI, one for each trigger of Slack and of GitHub."""
        head, finish = checks(self._stack.info)
        triggers = [one for one in self._plan.triggers if one.source in ("slack", "github")]
        waits = {"slack": ("approve", TaskStatus.AWAITING_APPROVAL), "github": ("watch", TaskStatus.WATCHING_CI)}
        ids = {
            one.name: self._seeds.sow(one.name, number_of(one), resume_from=waits[one.source][0], head=head)
            for one in triggers
        }
        for source, (_, status) in waits.items():
            wanted = [ids[one.name] for one in triggers if one.source == source]
            assert _until(lambda i=wanted, s=status: self._seeds.all_in(i, s), 120), f"no task waits for {source}"
        finish()
        approvals = {one.name: self._seeds.gate.approvals(ids[one.name]) for one in triggers if one.source == "slack"}
        return {name: found[-1] for name, found in approvals.items()}, head

    def _calm(self) -> bool:
        """The queue is empty, and nothing runs that could fill it."""
        return not (self._messages("DeliveryQueueUrl") or self._runs("incident") or self._runs("sweep"))

    def _runs(self, machine: str) -> bool:
        arn = self._stack.info["state_machines"][machine]
        client = self._stack.clients("stepfunctions")
        return bool(client.list_executions(stateMachineArn=arn, statusFilter="RUNNING")["executions"])

    def _messages(self, queue: str) -> int:
        wanted = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        answer = self._stack.clients("sqs").get_queue_attributes(
            QueueUrl=self._stack.outputs[queue], AttributeNames=wanted
        )
        return sum(int(answer["Attributes"][name]) for name in wanted)


def _until(look: Callable[[], bool], seconds: float) -> bool:
    ends = time.monotonic() + seconds
    while not look():
        if time.monotonic() > ends:
            return False
        time.sleep(0.2)
    return True
