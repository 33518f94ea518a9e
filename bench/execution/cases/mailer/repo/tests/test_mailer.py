import unittest

from mailer import settings


class MailerTest(unittest.TestCase):
    def test_the_sender_is_a_setting(self):
        self.assertEqual(settings({"MAIL_SENDER": "shop@example.com"})["sender"], "shop@example.com")
