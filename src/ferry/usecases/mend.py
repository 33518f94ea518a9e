"""One mend of one thing: claimed, done and receipted like a delivery, so that two sweeps at once do it once."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from ferry.domain.delivery import Delivery, Outcome, Receipt, Source
from ferry.domain.errors import Conflict, NotFound, PermanentError, TransientError
from ferry.usecases.world import World

LEASE_SECONDS = 120


def mend(id: str, kind: str, world: World, act: Callable[[], str], task_id: str = "") -> bool:
    """Whether `act` was done now; it says what it did. id: the same for the same fault, another for the next one.

    What cannot be mended gets a receipt that says why and is not tried again; what may work later is.
    """
    delivery = Delivery(Source.SWEEP, id, kind, "", world.now())
    owner = secrets.token_hex(8)
    try:
        if world.store.claim_delivery(delivery, owner, lease_seconds=LEASE_SECONDS):
            return False
    except Conflict:
        return False
    try:
        receipt = Receipt(delivery.name, Outcome.MENDED, act(), world.now(), task_id)
    except PermanentError as error:
        receipt = Receipt(delivery.name, Outcome.REJECTED, f"{type(error).__name__}: {error}", world.now(), task_id)
    except TransientError:
        world.store.release_delivery(delivery, owner)
        raise
    try:
        world.store.put_receipt(receipt, owner)
    except Conflict:
        return False  # it took longer than the lease, and the sweep that took over counts it
    return receipt.outcome is Outcome.MENDED


def knock(id: str, kind: str, body: str, world: World) -> bool:
    """Send through the queue what should have come by a webhook; False when that was done before.

    Admission is the same for both, and decides by the same rules.
    """
    delivery = Delivery(Source.SWEEP, id, kind, body, world.now())
    try:
        world.store.receipt(delivery.name)
    except NotFound:
        world.queue.send(delivery)
        return True
    return False
