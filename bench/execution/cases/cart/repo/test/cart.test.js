import assert from 'node:assert/strict';
import { test } from 'node:test';

import { total } from '../src/cart.js';

test('lines add up', () => {
  assert.equal(total([{ price: 250, count: 2 }, { price: 100, count: 1 }]), 600);
});

test('a coupon is taken off', () => {
  assert.equal(total([{ price: 1000, count: 1 }], { coupon: 300 }), 700);
});
