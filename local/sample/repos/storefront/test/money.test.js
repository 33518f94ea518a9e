import assert from "node:assert/strict";
import { test } from "node:test";

import { parseAmount, showAmount } from "../src/money.js";

test("an amount has a number and a currency", () => {
  assert.deepEqual(parseAmount("-0.05 GBP"), { value: -0.05, currency: "GBP" });
});

test("anything else is refused", () => {
  for (const text of ["", "12.50", "EUR 12.50", "12,50 EUR"]) {
    assert.throws(() => parseAmount(text), RangeError);
  }
});

test("an amount is written as in the visitor's country", () => {
  assert.equal(showAmount("12.50 EUR"), "€12.50");
  assert.equal(showAmount("980 JPY"), "¥980");
});
