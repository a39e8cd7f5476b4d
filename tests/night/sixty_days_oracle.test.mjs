// SPDX-License-Identifier: Apache-2.0
// sixty_days_oracle.test.mjs - two months around a change of clocks in Berlin, written by two systems into
// plain logs, gzip and concatenated members, in all sorts of offsets: every value of every metric, group,
// day and hour, and of the period before, equals DuckDB's over the same events.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { events, line, random, shuffle, sourceKeys } from "../lib/generate.mjs";
import { folder, gz, outputs, run, write } from "../lib/goalmill.mjs";
import { bucketStarts, compare, database, dayStart, expected, within } from "../lib/oracle.mjs";

const ZONE = "Europe/Berlin";
const EVENTS = 24000;
const ALPHA = 0.02;

// The 30 days end with until; the change of clocks lies in them or in the 30 days before.
const cases = [
  { name: "clocks go forward in the period", until: "2025-04-12", hours: 719, seed: 1 },
  { name: "clocks go back in the period", until: "2025-11-05", hours: 721, seed: 2 },
  { name: "clocks go forward on the first day of the period before", until: "2025-05-28", hours: 720, seed: 3 },
  { name: "clocks go back on the last day of the period before", until: "2025-11-25", hours: 720, seed: 4 },
];

// ---- what is computed: once for the program, once in SQL ---------------------------------------------

const orders = "count(*) FILTER (type = 'order')";
const visits = "count(*) FILTER (type = 'visit')";
const people = "count(DISTINCT actor)";
const n = "count(amount)";
// Decimals are added without rounding, like the program does; large amounts have no decimals.
const total = "coalesce(sum(amount::DECIMAL(38, 4))::DOUBLE, 0)";
const atRank = (q) => `list_sort(list(amount) FILTER (amount IS NOT NULL))
  [floor(${q}::DOUBLE * (${n} - 1)::DOUBLE)::BIGINT + 1]`;
const quantiles = ["0", "0.1", "0.5", "0.95", "1"];
const close = within(1e-12);

// A bin counts what is not 0 within ALPHA; a set of 2^14 registers errs by 1.04 / 128 on the average, and
// of few keys two may share a register.
const inSketch = within(ALPHA * (1 + 1e-9));
const inRegisters = within(4 * 1.04 / 2 ** 7, 1);

const kinds = {
  activity: { ini: "plugin = count", outputs: { count: { value: "count(*)", n: "count(*)" } } },
  comments: { ini: "plugin = count\nwhere = 'type == comment and channel not in (forum)'",
    where: "type = 'comment' AND channel IS DISTINCT FROM 'forum'",
    outputs: { count: { value: "count(*)", n: "count(*)" } } },
  revenue: { ini: "plugin = sum\nfield = amount", where: "amount IS NOT NULL", outputs: {
    sum: { value: total, n, check: close },
    mean: { value: `${total} / nullif(${n}, 0)`, n, check: close },
    min: { value: "min(amount)", n }, max: { value: "max(amount)", n } } },
  order_rate: { ini: "plugin = ratio\nnum = count(type == order)\nden = count(type == visit)", outputs: {
    rate: { value: `${orders} / nullif(${visits}, 0)`, n: visits, num: orders, den: visits, check: close } } },
  spent: { ini: "plugin = ratio\nnum = sum(amount where type == order)\nden = distinct(actor)", outputs: {
    rate: { value: `${total} / nullif(${people}, 0)`, n: people, num: total, den: people, check: close } } },
  reach: { ini: "plugin = distinct\nkey = actor", where: "actor IS NOT NULL", outputs: {
    distinct: { value: people, n: people } } },
  reach_hll: { ini: "plugin = distinct\nkey = actor\nmode = hll", where: "actor IS NOT NULL", outputs: {
    distinct: { value: people, check: inRegisters } } },
  basket: { ini: `plugin = dist\nfield = amount\nquantiles = ${quantiles}`, where: "amount IS NOT NULL",
    outputs: Object.fromEntries(quantiles.map((q) =>
      [`quantile{q=${q}}`, { value: `quantile_cont(amount, ${q})`, n, check: close }])) },
  basket_sketch: { ini: `plugin = dist\nfield = amount\nmode = sketch\naccuracy = ${ALPHA}\n` +
    `quantiles = ${quantiles}`, where: "amount IS NOT NULL",
    outputs: Object.fromEntries(quantiles.map((q) =>
      [`quantile{q=${q}}`, { value: atRank(q), n, check: inSketch }])) },
};

const groupings = [
  { suffix: "by_day", bucket: "day", by: ["channel"], total: true },
  { suffix: "by_hour", bucket: "hour", by: ["channel"], total: true },
  { suffix: "by_type", bucket: "day", by: ["type", "channel"], total: false, only: ["activity", "spent"] },
  { suffix: "alone", bucket: "hour", by: [], total: false, only: ["revenue", "reach"] },
];

const metrics = groupings.flatMap(({ suffix, only, ...grouping }) =>
  Object.entries(kinds).filter(([kind]) => only === undefined || only.includes(kind))
    .map(([kind, how]) => ({ name: `${kind}_${suffix}`, ...grouping, ...how })));

// ---- logs -----------------------------------------------------------------------------------------------

const configuration = (until) => `[run]
timezone = ${ZONE}
period = 30d
until = ${until}
against = previous
[source web]
files = web/*
${sourceKeys.web}
[source shop]
files.1 = shop/b*.gz
files.2 = shop/a*
${sourceKeys.shop}
${metrics.map((m) => `[metric ${m.name}]\n${m.ini}\nbucket = ${m.bucket}\n` +
    (m.by.length > 0 ? `by = ${m.by.join(", ")}\ntotal = ${m.total ? "yes" : "no"}\n` : "")).join("")}
[goal activity]
area   = a
metric = activity_by_day.count
target = 1
`;

// Several ways to write the same lines: [name, content of so many chunks].
const forms = {
  web: [
    ["web/a.ndjson", (chunk) => chunk(1)],
    ["web/b.ndjson.gz", (chunk) => gz(chunk(3))],
    ["web/c.gz", (chunk) => Buffer.concat([gz(chunk(1)), gz(""), gz(chunk(2)), gz(chunk(1))])],
    ["web/d.ndjson", (chunk) => chunk(1).trimEnd()], // the last line without its end
    ["web/e.ndjson.gz", (chunk) => gz(chunk(1).replaceAll("\n", "\r\n\n"))],
  ],
  shop: [
    ["shop/a.ndjson", (chunk) => chunk(1)],
    ["shop/b1.gz", (chunk) => Buffer.concat([chunk(1), chunk(2), chunk(1)].map(gz))],
    ["shop/b2.gz", (chunk) => gz(chunk(5))],
  ],
};

function logsOf(lines, system) {
  const chunks = 10;
  let at = 0;
  const chunk = (k) => {
    const from = at;
    at += k;
    return lines.slice((from * lines.length) / chunks, (at * lines.length) / chunks).join("\n") + "\n";
  };
  const files = Object.fromEntries(forms[system].map(([name, make]) => [name, make(chunk)]));
  assert.equal(at, chunks, "every chunk is in a log");
  return files;
}

// Instants where a mistake would show: the ends of both periods and of days, and the changed hours.
function edgesAround(windows) {
  const instants = [windows.previous[0], windows.current[0], windows.current[1],
    ...[1, 15, 29].map((day) => windows.starts.day[day])];
  for (let i = 1; i < windows.starts.day.length; i++)
    if (windows.starts.day[i] - windows.starts.day[i - 1] !== 24 * 3600e6)
      for (let hour = 0; hour < 4; hour++) instants.push(windows.starts.day[i - 1] + hour * 3600e6);
  return instants.flatMap((us) => [us - 1000, us - 1, us, us + 1]);
}

function windowsOf(until) {
  const first = new Date(Date.parse(`${until}T00:00:00Z`) - 29 * 86400e3).toISOString().slice(0, 10);
  const start = (day) => dayStart(ZONE, first, day);
  return {
    zone: ZONE, current: [start(0), start(30)], previous: [start(-30), start(0)],
    starts: { day: bucketStarts(ZONE, first, 30, "day"), hour: bucketStarts(ZONE, first, 30, "hour") },
  };
}

async function load(t, path) {
  const db = await database(t);
  const read = (system, columns) => `read_json('${join(path, `${system}.all`)}', format = 'newline_delimited',
    columns = {${Object.entries(columns).map(([name, type]) => `"${name}": '${type}'`).join(", ")}})`;
  await db.rows(`CREATE TABLE events AS
    SELECT epoch_us("at"::TIMESTAMPTZ) AS us, kind AS type, "user".id AS actor, channel, basket.amount AS amount
    FROM ${read("web", { at: "VARCHAR", kind: "VARCHAR", user: "STRUCT(id VARCHAR)", channel: "VARCHAR",
    basket: "STRUCT(amount DOUBLE)" })}
    UNION ALL SELECT ts * 1000, CASE event WHEN 'buy' THEN 'order' ELSE event END, customer, via.channel, amount
    FROM ${read("shop", { ts: "BIGINT", event: "VARCHAR", customer: "VARCHAR", via: "STRUCT(channel VARCHAR)",
    amount: "DOUBLE" })}`);
  return db;
}

for (const { name, until, hours, seed } of cases)
  test(name, async (t) => {
    const path = folder(t), windows = windowsOf(until);
    assert.equal(windows.starts.hour.length, hours);
    // Some events are outside of both periods.
    const all = [...events({ seed, events: EVENTS, from: windows.previous[0] - 2 * 86400e6,
      to: windows.current[1] + 2 * 86400e6, edges: edgesAround(windows) })];
    const files = { "nightly.ini": configuration(until) };
    for (const system of ["web", "shop"]) {
      const lines = shuffle(all.filter((e) => e.system === system).map(line), random(seed));
      Object.assign(files, logsOf(lines, system), { [`${system}.all`]: lines.join("\n") + "\n" });
    }
    write(path, files);
    const done = run(["run", join(path, "nightly.ini"), "--quiet"]);
    assert.equal(done.code, 0, done.stderr);
    const out = outputs(join(path, "out")), db = await load(t, path);
    assert.equal((await db.rows("SELECT count(*) AS n FROM events"))[0].n, all.length);
    assert.equal(out.run.logs.reduce((sum, log) => sum + log.accepted, 0), all.length);
    const figures = compare(out.metrics, await expected(db, "events", metrics, windows));
    assert.ok(figures > 100000, `only ${figures} figures compared`);
  });
