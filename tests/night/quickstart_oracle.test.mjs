// SPDX-License-Identifier: Apache-2.0
// quickstart_oracle.test.mjs - the quickstart says what its log says: every value, group and hour equals
// DuckDB's over the same file, and every interval equals one computed here from the events.
import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { folder, ndjson, outputs, root, run, write } from "../lib/goalmill.mjs";
import { poisson, quantileRanks, ratioOverUnits, totalOverUnits, wilson } from "../lib/intervals.mjs";
import { bucketStarts, compare, database, dayStart, expected, within } from "../lib/oracle.mjs";

const DAY = "2021-07-21";
const close = within(1e-12);
const near = within(1e-9, 1e-12); // intervals are written with 12 digits

const count = { count: { value: "count(*)", n: "count(*)" } };
const people = "count(DISTINCT actor)";
const metrics = [
  { name: "reach", outputs: { distinct: { value: people, n: people } } },
  { name: "conversations", where: "type = 'comment'", outputs: count },
  { name: "new_fans", where: "type = 'star'", outputs: count },
  { name: "comments_per_person", outputs: { rate: {
    value: `count(*) FILTER (type = 'comment') / nullif(${people}, 0)`, n: people,
    num: "count(*) FILTER (type = 'comment')", den: people, check: close } } },
  { name: "automated", outputs: { rate: {
    value: `${people} FILTER (contains(actor, '[bot]')) / nullif(${people}, 0)`, n: people,
    num: `${people} FILTER (contains(actor, '[bot]'))`, den: people, check: close } } },
  { name: "activity", by: ["type"], total: true, outputs: count },
  { name: "push_size", where: "type = 'push'", outputs: Object.fromEntries(["0.5", "0.9", "0.95"].map((q) =>
    [`quantile{q=${q}}`, { value: `quantile_cont(size, ${q})`, n: "count(size)", check: close }])) },
  { name: "commits", where: "type = 'push'", outputs: {
    sum: { value: "coalesce(sum(size), 0)", n: "count(size)" },
    mean: { value: "avg(size)", num: "sum(size)", den: "nullif(count(size), 0)", check: close },
    min: { value: "min(size)" }, max: { value: "max(size)" } } },
].map((metric) => ({ bucket: "hour", ...metric }));

const windows = {
  zone: "UTC", current: [dayStart("UTC", DAY), dayStart("UTC", DAY, 1)], previous: null,
  starts: { hour: bucketStarts("UTC", DAY, 1, "hour") },
};

async function events(t, path) {
  const db = await database(t);
  await db.rows(`CREATE TABLE events AS
    SELECT epoch_us(created_at::TIMESTAMPTZ) AS us, actor.login AS actor,
      CASE WHEN type IN ('IssueCommentEvent', 'CommitCommentEvent', 'PullRequestReviewCommentEvent')
        THEN 'comment' ELSE coalesce(map {'WatchEvent': 'star', 'ForkEvent': 'fork', 'PushEvent': 'push'}[type],
          type) END AS type,
      (payload ->> 'size')::DOUBLE AS size
    FROM read_json('${path}', format = 'newline_delimited', columns = {created_at: 'VARCHAR',
      type: 'VARCHAR', actor: 'STRUCT(login VARCHAR)', payload: 'JSON'})`);
  return db;
}

// The quickstart in a folder of its own, run there.
async function quickstart(t) {
  const path = folder(t), from = join(root, "examples", "quickstart");
  for (const name of ["nightly.ini", "logs"]) cpSync(join(from, name), join(path, name), { recursive: true });
  const done = run(["run", join(path, "nightly.ini"), "--quiet"]);
  assert.equal(done.code, 0, done.stderr);
  return { out: outputs(join(path, "out")), db: await events(t, join(path, "logs", "*.gz")) };
}

function sameInterval(value, method, ci, se) {
  assert.equal(value.method, method);
  assert.equal(value.level, 0.95);
  ci.forEach((limit, i) => near(value.ci[i], limit, `${value.metric}.${value.output} limit ${i}`));
  if (se !== undefined) near(value.se, se, `${value.metric}.${value.output} se`);
}

// Sums by actor, of those who pushed: y commits, x pushes.
const pushers = (db) => db.rows(`SELECT count(*) AS x, sum(size) AS y FROM events
  WHERE type = 'push' GROUP BY actor`);

test("every value is DuckDB's", async (t) => {
  const { out, db } = await quickstart(t);
  const n = compare(out.metrics, await expected(db, "events", metrics, windows));
  assert.ok(n > 500, `only ${n} figures compared`);
});

test("intervals", async (t) => {
  const { out, db } = await quickstart(t);
  await t.test("a count has that of Poisson's distribution", () => {
    const counts = out.metrics.filter((v) => v.output === "count");
    assert.ok(counts.length > 10);
    for (const v of counts) sameInterval(v, "poisson", poisson(v.value), Math.sqrt(v.value));
    // 0.5 * qchisq(0.025, 96), 0.5 * qchisq(0.975, 98), as any table of chi-square has them.
    const known = [35.3914108235, 63.6410361821];
    sameInterval(out.value("conversations", "count"), "poisson", known);
  });
  await t.test("exact distinct numbers have none", () =>
    assert.equal(out.value("reach", "distinct").ci, null));
  await t.test("a share of people has Wilson's", () => {
    const v = out.value("automated", "rate");
    sameInterval(v, "wilson", wilson(v.num, v.den), Math.sqrt((v.value * (1 - v.value)) / v.den));
  });
  await t.test("a quantile has order statistics", async () => {
    const sizes = (await db.rows("SELECT size FROM events WHERE type = 'push' ORDER BY size")).map((r) => r.size);
    for (const q of [0.5, 0.9, 0.95]) {
      const ranks = quantileRanks(sizes.length, q);
      const v = out.value("push_size", "quantile", {}, { q: String(q) });
      sameInterval(v, "order_statistics", ranks.map((r) => sizes[r - 1]));
    }
  });
  await t.test("more units than are kept apart: as wide as the exact one, give or take 15 %", async () => {
    const units = await db.rows(`SELECT 1 AS x, count(*) FILTER (type = 'comment') AS y
      FROM events GROUP BY actor`);
    assert.ok(units.length > 256);
    const exact = ratioOverUnits(units), v = out.value("comments_per_person", "rate");
    assert.equal(v.method, exact.method);
    within(0.15)(v.ci[1] - v.ci[0], exact.ci[1] - exact.ci[0], "width");
    within(0.15)(v.se, exact.se, "se");
    near((v.ci[0] + v.ci[1]) / 2, v.value, "middle");
  });
  await t.test("commits of those who pushed", async () => {
    const units = await pushers(db);
    const total = totalOverUnits(units), mean = ratioOverUnits(units);
    const v = out.value("commits", "sum"), m = out.value("commits", "mean");
    const tolerance = units.length <= 256 ? 1e-9 : 0.15;
    within(tolerance)(v.ci[1] - v.ci[0], total.ci[1] - total.ci[0], "width of the total");
    within(tolerance)(m.ci[1] - m.ci[0], mean.ci[1] - mean.ci[0], "width of the mean");
    for (const output of ["min", "max"]) assert.equal(out.value("commits", output).ci, null);
  });
});

// Few enough units to be kept apart: the intervals are exact. Each case: units as [comments, visits,
// amount of each comment], and the method that follows from how much their visits vary.
const small = {
  "even units": { method: "units", unit: (i) => [i % 4, 3 + (i % 3), 1.25 * (i % 7)], n: 60 },
  "as many units as are kept apart": { method: "units", unit: (i) => [i % 2, 2 + (i % 2), i / 8], n: 256 },
  "uneven units": { method: "fieller", unit: (i) => [i % 5, i === 0 ? 40 : 1 + (i % 6), i - 3], n: 12 },
};

for (const [name, { method, unit, n }] of Object.entries(small))
  test(`intervals of ${name} are exact`, (t) => {
    const path = folder(t), lines = [];
    const units = Array.from({ length: n }, (_, i) => unit(i));
    units.forEach(([comments, visits, amount], i) => {
      const line = (type, more) => lines.push({ t: "2021-07-21T12:00:00Z", type, who: `user ${i}`, ...more });
      for (let k = 0; k < visits; k++) line("visit");
      for (let k = 0; k < comments; k++) line("comment", { amount: amount + k });
    });
    write(path, {
      "day.ndjson": ndjson(lines),
      "nightly.ini": `[run]
until = ${DAY}
[source s]
files      = day.ndjson
time       = t
map.type   = type
map.actor  = who
map.amount = amount
[metric rate]
plugin = ratio
num = count(type == comment)
den = count(type == visit)
[metric spent]
plugin = ratio
num = sum(amount)
den = distinct(actor)
[metric amounts]
plugin = sum
field = amount
[goal g]
area = a
metric = amounts.sum
target = 1
`,
    });
    const done = run(["run", join(path, "nightly.ini"), "--quiet"]);
    assert.equal(done.code, 0, done.stderr);
    const out = outputs(join(path, "out"));
    const amounts = ([comments, , amount]) => Array.from({ length: comments }, (_, k) => amount + k);
    const total = (u) => amounts(u).reduce((sum, a) => sum + a, 0);
    const rate = ratioOverUnits(units.map((u) => ({ x: u[1], y: u[0] })));
    assert.equal(rate.method, method);
    sameInterval(out.value("rate", "rate"), method, rate.ci, rate.se);
    const spent = ratioOverUnits(units.map((u) => ({ x: 1, y: total(u) })));
    sameInterval(out.value("spent", "rate"), "units", spent.ci, spent.se);
    const buyers = units.filter((u) => u[0] > 0).map((u) => ({ x: u[0], y: total(u) }));
    const sum = totalOverUnits(buyers), mean = ratioOverUnits(buyers);
    sameInterval(out.value("amounts", "sum"), "units", sum.ci, sum.se);
    sameInterval(out.value("amounts", "mean"), mean.method, mean.ci, mean.se);
  });
