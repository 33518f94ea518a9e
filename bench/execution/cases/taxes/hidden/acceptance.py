import sys

sys.path.insert(0, "../rates")

from invoices import tax
from rates import rate

assert (tax(10_000), tax(10_000, "DE"), tax(10_000, "CH"), tax(50, "CH")) == (1_900, 1_900, 810, 4)
try:
    rate("XX")
except KeyError:
    sys.exit(0)
raise AssertionError("XX has a rate")
