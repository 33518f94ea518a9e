// The cart in the browser. Totals are not added up here: the checkout service does that.

const MAX_QUANTITY = 999;

export class Cart {
  #lines = new Map();

  constructor(saved = []) {
    for (const { sku, quantity } of saved) this.add(sku, quantity);
  }

  /** Add pieces of an item; throws a RangeError beyond what one order may hold. */
  add(sku, quantity = 1) {
    const pieces = (this.#lines.get(sku) ?? 0) + quantity;
    if (!Number.isInteger(pieces) || pieces < 1 || pieces > MAX_QUANTITY) {
      throw new RangeError(`between 1 and ${MAX_QUANTITY} pieces, please`);
    }
    this.#lines.set(sku, pieces);
  }

  remove(sku) {
    this.#lines.delete(sku);
  }

  get pieces() {
    return [...this.#lines.values()].reduce((sum, pieces) => sum + pieces, 0);
  }

  /** What the checkout service wants to have, and what is kept between visits. */
  toJSON() {
    return [...this.#lines].map(([sku, quantity]) => ({ sku, quantity }));
  }
}
