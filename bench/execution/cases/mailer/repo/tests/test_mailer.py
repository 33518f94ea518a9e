from mailer import settings


def test_the_sender_is_a_setting():
    assert settings({"MAIL_SENDER": "shop@example.com"})["sender"] == "shop@example.com"
