"""Corrections to moto 5.2.5: each names the wrong, tests/stack/test_mends.py or test_memory.py proves it.

When moto is updated, leave one out (FERRY_SKIP_MENDS, see tests/stack/conftest.py): if its test passes, it may go.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from local.aws.mends import errors, memory, speed, tables, tokens

MENDS: tuple[Callable[[], None], ...] = (
    speed.reuse_clients,
    speed.parse_once,
    speed.forget_threads,
    speed.log_no_failures,
    speed.find_services_once,
    memory.keep_no_instances,
    tables.copy_tables_lightly,
    tables.query_only_what_is_asked_for,
    tokens.one_token_per_attempt,
    tokens.refuse_closed_tokens,
    tokens.keep_cause_of_failure,
    tokens.heed_an_early_answer,
    tokens.stop_at_once,
    errors.tell_heartbeats_apart,
    errors.pass_on_states_errors,
)

_done = threading.Event()


def apply(skip: frozenset[str] = frozenset()) -> None:
    """Mend moto in this process, once. `skip` leaves out mends by name: for the tests that prove them."""
    if _done.is_set():
        return
    _done.set()
    for mend in MENDS:
        if mend.__name__ not in skip:
            mend()
