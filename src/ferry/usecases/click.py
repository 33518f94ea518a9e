"""A decision that came through Slack: taken as any other, and answered to the person alone."""

from __future__ import annotations

from ferry.domain.approval import Ballot
from ferry.domain.delivery import Delivery, Outcome, Receipt
from ferry.domain.messages.blocks import named
from ferry.domain.triggers.slack import Click
from ferry.usecases.decide import LOST, decide
from ferry.usecases.rules import Rules
from ferry.usecases.world import World

SAID = {Outcome.IGNORED: "Nothing was changed", Outcome.VOTED: "Your approval counts", Outcome.DECIDED: "Decided"}


def clicked(delivery: Delivery, click: Click, world: World, rules: Rules) -> Receipt:
    """What is decided is seen in the message itself, so the person is told of everything else."""
    ballot = Ballot(f"slack:{click.user}", click.task_id, click.approval_id, click.digest, click.decision, click.reason)
    receipt = decide(delivery, ballot, world, rules)
    if receipt.outcome is not Outcome.DECIDED or LOST in receipt.reason:
        said = f"{SAID[receipt.outcome]}: {named(receipt.reason)}."
        world.chat.whisper(click.user, said, channel=click.channel)
    return receipt
