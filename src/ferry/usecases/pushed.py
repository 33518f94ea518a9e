"""A push to a default branch: its repository's index is brought up to date, elsewhere and soon."""

from __future__ import annotations

from ferry.domain.delivery import Delivery, Outcome, Receipt
from ferry.domain.triggers.github import Pushed
from ferry.usecases.world import World


def pushed(delivery: Delivery, push: Pushed, world: World) -> Receipt:
    """Asking twice does no harm, and a refresh that fails is the sweep's to repeat."""
    world.indexer.refresh(push.repo)
    reason = f"{push.repo}: {push.branch} is at {push.sha[:7]} now; its index is being refreshed"
    return Receipt(delivery.name, Outcome.STARTED, reason, world.now())
