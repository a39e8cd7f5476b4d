// SPDX-License-Identifier: Apache-2.0
// docs.test.mjs - what the documents show is what the program does: the reference of keys, the README's
// table, the listings, the links.
import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import test from "node:test";
import { folder, outputs, root, run, write } from "../lib/goalmill.mjs";

const read = (...path) => readFileSync(join(root, ...path), "utf8");
const example = {
  "nightly.ini": read("examples", "quickstart", "nightly.ini"),
  "logs/github.ndjson.gz": readFileSync(join(root, "examples", "quickstart", "logs", "github-2021-07-21.ndjson.gz")),
};

test("docs/configuration.md is what the key table gives", () => {
  const done = run(["help", "configuration"]);
  assert.equal(done.code, 0);
  assert.equal(read("docs", "configuration.md"), done.stdout,
    "run: goalmill help configuration > docs/configuration.md");
});

test("the README shows the table that the quickstart ends with", (t) => {
  const dir = folder(t);
  write(dir, example);
  const done = run(["run", join(dir, "nightly.ini"), "--quiet"]);
  assert.equal(done.code, 0);
  const table = done.stdout.split("\n").filter((line) => !line.startsWith("report: ")).join("\n").trimEnd();
  assert.ok(read("README.md").includes("```\n" + table + "\n```"), "README.md lacks this table:\n" + table);
});

test("the rule of docs/rules.md scores", (t) => {
  const dir = folder(t);
  const listing = read("docs", "rules.md").match(/```lua\n(return rule[\s\S]*?)```/)[1];
  write(dir, {
    ...example,
    "sure.lua": listing,
    "nightly.ini": example["nightly.ini"] +
      "\n[goal docs.sure]\nmetric = automated.rate\nrule = sure.lua\ntarget = 4%\nparam.width = 10%\n",
  });
  const done = run(["run", join(dir, "nightly.ini"), "--quiet"]);
  assert.equal(done.stderr, "");
  assert.equal(done.code, 0);
  const card = outputs(join(dir, "out")).goal("docs.sure");
  const { value, ci: [lower, upper] } = card;
  const expected = 50 * Math.min(1, value / 0.04) + 50 * (1 - (upper - lower) / 0.1);
  assert.ok(Math.abs(card.score - expected) < 1e-6, `${card.score} is not ${expected}`);
});

test("links between documents lead somewhere", () => {
  const pages = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "examples/quickstart/README.md",
    ...readdirSync(join(root, "docs")).filter((f) => f.endsWith(".md")).map((f) => "docs/" + f)];
  let links = 0;
  for (const page of pages) {
    for (const [, target] of read(page).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      links++;
      assert.ok(existsSync(join(root, dirname(page), target)), `${page}: no ${target}`);
    }
  }
  assert.ok(links > 10);
});
