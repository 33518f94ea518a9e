import assert from "node:assert/strict";
import { test } from "node:test";

import { SearchBox } from "../src/search-box.js";

test("an answer that comes too late is dropped", async () => {
  const answers = {};
  const shown = [];
  const search = (query) => new Promise((answer) => { answers[query] = answer; });
  const box = new SearchBox(search, (hits) => shown.push(hits));
  const first = box.ask("mu");
  const second = box.ask("mug");
  answers.mug(["MUG-01"]);
  answers.mu(["MUG-01", "MUSIC-BOX"]);
  await Promise.all([first, second]);
  assert.deepEqual(shown, [["MUG-01"]]);
});

test("an empty box finds nothing without asking", async () => {
  const shown = [];
  const box = new SearchBox(() => assert.fail("asked"), (hits) => shown.push(hits));
  await box.ask("  ");
  assert.deepEqual(shown, [[]]);
});
