import assert from 'node:assert/strict';

import { total } from './src/cart.js';

assert.equal(total([{ price: 800, count: 1 }], { coupon: 1000 }), 0);
assert.equal(total([{ price: 800, count: 1 }], { coupon: 1000, delivery: 490 }), 490);
assert.equal(total([{ price: 800, count: 1 }], { coupon: 800, delivery: 490 }), 490);
assert.equal(total([{ price: 800, count: 2 }], { coupon: 1000 }), 600);
