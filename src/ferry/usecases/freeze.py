"""Freeze a ticket: its text at the trigger, with what people had said on it until then."""

from __future__ import annotations

import logging

from ferry.domain.admission.people import JiraActor, JiraPeople
from ferry.domain.errors import PermanentError
from ferry.domain.ticket import Ticket, TicketComment
from ferry.usecases.world import World

logger = logging.getLogger("ferry.freeze")


def freeze(ticket: Ticket, people: JiraPeople, world: World) -> tuple[Ticket, str]:
    """The ticket with the comments of those who might trigger, Ferry left out; and what could not be read, or ""."""
    try:
        people = JiraPeople(people.own or world.tracker.account(), people.allowed)
        comments = world.tracker.comments(ticket.key)
    except PermanentError as error:
        logger.warning("%s is frozen without its comments: %s", ticket.key, type(error).__name__)
        return ticket, f"the comments of {ticket.key} could not be read and are left out: {error}"
    return ticket.with_comments(one for one in comments if not people.refusal(_author(one))), ""


def _author(comment: TicketComment) -> JiraActor:
    return JiraActor(comment.author, comment.author_name, comment.account_type)
