"""A comment that calls Ferry: acknowledged at once, then carried by an execution of the comment machine."""

from __future__ import annotations

import contextlib
import hashlib

from ferry.domain.admission.budget import DEFAULT, Budget, Subject
from ferry.domain.delivery import Delivery, Outcome, Receipt
from ferry.domain.errors import Conflict, PermanentError
from ferry.domain.triggers.comment import Remark
from ferry.usecases.spend import spend
from ferry.usecases.world import World


def hear(delivery: Delivery, remark: Remark, world: World, budget: Budget = DEFAULT) -> Receipt:
    """Only for people who may write to the repository; others get a sign, and nothing starts."""
    if remark.unbidden and not world.store.task_of_pull_request(remark.repo, remark.number):
        reason = f"{remark.place}: a review of a pull request that is not one of Ferry's"
        return Receipt(delivery.name, Outcome.IGNORED, reason, world.now())
    if not world.forge.may_write(remark.repo, remark.user):
        _sign(remark, "confused", world)
        reason = f"{remark.user} may not write to {remark.repo}, so nothing was started"
        return Receipt(delivery.name, Outcome.REJECTED, reason, world.now())
    if refusal := spend(delivery.name, Subject(repo=remark.repo, number=remark.number), world, budget):
        _sign(remark, "confused", world)
        return Receipt(delivery.name, Outcome.REJECTED, refusal, world.now())
    _sign(remark, "eyes", world)
    id = request_id(delivery)
    # The same name and input again is the same execution; a Conflict says that it has run to its end already.
    with contextlib.suppress(Conflict):
        world.comments.start(f"comment-{id}", {"id": id, "remark": remark.dump()})
    task_id = world.store.task_of_pull_request(remark.repo, remark.number) or ""
    reason = f"{remark.user} asked for “{remark.verb}” on {remark.place}"
    return Receipt(delivery.name, Outcome.STARTED, reason, world.now(), task_id)


def request_id(delivery: Delivery) -> str:
    return hashlib.sha256(delivery.name.encode()).hexdigest()[:16]


def _sign(remark: Remark, reaction: str, world: World) -> None:
    """A sign that cannot be given (the comment is gone) stops nothing."""
    with contextlib.suppress(PermanentError):
        world.forge.react(remark.subject, reaction)
