"""`make demo`: the sample ticket, from its label to green pull requests.

Exit codes: 0 all pull requests of the plan are green at GitHub, 1 not so, 2 it could not even begin, 130 interrupted.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext

from rich.console import Console

from ferry.domain.errors import FerryError
from local.demo.peers import DemoError
from local.demo.session import Session, carry
from local.demo.stack import Ground, own_stack, running_stack
from local.model import Model, ModelError, check_model
from local.own import sandbox_warning, unavailable_sandbox

USAGE = "usage: python -m local demo [--yes]"
INTERRUPTED = 130
ENDINGS = (signal.SIGINT, signal.SIGTERM)


def main(arguments: list[str], environ: Mapping[str, str] | None = None) -> int:
    """environ: os.environ unless a test gives its own."""
    if arguments not in ([], ["--yes"]):
        print(USAGE, file=sys.stderr)
        return 2
    environ = os.environ if environ is None else environ
    console = Console(highlight=False)
    for wanted in ENDINGS:
        signal.signal(wanted, _end)
    session = Session(console, environ, interactive=_interactive(environ, arguments))
    try:
        return _run(session)
    except (ModelError, DemoError) as error:
        _complain(error, session)
        return 2 if not session.ticket else 1
    except FerryError as error:
        _complain(f"{type(error).__name__}: {error}", session)
        return 1
    except (KeyboardInterrupt, EOFError):
        console.print(f"\nInterrupted. {session.where()}", markup=False, soft_wrap=True)
        return INTERRUPTED


def _end(*_: object) -> None:
    """Once: a second Ctrl-C must not leave half of the stack behind."""
    for wanted in ENDINGS:
        signal.signal(wanted, signal.SIG_IGN)
    raise KeyboardInterrupt


def _interactive(environ: Mapping[str, str], arguments: list[str]) -> bool:
    """A person is there to decide; CI systems give a terminal too, and say so."""
    return sys.stdin.isatty() and sys.stdout.isatty() and environ.get("CI", "") in ("", "false") and not arguments


def _run(session: Session) -> int:
    model = check_model(session.environ)
    ground = running_stack(session.environ)
    if ground is not None:
        session.say(f"Using the stack that is up already ({ground.info['api']}).")
    with _on(ground, model, session) as stands:
        return carry(session, stands)


def _on(ground: Ground | None, model: Model, session: Session) -> AbstractContextManager[Ground]:
    if ground is not None:
        return nullcontext(ground)
    session.say(f"Starting the embedded stack; the words come from {model.name} …")
    why = unavailable_sandbox()
    if warning := sandbox_warning(session.environ, why):
        session.say(f"Warning: {warning}")
    return own_stack(session.environ, model, plain=bool(warning))


def _complain(error: object, session: Session) -> None:
    text = f"Stopped: {error}"
    print("\n".join(filter(None, (text, session.where() if session.ticket else ""))), file=sys.stderr)
