"""Products and their variants."""

from __future__ import annotations

from dataclasses import dataclass, field

from acme_catalog.errors import DuplicateProduct, UnknownProduct


@dataclass(frozen=True)
class Product:
    """One item that can be ordered. `volume_ml` is what a vessel holds, 0 if it is none."""

    sku: str
    title: str
    category: str
    description: str = ""
    volume_ml: int = 0
    discontinued: bool = False


@dataclass
class Catalog:
    """All products, by item number."""

    _products: dict[str, Product] = field(default_factory=dict)

    def add(self, product: Product) -> None:
        """Raises DuplicateProduct when the item number is taken."""
        if product.sku in self._products:
            raise DuplicateProduct(product.sku)
        self._products[product.sku] = product

    def get(self, sku: str) -> Product:
        """Raises UnknownProduct."""
        try:
            return self._products[sku]
        except KeyError:
            raise UnknownProduct(sku) from None

    def on_sale(self) -> list[Product]:
        """Everything that is not discontinued, by title."""
        products = (product for product in self._products.values() if not product.discontinued)
        return sorted(products, key=lambda product: product.title.casefold())
