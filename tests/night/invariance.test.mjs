// SPDX-License-Identifier: Apache-2.0
// invariance.test.mjs - the same events give the same bytes: for any number of workers, size of batches,
// order of lines and logs, cut into logs, packing, environment and current folder, and when run again.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { DAY_US, dayStart, events, line, random, shuffle, sourceKeys } from "../lib/generate.mjs";
import { folder, gz, outputs, run, write } from "../lib/goalmill.mjs";

const UNTIL = "2025-03-31";
const FROM = dayStart("2025-03-26"), TO = dayStart(UNTIL) + DAY_US;

const sections = `[metric activity]
plugin = count
by = channel
total = yes
bucket = hour
[metric revenue]
plugin = sum
field = amount
by = type, channel
total = yes
[metric order_rate]
plugin = ratio
num = count(type == order)
den = count(type == visit)
by = channel
total = yes
[metric spent]
plugin = ratio
num = sum(amount)
den = distinct(actor)
by = channel
total = yes
[metric reach]
plugin = distinct
key = actor
mode = hll
precision = 8
[metric people]
plugin = distinct
key = actor
[metric basket]
plugin = dist
field = amount
by = channel
[metric basket_sketch]
plugin = dist
field = amount
mode = sketch
by = channel
bucket = hour
[goal sales.revenue]
area = sales
metric = revenue.sum
baseline = -1e17
target = 1e17
[goal sales.spent]
area = sales
metric = 'spent.rate{channel="weibo"}'
direction = up
target = 400
[goal people.reach]
area = people
metric = reach.distinct
direction = down
baseline = 2000
target = 1000
[goal people.silent]
area = people
metric = people.distinct
target = 1e6
min_n = 1000000
`;

const configuration = (files, metrics = sections) => `[run]
timezone = Europe/Berlin
period = 3d
until = ${UNTIL}
[source *]
max_bad_lines = 1%
${Object.entries(files).map(([system, list]) => `[source ${system}]
files = ${list}
${sourceKeys[system]}`).join("")}${metrics}`;

// Amounts whose sum depends on the order when it is not exact.
const amounts = [0.1, 0.2, 0.3, 1e16, -1e16, 1 / 3, -0.7, 1e-300, 123456.789, 0];

function made(n, seed) {
  const rng = random(seed), lines = { web: [], shop: [] };
  for (const e of events({ seed, events: n, from: FROM, to: TO })) {
    if (e.amount !== undefined) e.amount = rng.pick(amounts);
    lines[e.system].push(line(e));
  }
  return lines;
}

const lines = made(8000, 5);
lines.web.push("{\"at\": \"2025-03-30T", "{\"kind\": \"visit\"}", "[1]");

const pack = {
  plain: (text) => text,
  gzip: (text) => gz(text),
  members: (text) => Buffer.concat(text.match(/(?:[^\n]*\n){1,100}/g).map(gz)),
};

// Writes the lines of both systems into logs, as many for each, lines in the given order.
function layout(path, { logs = 3, form = "plain", seed, files = "SYSTEM/*" }, all = lines) {
  const list = {};
  for (const [system, ofSystem] of Object.entries(all)) {
    const ordered = seed === undefined ? ofSystem : shuffle(ofSystem, random(seed));
    for (let i = 0; i < logs; i++) {
      const some = ordered.slice((i * ordered.length) / logs, ((i + 1) * ordered.length) / logs);
      // Names begin with all sorts of letters, so that their order is not that of the lines.
      const name = `${"cabd"[i % 4]}${i}.log`;
      write(path, { [`${system}/${name}`]: pack[form](some.map((l) => l + "\n").join("")) });
    }
    list[system] = files.replaceAll("SYSTEM", system);
  }
  return list;
}

// All bytes that may not differ: of every file but the two that are about the run.
function bytesOf(path) {
  const out = outputs(join(path, "out"));
  const cards = readdirSync(join(out.folder, "scorecards")).map((name) => join("scorecards", name));
  const names = out.files().filter((name) => name !== "run.json" && name !== "report.md" && name !== "scorecards");
  assert.ok(cards.length > 0 && names.includes("metrics.ndjson"));
  return Object.fromEntries([...names, ...cards].map((name) => [name, readFileSync(join(out.folder, name), "utf8")]));
}

function nightly(path, args = [], options = {}) {
  const done = run(["run", join(path, "nightly.ini"), "--quiet", ...args], options);
  assert.equal(done.code, 0, done.stderr);
  return bytesOf(path);
}

function same(actual, wanted) {
  assert.deepEqual(Object.keys(actual), Object.keys(wanted));
  for (const name of Object.keys(wanted))
    assert.ok(actual[name] === wanted[name], `${name} differs`); // equal() would print megabytes
}

const variants = {
  "again": {},
  "1 worker": { args: ["--workers", "1"] },
  "2 workers": { args: ["--workers", "2"] },
  "4 workers": { args: ["--workers", "4"] },
  "batches of 1": { args: ["--batch-rows", "1"] },
  "batches of 7": { args: ["--batch-rows", "7"] },
  "batches of 64": { args: ["--batch-rows", "64"] },
  "batches of 4096": { args: ["--batch-rows", "4096"] },
  "batches of 65536": { args: ["--batch-rows", "65536"] },
  "lines shuffled over the logs": { layout: { seed: 11 } },
  "lines shuffled otherwise, small batches": { layout: { seed: 12 }, args: ["--batch-rows", "100"] },
  "one log": { layout: { logs: 1 } },
  "50 logs": { layout: { logs: 50, seed: 13 } },
  "600 logs, 1 worker": { layout: { logs: 600, seed: 14 }, args: ["--workers", "1"] },
  "600 logs, 4 workers": { layout: { logs: 600, seed: 14 }, args: ["--workers", "4"] },
  "gzip": { layout: { form: "gzip" } },
  "gzip of many members": { layout: { form: "members" } },
  "patterns": { layout: { files: "SYSTEM/a*, SYSTEM/b*, SYSTEM/c*" } },
  "patterns in another order, overlapping": { layout: { files: "SYSTEM/c*, SYSTEM/[ab]*, SYSTEM/a*" } },
  "another time zone and language": {
    env: { TZ: "America/New_York", LANG: "de_DE.UTF-8", LC_ALL: "tr_TR.UTF-8", LC_NUMERIC: "de_DE" } },
  "a bare environment": { env: { TZ: undefined, LANG: undefined, LC_ALL: "C" } },
  "another current folder": { cwd: "/" },
  "a relative path": { cwd: tmpdir(), relative: true },
};

test("the same bytes", async (t) => {
  const path = folder(t);
  write(path, { "nightly.ini": configuration(layout(path, {})) });
  const wanted = nightly(path);
  assert.deepEqual(Object.keys(wanted).sort(), ["areas.json", "metrics.ndjson", "scorecards.ndjson",
    ...["people.reach", "people.silent", "sales.revenue", "sales.spent"].map((g) => `scorecards/${g}.json`)]);
  const out = outputs(join(path, "out"));
  assert.ok(out.value("activity", "count").previous.value > 1000, "both periods have events");
  assert.equal(out.run.sources.find((s) => s.name === "web").lines_rejected, 3);
  for (const [name, variant] of Object.entries(variants))
    await t.test(name, (t) => {
      let at = path;
      if (variant.layout !== undefined) {
        at = folder(t);
        write(at, { "nightly.ini": configuration(layout(at, variant.layout)) });
      }
      const options = { env: { ...process.env, ...variant.env }, cwd: variant.cwd };
      if (variant.relative) {
        const shown = run(["run", join(at, "nightly.ini").slice(tmpdir().length + 1), "--quiet"], options);
        assert.equal(shown.code, 0, shown.stderr);
        same(bytesOf(at), wanted);
      } else {
        same(nightly(at, variant.args, options), wanted);
      }
    });
});

test("a sum is exact in any order", async (t) => {
  const parts = [...new Array(10).fill(0.1), 1e16, -1e16];
  for (const seed of [1, 2, 3]) {
    const path = folder(t);
    const all = { web: shuffle(parts, random(seed)).map((amount, i) => JSON.stringify(
      { at: `${UNTIL}T10:00:00Z`, kind: "order", user: { id: `u${i}` }, basket: { amount } })) };
    write(path, { "nightly.ini": configuration(layout(path, { logs: seed }, all)) });
    nightly(path);
    assert.equal(outputs(join(path, "out")).value("revenue", "sum").value, 1);
  }
});

// More different texts than a column's dictionary holds, and so many states that groups are merged
// by several workers.
const large = `[metric ids]
plugin = distinct
key = id
[metric few]
plugin = count
where = 'id contains "7777"'
by = id
total = yes
[metric by_person]
plugin = ratio
num = count(type == order)
den = count(exists(type))
by = actor, channel
total = yes
bucket = hour
[goal ids]
area = a
metric = ids.distinct
target = 1
`;

test("many groups and long dictionaries", async (t) => {
  const n = 220000, path = folder(t);
  const all = made(n, 6);
  const files = layout(path, { logs: 1 }, all);
  // Fields that only this test has.
  const text = configuration(files, large).replaceAll("map.type", "map.id = id\nmap.type").replace("3d", "1d");
  write(path, { "nightly.ini": text });
  const wanted = nightly(path, ["--workers", "1"]);
  const out = outputs(join(path, "out"));
  const day = [dayStart(UNTIL) - 7200e6, dayStart(UNTIL) + DAY_US - 7200e6]; // Berlin is two hours ahead
  const inDay = [...events({ seed: 6, events: n, from: FROM, to: TO })].filter((e) => e.us >= day[0] && e.us < day[1]);
  assert.equal(out.value("ids", "distinct").value, inDay.length);
  assert.equal(out.value("few", "count").value, inDay.filter((e) => e.id.includes("7777")).length);
  const group = { actor: "user3", channel: "weibo" }, rate = out.value("by_person", "rate", group);
  const ofOne = inDay.filter((e) => e.actor === group.actor && e.channel === group.channel);
  assert.deepEqual([rate.num, rate.den], [ofOne.filter((e) => e.type === "order").length, ofOne.length]);
  assert.ok(ofOne.length > 0);
  await t.test("4 workers, small batches", () =>
    same(nightly(path, ["--workers", "4", "--batch-rows", "512"]), wanted));
  await t.test("3 logs, shuffled", (t) => {
    const other = folder(t);
    layout(other, { logs: 3, seed: 9, form: "gzip" }, all);
    write(other, { "nightly.ini": text });
    same(nightly(other, ["--workers", "2"]), wanted);
  });
});
