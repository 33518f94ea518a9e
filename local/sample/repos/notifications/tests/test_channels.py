import pytest

from acme_notifications.channels import SMS_LENGTH, EmailChannel, sms_text
from acme_notifications.errors import AddressRefused
from acme_notifications.templates import Message

HELLO = Message("Hello", "How are you?\n")


class Outbox:
    """An SMTP client that keeps what it is given."""

    def __init__(self):
        self.sent = []

    def send_message(self, message):
        self.sent.append(message)


def test_email_carries_subject_and_body():
    outbox = Outbox()
    EmailChannel(outbox, "shop@example.com").send("noor@example.com", HELLO)
    (mail,) = outbox.sent
    assert (mail["To"], mail["Subject"]) == ("noor@example.com", "Hello")
    assert mail.get_content() == "How are you?\n"


def test_nonsense_address_is_refused():
    with pytest.raises(AddressRefused):
        EmailChannel(Outbox(), "shop@example.com").send("noor", HELLO)


def test_long_text_message_is_cut():
    assert sms_text(HELLO) == "Hello"
    assert len(sms_text(Message("x" * 200, ""))) == SMS_LENGTH
