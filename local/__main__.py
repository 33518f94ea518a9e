"""`python -m local up`: the embedded stack until Ctrl-C or SIGTERM. `demo`: see `local.demo.main`."""

from __future__ import annotations

import logging
import os
import signal
import sys
import time
from collections.abc import Mapping

from local.aws.claim import StackRunningError
from local.aws.deploy.intrinsics import TemplateError
from local.aws.http import PortError
from local.model import ModelError, check_model
from local.own import sandbox_warning, start, unavailable_sandbox
from local.stack import Stack, StackSettings, start_stack

USAGE = "usage: python -m local up | demo [--yes]"
_ENDINGS = (signal.SIGINT, signal.SIGTERM)


def main(arguments: list[str], settings: StackSettings | None = None) -> int:
    if arguments[:1] == ["demo"]:
        from local.demo.main import main as demo

        return demo(arguments[1:])
    if arguments != ["up"]:
        print(USAGE, file=sys.stderr)
        return 2
    return _up(settings)


def _up(settings: StackSettings | None) -> int:
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    for wanted in _ENDINGS:
        signal.signal(wanted, _end)
    stack = None
    try:
        begun = time.monotonic()
        stack = start_stack(settings) if settings else _as_wished(os.environ)
        print(_summary(stack, time.monotonic() - begun), flush=True)
        _until_interrupted()
    except KeyboardInterrupt:
        print("\nStopping …", flush=True)
    except (ModelError, StackRunningError, TemplateError, PortError) as error:
        print(f"cannot start: {error}", file=sys.stderr)
        return 1
    if stack is not None:
        stack.stop()
    print("Stopped. Tasks, artifacts and the stand-ins' data are kept in .local; executions that waited are gone:")
    print("after the next start, resume a task from its record.")
    return 0


def _as_wished(environ: Mapping[str, str]) -> Stack:
    """With the model and the sandbox that the demo would choose, so that its tasks can be resumed here."""
    model = check_model(environ)
    warning = sandbox_warning(environ, unavailable_sandbox())
    if warning:
        print(f"Warning: {warning}")
    return start(environ, model, plain=bool(warning))


def _until_interrupted() -> None:
    """In short sleeps: a signal that comes just before a thread blocks is only seen when it wakes."""
    while True:
        time.sleep(0.1)


def _end(*_: object) -> None:
    """Raises: an Event set in a handler would block for ever if the main thread is just entering its wait."""
    for wanted in _ENDINGS:
        signal.signal(wanted, signal.SIG_IGN)
    raise KeyboardInterrupt


def _summary(stack: Stack, seconds: float) -> str:
    info = stack.info
    lines = [f"The stack is up after {seconds:.1f} s.", ""]
    lines += [f"  {name:<8} {info[name]}" for name in ("api", "aws", "github", "jira", "slack", "sentry", "bedrock")]
    lines += ["", f"  All of it, with the secrets: {stack.path}", f"  Logs of the functions:       {_logs(stack)}"]
    lines += [
        "",
        *_how_to_begin(info),
        "",
        "Ctrl-C stops it. Waiting executions live in memory and do not survive that.",
    ]
    lines += [f"Not here: {note}" for note in stack.notes]
    if stack.lost:
        lines += ["", f"{len(stack.lost)} execution(s) were lost when the last stack stopped; resume their tasks:"]
        lines += [f"  {name}" for name in stack.lost]
    return "\n".join(lines)


def _logs(stack: Stack) -> str:
    return str(stack.path.parent / "logs")


def _how_to_begin(info: dict[str, str]) -> list[str]:
    """The label that starts a task, by Jira's own call; the token is read from stack.json, not printed."""
    return [
        f"Label a ticket of {info['jira_project']} (here number 1) to start a task:",
        '  token=$(python3 -c \'import json; print(json.load(open(".local/stack.json"))["secrets"]["jira_token"])\')',
        f"  curl -X PUT {info['jira']}/rest/api/3/issue/{info['jira_project']}-1 \\",
        '    -u "you@example.com:$token" -H "Content-Type: application/json" \\',
        """    -d '{"update": {"labels": [{"add": "AI"}]}}'""",
    ]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
