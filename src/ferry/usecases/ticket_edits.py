"""Later edits of a ticket: recorded, shown as a diff in the task's thread, never obeyed.

A webhook tells of most; what it told too early (before the task was there) or never is found by looking again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from ferry.domain.admission.people import JiraActor, JiraPeople
from ferry.domain.approval import Approval
from ferry.domain.delivery import Delivery, Outcome, Receipt
from ferry.domain.errors import FerryError, PermanentError
from ferry.domain.messages.edits import edited
from ferry.domain.step import ticket_key
from ferry.domain.ticket import Ticket, TicketComment
from ferry.domain.ticket_edit import EDITED, MOST_SHOWN, UNCOMPARED, TicketEdit, comment_edits, diff
from ferry.domain.triggers.answer import Answer, is_person, read_answer
from ferry.usecases.world import World


def show_edit(delivery: Delivery, edit: TicketEdit, world: World, people: JiraPeople) -> Receipt:
    """The receipt names the task that was told."""
    task_id = world.store.live_run(edit.key)
    if not task_id:
        return _ignored(delivery, f"no task carries {edit.key} now; its next run reads it anew", world)
    if edit.by and edit.by == own_account(world, people):
        return _ignored(delivery, "Ferry's own account wrote this", world, task_id)
    ticket = Ticket.read(world.artifacts.get(ticket_key(task_id)), f"ticket of {task_id}")
    if edit.at <= ticket.triggered_at:
        return _ignored(delivery, f"{edit.what} was changed before the trigger, so the task knows", world, task_id)
    lines = diff(ticket, edit)
    if not lines:
        return _ignored(delivery, f"{edit.what} reads as it did at the trigger", world, task_id)
    named = replace(edit, change=edit.change or delivery.name)
    return _ignored(delivery, _show(task_id, named, lines, world), world, task_id)


def look_again(task_id: str, world: World, calls: Sequence[str] = ()) -> None:
    """Show what was changed after the trigger and nobody told; a tracker that cannot be asked is noted, no more.
    calls: as `standing`."""
    ticket = Ticket.read(world.artifacts.get(ticket_key(task_id)), f"ticket of {task_id}")
    try:
        edits = standing(task_id, ticket, world, calls)
    except FerryError as error:
        world.store.add_event(task_id, UNCOMPARED, f"{ticket.key} as it is now could not be read: {error}")
        return
    for edit in edits:
        _show(task_id, edit, diff(ticket, edit), world)


def standing(task_id: str, ticket: Ticket, world: World, calls: Sequence[str] = ()) -> list[TicketEdit]:
    """What reads otherwise now than at the trigger, Ferry's own changes left out. As `IssueTracker` raises.

    calls: what calls Ferry where the ticket is a place to decide; a new comment that answers a request of this task is
    no edit, whether its webhook came already or not.
    """
    own, text = world.tracker.account(), world.tracker.text_edit(ticket)
    comments, frozen = world.tracker.comments(ticket.key), {one.id for one in ticket.comments}
    asked = world.gate.approvals(task_id) if calls else []
    kept = [one for one in comments if one.id in frozen or not _answers(one, calls, asked)]
    found = [*([text] if text else ()), *comment_edits(ticket, kept)]
    return [edit for edit in found if edit.by != own and diff(ticket, edit)]


def names_request(answer: Answer, asked: Iterable[Approval]) -> bool:
    """Whether it is about one of `asked`, open or not."""
    return bool(answer.digest) and any(one.digest.startswith(answer.digest) for one in asked)


def own_account(world: World, people: JiraPeople) -> str:
    """Of Ferry in the tracker; "" where nobody knows it."""
    try:
        return people.own or world.tracker.account()
    except PermanentError:
        return ""


def _answers(one: TicketComment, calls: Sequence[str], asked: Iterable[Approval]) -> bool:
    answer = read_answer(one.text, calls) if is_person(JiraActor(one.author, "", one.account_type)) else None
    return answer is not None and names_request(answer, asked)


def _show(task_id: str, edit: TicketEdit, lines: tuple[str, ...], world: World) -> str:
    """edit: with the name of its change, by which it is told once."""
    who, name = edit.by_name or edit.by or "somebody", f" ({edit.change}); shown, not obeyed"
    detail = f"{who} changed {edit.what} of {edit.key} after the trigger{name}"
    if sum(event.kind == EDITED for event in world.store.events(task_id)) >= MOST_SHOWN:
        return f"{edit.key} was changed more than {MOST_SHOWN} times after the trigger; see the ticket itself"
    # A webhook and the look at the ticket may find the same change at the same moment.
    if not world.store.add_event(task_id, EDITED, detail, once=edit.change):
        return detail
    try:
        text, blocks = edited(edit, lines)
        world.chat.post(text, blocks, thread=world.store.task(task_id).message_ref)
    except FerryError as error:
        world.store.add_event(task_id, "notice failed", f"Slack was not told of the edit: {error}")
    return detail


def _ignored(delivery: Delivery, reason: str, world: World, task_id: str = "") -> Receipt:
    return Receipt(delivery.name, Outcome.IGNORED, reason, world.now(), task_id)
