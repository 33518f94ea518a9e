import assert from 'node:assert/strict';
import { test } from 'node:test';

import { parse } from '../src/query.js';

test('pairs are read', () => {
  assert.deepEqual(parse('?a=1&b=%C3%A9'), { a: '1', b: 'é' });
});

test('an encoded plus is a plus', () => {
  assert.deepEqual(parse('q=1%2B1'), { q: '1+1' });
});
