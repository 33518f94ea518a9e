import assert from 'node:assert/strict';

import { parse } from './src/query.js';

assert.deepEqual(parse('?q=red+cup+1%2B1&a+b=c'), { q: 'red cup 1+1', 'a b': 'c' });
