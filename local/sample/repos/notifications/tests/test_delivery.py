import pytest

from acme_notifications.delivery import Dispatcher, Outcome, backoff
from acme_notifications.errors import AddressRefused, DeliveryFailed
from acme_notifications.templates import Message

HELLO = Message("Hello", "")
BOTH = {"email": "noor@example.com", "sms": "+49 30 1234567"}


class Scripted:
    """A channel that fails as told, then works."""

    def __init__(self, name, *errors):
        self.name = name
        self._errors = list(errors)

    def send(self, address, message):
        if self._errors:
            raise self._errors.pop(0)


def deliver(*channels):
    pauses = []
    dispatcher = Dispatcher({channel.name: channel for channel in channels}, pauses.append)
    return dispatcher.deliver(HELLO, BOTH), pauses


def test_first_channel_is_enough():
    assert deliver(Scripted("email"), Scripted("sms")) == (Outcome("email", 1), [])


def test_failed_delivery_is_tried_again_after_a_pause():
    email = Scripted("email", DeliveryFailed(), DeliveryFailed())
    assert deliver(email, Scripted("sms")) == (Outcome("email", 3), [1.0, 2.0])


def test_refused_address_leads_straight_to_the_next_channel():
    email = Scripted("email", AddressRefused())
    assert deliver(email, Scripted("sms")) == (Outcome("sms", 2), [])


def test_nothing_worked():
    broken = [Scripted(name, *[DeliveryFailed()] * 3) for name in BOTH]
    outcome, pauses = deliver(*broken)
    assert outcome == Outcome(None, 6)
    assert len(pauses) == 6


@pytest.mark.parametrize(("attempt", "seconds"), [(1, 1.0), (4, 8.0), (10, 60.0)])
def test_backoff_doubles_up_to_a_minute(attempt, seconds):
    assert backoff(attempt) == seconds
