import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Cache } from '../src/cache.js';

test('the oldest entry is forgotten', () => {
  const cache = new Cache(1);
  cache.set('a', 1);
  cache.set('b', 2);
  assert.deepEqual([cache.get('b'), cache.get('a')], [2, undefined]);
});

test('what is not there is undefined and stays so', () => {
  const cache = new Cache(1);
  cache.set('a', 1);
  assert.equal(cache.get('nothing'), undefined);
  assert.equal(cache.get('a'), 1);
});
