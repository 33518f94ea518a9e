import assert from "node:assert/strict";
import { test } from "node:test";

import { Cart } from "../src/cart.js";

test("more of the same item stays one line", () => {
  const cart = new Cart();
  cart.add("MUG-01");
  cart.add("MUG-01", 11);
  assert.deepEqual(cart.toJSON(), [{ sku: "MUG-01", quantity: 12 }]);
  assert.equal(cart.pieces, 12);
});

test("a cart survives between visits", () => {
  const saved = [{ sku: "MUG-01", quantity: 2 }, { sku: "POT-07", quantity: 1 }];
  assert.deepEqual(new Cart(saved).toJSON(), saved);
});

test("a removed item is gone", () => {
  const cart = new Cart([{ sku: "MUG-01", quantity: 2 }]);
  cart.remove("MUG-01");
  assert.equal(cart.pieces, 0);
});

test("a senseless quantity is refused", () => {
  const cart = new Cart();
  for (const quantity of [0, -1, 1.5, 1000]) {
    assert.throws(() => cart.add("MUG-01", quantity), RangeError);
  }
});
