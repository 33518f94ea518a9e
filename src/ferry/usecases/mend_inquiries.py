"""Mends of the question which repository is meant: the worker died between its record and Slack, or the machine."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from ferry.domain.errors import VendorUnavailable
from ferry.domain.inquiry import Answer, Inquiry
from ferry.domain.messages.inquiry import verdict
from ferry.domain.task import TaskStatus
from ferry.usecases.inquire import post
from ferry.usecases.inquiries import heed, kind, wake
from ferry.usecases.mend import mend
from ferry.usecases.mend_tasks import SETTLING
from ferry.usecases.world import World

GOES_ON = frozenset({Answer.CHOSEN, Answer.NONE})


def settle_inquiries(world: World) -> int:
    """Answers in the record whose machine was not told, and questions that people never saw."""
    mended = 0
    for task in world.store.tasks():
        inquiry = heed(task.id, world) if task.status is TaskStatus.AWAITING_CHOICE else None
        if inquiry and _unheard(inquiry, world):
            mended += mend(f"answer:{inquiry.id}", "inquiry", world, partial(_woken, inquiry, world), task.id)
        elif inquiry and _unseen(inquiry, world):
            mended += mend(f"question:{inquiry.id}", "inquiry", world, partial(_posted, inquiry, world), task.id)
    return mended


def _unheard(inquiry: Inquiry, world: World) -> bool:
    token = world.store.token(inquiry.task_id, kind(inquiry))
    return inquiry.answer in GOES_ON and bool(token) and world.engine.heartbeat(token or "")


def _unseen(inquiry: Inquiry, world: World) -> bool:
    """A question is recorded before it is posted: until then a difference is no fault."""
    age = world.clock.now() - datetime.fromisoformat(inquiry.asked_at)
    return inquiry.answer is None and not inquiry.message_ref and age > SETTLING


def _woken(inquiry: Inquiry, world: World) -> str:
    woken = wake(inquiry, world)
    return f"{verdict(inquiry)}: " + ("that reached the machine now" if woken else "that came too late")


def _posted(inquiry: Inquiry, world: World) -> str:
    if not post(world.gate.inquiry(inquiry.task_id, inquiry.id), world).message_ref:
        raise VendorUnavailable(f"Slack does not take the question about {inquiry.task_id} yet")
    return f"people are asked now which repository {inquiry.task_id} is about"
