from mailer import settings


def test_the_region_is_a_setting_with_a_default():
    assert settings({"MAIL_REGION": "us-east-1"})["region"] == "us-east-1"
    assert settings({}) == {"region": "eu-west-1", "sender": "noreply@example.com"}
