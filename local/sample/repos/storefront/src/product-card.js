// A product as it appears in lists.

import { html } from "./html.js";
import { showAmount } from "./money.js";

export function productCard(product, locale = "en") {
  const sold = product.free > 0 ? html`<button>Add to cart</button>` : html`<em>Sold out</em>`;
  return html`<article id="${product.sku}">
  <h3>${product.title}</h3>
  <p>${showAmount(product.unitPrice, locale)}</p>
  ${sold}
</article>`;
}
