import assert from "node:assert/strict";
import { test } from "node:test";

import { productCard } from "../src/product-card.js";

const MUG = { sku: "MUG-01", title: "Mug, blue", unitPrice: "8.50 EUR", free: 12 };

test("a card has title, price and a button", () => {
  const card = String(productCard(MUG));
  for (const part of ["Mug, blue", "€8.50", "<button>"]) assert.ok(card.includes(part), part);
});

test("what is sold out cannot be added", () => {
  const card = String(productCard({ ...MUG, free: 0 }));
  assert.ok(card.includes("Sold out"));
  assert.ok(!card.includes("<button>"));
});

test("a title is text, not HTML", () => {
  const card = String(productCard({ ...MUG, title: "<b>Mug</b> & co" }));
  assert.ok(card.includes("&lt;b&gt;Mug&lt;/b&gt; &amp; co"));
});
