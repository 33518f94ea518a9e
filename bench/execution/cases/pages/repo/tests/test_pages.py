import unittest

from pages import pages


class PagesTest(unittest.TestCase):
    def test_full_pages(self):
        self.assertEqual(pages(20, 10), 2)
