import assert from 'node:assert/strict';
import { test } from 'node:test';

import { parse } from '../src/query.js';

test('a plus is a space and an encoded plus is a plus', () => {
  assert.deepEqual(parse('?q=red+cup+1%2B1&a+b=c'), { q: 'red cup 1+1', 'a b': 'c' });
});
