import assert from 'node:assert/strict';
import { test } from 'node:test';

import { wrap } from '../src/wrap.js';

test('long words are cut', () => {
  assert.deepEqual(wrap('abcdefgh', 3), ['abc', 'def', 'gh']);
});
