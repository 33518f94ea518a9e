"""The stage that events are played on: an embedded stack of its own, reachable from containers by the bridge."""

from __future__ import annotations

import os
import socket
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from ferry.adapters.wiring import CloudWorld, WorldSettings
from ferry.settings import read
from local.aws.functions import Function
from local.aws.http import OFFSETS
from local.sam_local.interpreter import ROOT
from local.sam_local.parking import NAME, Parking
from local.sam_local.relay import Relay
from local.stack import Stack, StackSettings, start_stack

SDK = (
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_BEDROCK_RUNTIME",
    "AWS_EC2_METADATA_DISABLED",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
)
"""What a function needs beyond the template's variables to speak to the embedded AWS."""
# Not the worker's own key, which may do what the template says and no more.
OPERATOR = {"AWS_ACCESS_KEY_ID": "local"}
DEPLOYED = ("template.yaml", "statemachines", "functions", "agents", "src", "local")
DOWNLOADS = max(OFFSETS.values()) + 1
SINK = f"{NAME}-agent"
AGENTS = ("DISCOVERY_AGENT", "PLANNING_AGENT", "EXECUTION_AGENT", "CICD_AGENT", "SLACK_AGENT", "SENTRY_AGENT")


@dataclass(frozen=True)
class Stage:
    """queue: URL of the queue that ingress fills here, which nobody empties; address: of this machine, for containers.

    world: the real adapters, on this machine's side
    """

    stack: Stack
    world: CloudWorld
    parking: Parking
    queue: str
    address: str

    def variables(self, logical_id: str) -> dict[str, str]:
        """The function's environment as the embedded stack gives it, in words that hold inside a container."""
        given = self.stack.runner.function(self.stack.functions[logical_id]).environment
        ours = {"DELIVERY_QUEUE_URL": self.queue, "DELIVERY_MACHINE_ARN": self.parking.machine}
        ours |= dict.fromkeys(AGENTS, SINK)
        merged = {name: ours.get(name, value) for name, value in given.items()}
        return {name: value.replace("http://127.0.0.1:", f"http://{self.address}:") for name, value in merged.items()}


@contextmanager
def stage(address: str) -> Iterator[Stage]:
    """Everything is stopped at the end, and nothing of it stays; a stack of this checkout is left alone."""
    with ExitStack() as opened:
        base = _free_ports(address)
        for offset in OFFSETS.values():
            opened.callback(Relay(address, base + offset, base + offset).stop)
        # GitHub's downloads are on another host than its API, and refuse the API's credential.
        opened.callback(Relay(address, base + DOWNLOADS, base + OFFSETS["github"]).stop)
        root = Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="ferry-sam-")))
        for name in DEPLOYED:
            (root / name).symlink_to(ROOT / name)
        stack = start_stack(
            StackSettings(
                root=root,
                environment={"PORT_BASE": str(base)},
                extra={"github": {"download_url": f"http://{address}:{base + DOWNLOADS}"}},
                warm=False,
            )
        )
        opened.callback(stack.stop)
        yield _set(stack, address)


def _set(stack: Stack, address: str) -> Stage:
    parking = Parking(stack.clients)
    queue = stack.clients("sqs").create_queue(QueueName=f"{NAME}-deliveries")["QueueUrl"]
    given = stack.runner.function(stack.functions["WorkerFunction"]).environment
    sdk = {name: value for name, value in given.items() if name.startswith("AWS_")} | OPERATOR
    log = stack.path.parent / "logs" / "sink.log"
    arn = f"arn:aws:lambda:{stack.info['region']}:123456789012:function:{SINK}"
    stack.runner.register(Function(SINK, arn, "local.sam_local.sink.handler", ROOT, log, 30, environment=sdk))
    os.environ.update(sdk)  # the adapters' clients are made from the environment, as in a function
    settings = read(WorldSettings, {**given, "DELIVERY_MACHINE_ARN": parking.machine})
    return Stage(stack, CloudWorld(settings), parking, queue, address)


def _free_ports(address: str) -> int:
    """The first of as many ports as the stack has servers, free on the loopback address and on the bridge's."""
    for base in range(18700, 28700, 20):
        if all(_free(host, base + offset) for offset in range(DOWNLOADS + 1) for host in ("127.0.0.1", address)):
            return base
    raise OSError("no row of free ports between 18700 and 28700")


def _free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def secrets(stack: Stack) -> Mapping[str, str]:
    found: Mapping[str, str] = stack.info["secrets"]
    return found
