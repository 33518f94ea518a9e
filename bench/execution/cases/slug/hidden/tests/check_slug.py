import unittest

from slug import slug


class Acceptance(unittest.TestCase):
    def test_letters_stay_when_accents_go(self):
        self.assertEqual(slug("Crème brûlée"), "creme-brulee")
        self.assertEqual(slug("Ñandú É"), "nandu-e")

    def test_no_dash_at_either_end(self):
        self.assertEqual(slug(" - Été - "), "ete")

    def test_what_worked_still_works(self):
        self.assertEqual(slug("Apple  pie"), "apple-pie")
