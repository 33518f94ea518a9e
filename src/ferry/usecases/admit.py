"""Admission: claim a delivery, decide by pure rules what it asks for, do that once, and write the receipt.

Two tables say it all. `ferry.usecases.readers.READERS`: from (source, kind) to the pure rule that reads a wish out of
the body, or says why there is none. USE_CASES: from the wish to what is done. A new trigger is a row in each.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from typing import Any

from ferry.domain.delivery import Delivery, Outcome, Receipt
from ferry.domain.errors import PermanentError, TransientError
from ferry.domain.messages.blocks import escaped, section
from ferry.domain.ticket import Ticket
from ferry.domain.ticket_edit import TicketEdit
from ferry.domain.triggers import Nothing
from ferry.domain.triggers.answer import PullAnswer, TicketAnswer
from ferry.domain.triggers.comment import Remark
from ferry.domain.triggers.github import CiFinished, PullMoved, Pushed
from ferry.domain.triggers.pick import Pick
from ferry.domain.triggers.sentry import Alert
from ferry.domain.triggers.slack import Click, Command, Mention
from ferry.usecases.answers import answered_on_pull, answered_on_ticket
from ferry.usecases.ask import ask
from ferry.usecases.change_set import pull_moved
from ferry.usecases.choose import picked
from ferry.usecases.ci import ci_finished
from ferry.usecases.click import clicked
from ferry.usecases.command import ACTS, obey
from ferry.usecases.consider import consider
from ferry.usecases.hear import hear
from ferry.usecases.pushed import pushed
from ferry.usecases.readers import read
from ferry.usecases.rules import Rules
from ferry.usecases.start import start
from ferry.usecases.ticket_edits import show_edit
from ferry.usecases.words import ask_for_words, command_in_thread
from ferry.usecases.world import World

UseCase = Callable[[Delivery, Any, World, Rules], Receipt]


def admit(delivery: Delivery, world: World, rules: Rules) -> Receipt:
    """The delivery's receipt, old or new. TransientError gives the claim back, so that it is tried again.

    Conflict from a worker that took longer than its lease: its successor's receipt counts, which the next try returns.
    """
    owner = secrets.token_hex(8)
    if receipt := world.store.claim_delivery(delivery, owner, lease_seconds=rules.lease_seconds):
        return receipt
    try:
        receipt = _act(delivery, world, rules)
    except PermanentError as error:
        receipt = Receipt(delivery.name, Outcome.REJECTED, f"{type(error).__name__}: {error}", world.now())
    except TransientError:
        world.store.release_delivery(delivery, owner)
        raise
    world.store.put_receipt(receipt, owner)
    return receipt


def _act(delivery: Delivery, world: World, rules: Rules) -> Receipt:
    wish = read(delivery, rules)
    return USE_CASES[type(wish)](delivery, wish, world, rules)


def _start(delivery: Delivery, ticket: Ticket, world: World, rules: Rules) -> Receipt:
    return start(delivery, ticket, world, people=rules.jira, budget=rules.budget)


def _edit(delivery: Delivery, edit: TicketEdit, world: World, rules: Rules) -> Receipt:
    return show_edit(delivery, edit, world, rules.jira)


def _ci(delivery: Delivery, event: CiFinished, world: World, rules: Rules) -> Receipt:
    return ci_finished(delivery, event, world)


def _push(delivery: Delivery, push: Pushed, world: World, rules: Rules) -> Receipt:
    return pushed(delivery, push, world)


def _pull(delivery: Delivery, event: PullMoved, world: World, rules: Rules) -> Receipt:
    return pull_moved(delivery, event, world)


def _click(delivery: Delivery, click: Click, world: World, rules: Rules) -> Receipt:
    if asked := ask_for_words(delivery, click, world):
        return asked
    try:
        return clicked(delivery, click, world, rules)
    except PermanentError as error:
        where = f"`/agent status {click.task_id}` shows where the task stands"
        world.chat.whisper(click.user, escaped(f"That failed ({error}); {where}."), channel=click.channel)
        raise


def _command(delivery: Delivery, command: Command, world: World, rules: Rules) -> Receipt:
    # A plan is decided by whom the policy names; whoever may steer may stop and retry.
    if command.verb in ACTS and (refusal := rules.slack.refusal(command.user)):
        text = f"Nothing was changed: {refusal}."
        world.chat.whisper(command.user, text, channel=command.channel, blocks=[section(text)])
        return _ignore(delivery, Nothing(refusal), world, rules)
    return obey(delivery, command, world, rules)


def _hear(delivery: Delivery, remark: Remark, world: World, rules: Rules) -> Receipt:
    return hear(delivery, remark, world, rules.budget)


def _consider(delivery: Delivery, alert: Alert, world: World, rules: Rules) -> Receipt:
    return consider(delivery, alert, world, rules.thresholds)


def _ask(delivery: Delivery, mention: Mention, world: World, rules: Rules) -> Receipt:
    command = command_in_thread(mention, world)
    return _command(delivery, command, world, rules) if command else ask(delivery, mention, world)


def _ignore(delivery: Delivery, nothing: Nothing, world: World, rules: Rules) -> Receipt:
    return Receipt(delivery.name, Outcome.IGNORED, nothing.reason, world.now())


USE_CASES: Mapping[type, UseCase] = {
    Ticket: _start,
    TicketEdit: _edit,
    TicketAnswer: answered_on_ticket,
    PullAnswer: answered_on_pull,
    CiFinished: _ci,
    Pushed: _push,
    PullMoved: _pull,
    Click: _click,
    Command: _command,
    Pick: picked,
    Mention: _ask,
    Remark: _hear,
    Alert: _consider,
    Nothing: _ignore,
}
