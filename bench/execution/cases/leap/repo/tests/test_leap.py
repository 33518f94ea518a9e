import unittest

from leap import days_in_month


class LeapTest(unittest.TestCase):
    def test_months_of_30_and_31_days(self):
        self.assertEqual([days_in_month(2023, month) for month in (1, 4, 7, 8, 11)], [31, 30, 31, 31, 30])

    def test_every_fourth_year_is_a_leap_year(self):
        self.assertEqual((days_in_month(2023, 2), days_in_month(2024, 2)), (28, 29))
