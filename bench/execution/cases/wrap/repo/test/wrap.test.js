import assert from 'node:assert/strict';
import { test } from 'node:test';

import { wrap } from '../src/wrap.js';

test('words that fit share a line', () => {
  assert.deepEqual(wrap('a bc def', 4), ['a bc', 'def']);
});
