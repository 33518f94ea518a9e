import assert from 'node:assert/strict';

import { wrap } from './src/wrap.js';

assert.deepEqual(wrap('abcdefgh', 3), ['abc', 'def', 'gh']);
assert.deepEqual(wrap('a bc def', 4), ['a bc', 'def']);
