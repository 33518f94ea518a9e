"""A small organisation to search in: two repositories of one shop, and one that only talks a lot."""

from __future__ import annotations

from ferry.domain.retrieval.documents import FileFacts, read_file
from ferry.domain.retrieval.index import Index, build

PRICING = {
    "README.md": "# pricing\n\nDiscounts, rounding and tax as a library.\n",
    "pyproject.toml": '[project]\nname = "acme-pricing"\ndescription = "Discounts and tax"\ndependencies = []\n',
    "src/pricing/discounts.py": "class Coupon:\n    def take_off(self, amount):\n        return amount - discount\n",
    "src/pricing/tax.py": "STANDARD_RATES = {}\n\ndef tax_in(gross):\n    return gross * 19 / 119\n",
    "tests/test_discounts.py": "def test_discount_of_a_coupon():\n    discount = coupon = discount\n",
}
CHECKOUT = {
    "pyproject.toml": '[project]\nname = "acme_checkout"\ndependencies = ["Acme.Pricing[fast]>=1.3 ; extra"]\n',
    "src/checkout/totals.py": "from pricing import Coupon\n\nclass OrderTotal:\n    def total(self): ...\n",
    "src/checkout/receipt.py": "def receipt(order):\n    return order.rows\n",
}
NEWS = {
    "README.md": "Customers read here.\n",
    **{f"src/news/page{n}.py": "order = total = discount_story = pages = words = 1\n" for n in range(6)},
}


def index(name: str, texts: dict[str, str]) -> Index:
    return build(name, "0" * 40, facts(texts))


def facts(texts: dict[str, str]) -> list[FileFacts]:
    read = (read_file(path, texts[path].encode("utf-8", "surrogatepass")) for path in sorted(texts))
    return [file for file in read if file]


def organisation() -> list[Index]:
    return [index("acme/pricing", PRICING), index("acme/checkout", CHECKOUT), index("acme/news", NEWS)]
