"""One sitting: who is there, which stack stands, which task runs; and the demo from the label to the last line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rich.console import Console

from ferry.adapters.clock import SystemClock
from ferry.adapters.dynamodb import DynamoTaskStore
from ferry.adapters.s3 import S3ArtifactStore
from ferry.adapters.step_functions import StepFunctionsEngine
from ferry.agentkit.prices import load_aws_prices
from ferry.cli import target
from ferry.domain.paid_steps import executions, paid_steps
from ferry.domain.task import TaskStatus
from local.demo.gate import Gate, approve, ask
from local.demo.peers import Peers
from local.demo.run import Record, Told, file_ticket, find_task, follow
from local.demo.show import now, view
from local.demo.stack import Ground
from local.demo.summary import all_green, print_summary, pull_states

FERRY = ".venv/bin/python -m ferry"


@dataclass
class Session:
    """interactive: a person sits at the terminal."""

    console: Console
    environ: Mapping[str, str]
    interactive: bool
    ground: Ground | None = None
    ticket: str = ""
    task_id: str = ""

    def say(self, text: str) -> None:
        self.console.print(text, markup=False, soft_wrap=True)

    def where(self, status: str = "") -> str:
        """How to see what happened and to go on. status: of the task, where it is known."""
        if not self.ticket:
            return "No ticket was filed yet, so nothing is left to go on with."
        if not self.task_id:
            return f"No task was seen yet for {self.ticket}; `make up`, then {FERRY} why {self.ticket} tells more."
        lines = [
            (f"{FERRY} status {self.task_id}", "shows what happened"),
            (f"{FERRY} resume {self.task_id}", "goes on from there"),
        ]
        if status == TaskStatus.OVER_BUDGET:
            lines[1] = (f"{FERRY} raise {self.task_id} 5", "lets it spend $5 more and go on from there")
        width = max(len(command) for command, _ in lines)
        if self.ground is None or self.ground.own:
            model = f" MODEL='{self.environ['MODEL']}'" if self.environ.get("MODEL") else ""
            lines.insert(0, (f"make up{model}", "brings the stack back with its record; then, in another terminal:"))
        shown = [f"  {command:<{width}}  {what}" for command, what in lines]
        return "\n".join(["Nothing is lost:", *shown, "The functions' own logs are in .local/logs."])


def carry(session: Session, ground: Ground) -> int:
    """The exit code."""
    session.ground = ground
    peers, record = Peers(ground.info), _record(ground.info)
    key = file_ticket(peers)
    session.say(f"Jira ticket {key}: {ground.info['jira']}/browse/{key}\n")
    session.ticket, begun = key, now()
    peers.label(key)
    session.task_id = find_task(key, peers, record)
    decide = ask(session.console) if session.interactive else approve
    gate = Gate(peers, session.console, decide, session.environ.get("FEEDBACK", "").strip())
    with view(session.console) as shown:
        told = follow(session.task_id, begun, peers=peers, record=record, gate=gate, view=shown)
    return _end(told, session, peers, record)


def _end(told: Told, session: Session, peers: Peers, record: Record) -> int:
    pulls = pull_states(told, peers)
    task = told.story["task"]
    histories = map(record.engine.history, executions(task["execution"], told.task_id))
    aws = paid_steps(histories, load_aws_prices(), record.store.sessions(told.task_id), now())
    print_summary(told, pulls, peers, aws, session.console, session.ground.seconds if session.ground else 0.0)
    plan = record.plan(told.task_id, int(task["revision"])) if task["revision"] else None
    green = plan is not None and task["status"] == "succeeded" and all_green(pulls, plan.plan.repositories)
    if green:
        session.say(f"\nDone: all {len(pulls)} pull requests are green and wait for review.")
        _stay(session)
        return 0
    session.say(f"\nNot green. {_stopped(told, session)}")
    _stay(session)
    return 1


def _stopped(told: Told, session: Session) -> str:
    task = told.story["task"]
    state = f" at {task['resume_from']}" if task["resume_from"] else ""
    ended = f"The task ended {task['status'].replace('_', ' ')}{state}: {task['detail']}\n"
    return ended if task["status"] == "rejected" else ended + session.where(task["status"])


def _stay(session: Session) -> None:
    """The links are pages of the stack, so they live as long as it does."""
    if session.ground is None or not session.ground.own:
        return
    if session.interactive:
        session.console.input("The links work while the stack is up. Enter stops it: ")
        return
    session.say("The stack stops now. `make up` brings it back with all of this and prints its addresses.")


def _record(info: Mapping[str, object]) -> Record:
    from local.aws.deploy.deployment import Clients

    settings, clients = target.local(info).settings, Clients(str(info["aws"]), str(info["region"]))
    store = DynamoTaskStore(clients("dynamodb"), settings.task_table, SystemClock())
    engine = StepFunctionsEngine(clients("stepfunctions"), settings.delivery_machine_arn)
    return Record(store, S3ArtifactStore(clients("s3"), settings.artifact_bucket), engine)
