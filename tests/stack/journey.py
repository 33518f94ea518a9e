"""A person's view of a running stack: files tickets, clicks, waits, and looks at GitHub itself."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

import requests
import yaml

from local.aws.vendors import Factory, packaged
from local.checkout import linked
from local.demo.peers import Peers
from local.stack import Stack, StackSettings, start_stack
from tests.template import ROOT

Json = dict[str, Any]
Found = TypeVar("Found")
QUICK = {
    "SANDBOX": "subprocess",
    "HEARTBEAT_SECONDS": "6",
    "DELIVERY_VISIBILITY_SECONDS": "4",
    "DELIVERY_LEASE_SECONDS": "3",
}
# A loaded machine takes so many times as long as an idle one; only a test that fails waits for it.
PATIENCE = 3


@contextmanager
def running(
    folder: Path,
    *,
    standins: Mapping[str, Mapping[str, str]] = MappingProxyType({}),
    silent: Collection[str] = (),
    **environment: str,
) -> Iterator[Journey]:
    """The whole stack of this checkout, with its `.local` under `folder`. standins: as `StackSettings.extra`;
    silent: vendors whose webhooks are all lost."""
    factories = {**packaged(), **{vendor: _silent(packaged()[vendor]) for vendor in silent}}
    world = {**QUICK, **environment}
    stack = start_stack(
        StackSettings(root=linked(folder), environment=world, extra=standins, standins=factories, warm=False)
    )
    try:
        yield Journey(stack, Peers(stack.info))
    finally:
        stack.stop()


def _silent(factory: Factory) -> Factory:
    return lambda settings: factory(replace(settings, deliver_to=""))


@dataclass
class Journey:
    stack: Stack
    peers: Peers

    def ticket(self) -> str:
        """The key of a new, unlabelled copy of the sample ticket."""
        sample = yaml.safe_load((ROOT / "local" / "sample" / "ticket.yaml").read_text())
        return self.peers.file_ticket(sample["summary"], sample["description"])

    def start(self) -> str:
        """Label a new ticket; the id of the task that it becomes."""
        key = self.ticket()
        self.peers.label(key)
        return self.started(key)

    def started(self, key: str) -> str:
        return self.until(lambda: next((task for task in self.tasks() if task.startswith(f"{key}-")), ""), 20)

    def tasks(self) -> list[str]:
        table = self.stack.clients("dynamodb")
        items = table.scan(TableName=self.stack.info["table"])["Items"]
        return [item["pk"]["S"].removeprefix("TASK#") for item in items if item["sk"]["S"] == "META"]

    def reach(self, task: str, *statuses: str, seconds: float = 60) -> Json:
        """The task's story once it has one of `statuses`."""
        return self.until(lambda: self._in(task, statuses), seconds)

    def decide(self, task: str, action: str, reason: str = "because", *, user: str = "approver") -> Json:
        """Click on the newest open request, as the approver or the ``other``; the click's receipt. Without words a
        modal may open."""
        approval = self.until(lambda: self._open(task), 30)
        delivery = self.peers.click(approval["message_ref"], action, reason, user)
        return self.until(lambda: self.peers.receipt(delivery), 20)

    def fault(self, vendor: str, **fault: Any) -> None:
        requests.post(f"{self.peers.info[vendor]}/_standin/faults", json=fault, timeout=10).raise_for_status()

    def github(self, path: str) -> Any:
        headers = {"Authorization": f"Bearer {self.peers.info['secrets']['github_token']}"}
        return requests.get(self.peers.info["github"] + path, headers=headers, timeout=10).json()

    def push(self, repo: str, path: str, text: str, branch: str = "main") -> str:
        """A commit on `branch` by way of the API, whose webhook goes to the stack; its SHA."""
        at = f"{self.peers.info['github']}/repos/{repo}"
        headers = {"Authorization": f"Bearer {self.peers.info['secrets']['github_token']}"}

        def call(method: str, where: str, body: object) -> dict[str, str]:
            answer = requests.request(method, at + where, json=body, headers=headers, timeout=10)
            assert answer.ok, answer.text
            made: dict[str, str] = answer.json()
            return made

        parent = self.github(f"/repos/{repo}/git/ref/heads/{branch}")["object"]["sha"]
        entry = {"path": path, "mode": "100644", "type": "blob", "content": text}
        tree = call("POST", "/git/trees", {"base_tree": parent, "tree": [entry]})["sha"]
        sha = call("POST", "/git/commits", {"message": "Change", "tree": tree, "parents": [parent]})["sha"]
        call("PATCH", f"/git/refs/heads/{branch}", {"sha": sha})
        return sha

    def messages(self) -> list[Json]:
        """Of the channel, in order."""
        found: list[Json] = requests.get(f"{self.peers.info['slack']}/_standin/messages", timeout=10).json()["messages"]
        return found

    def ferry(self, *words: str) -> subprocess.CompletedProcess[str]:
        """The operators' command line, run where the stack was started."""
        return subprocess.run(
            [sys.executable, "-m", "ferry", *words],
            cwd=self.stack.path.parent.parent,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": "src"},
            capture_output=True,
            text=True,
            timeout=60,
        )

    def until(self, look: Callable[[], Found], seconds: float) -> Found:
        """The first true answer of `look`. seconds: what it may take on an idle machine."""
        ends = time.monotonic() + seconds * PATIENCE
        while not (found := look()):
            assert time.monotonic() < ends, self._told()
            time.sleep(0.05)
        return found

    def _in(self, task: str, statuses: tuple[str, ...]) -> Json | None:
        story = self.peers.story(task)
        assert story["task"]["status"] in statuses or story["task"]["status"] != "failed", story["task"]["detail"]
        return story if story["task"]["status"] in statuses else None

    def _open(self, task: str) -> Mapping[str, Any] | None:
        asked = self.peers.story(task)["approvals"]
        return next((one for one in asked if one["decision"] is None and one["message_ref"]), None)

    def _told(self) -> str:
        stories = [self.peers.story(task) for task in self.tasks()]
        return "nothing happened in time:\n" + "\n".join(
            f"{story['task']['id']} {story['task']['status']}: {[line['detail'] for line in story['timeline'][-3:]]}"
            for story in stories
        )
