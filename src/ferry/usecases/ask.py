"""A question to the app: handed to the Slack agent, which answers in the thread by itself."""

from __future__ import annotations

from ferry.domain.delivery import Delivery, Outcome, Receipt
from ferry.domain.question import Question
from ferry.domain.triggers.slack import Mention
from ferry.usecases.world import World


def ask(delivery: Delivery, mention: Mention, world: World) -> Receipt:
    question = Question(
        id=delivery.id, user=mention.user, text=mention.text, thread=mention.thread, asked_at=delivery.received_at
    )
    world.agents.run("slack", question.dump())
    return Receipt(delivery.name, Outcome.IGNORED, "a question: answered in its thread, starts no task", world.now())
