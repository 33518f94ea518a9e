from mailer import settings

assert settings({"MAIL_REGION": "us-east-1"})["region"] == "us-east-1"
assert settings({}) == {"region": "eu-west-1", "sender": "noreply@example.com"}
