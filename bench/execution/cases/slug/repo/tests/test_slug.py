import unittest

from slug import slug


class SlugTest(unittest.TestCase):
    def test_spaces_become_single_dashes(self):
        self.assertEqual(slug("Apple  pie"), "apple-pie")

    def test_punctuation_goes(self):
        self.assertEqual(slug("Who's there?"), "whos-there")
