import assert from 'node:assert/strict';

import { Cache } from './src/cache.js';

const cache = new Cache(2);
cache.set('a', 1);
cache.set('b', 2);
cache.get('a');
cache.get('nothing');
cache.set('c', 3);
assert.deepEqual([cache.get('a'), cache.get('b'), cache.get('c')], [1, undefined, 3]);
