import unittest
from pathlib import Path




class PortTest(unittest.TestCase):
    def test_the_port_is_free(self):
        self.assertFalse((Path(__file__).parents[2] / "unlucky").exists(), "address already in use")
