// SPDX-License-Identifier: Apache-2.0
// oracle.mjs - what DuckDB says the values of metrics are, and the comparison of a whole metrics.ndjson
// with it: every group, both periods, every point of the series, and nothing else besides.
import assert from "node:assert/strict";
import { DuckDBInstance } from "@duckdb/node-api";

// A database in memory whose times are in UTC: rows(sql) gives plain objects, numbers as Number.
export async function database(t) {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  t.after(() => {
    connection.closeSync();
    instance.closeSync();
  });
  const plain = (v) => (typeof v === "bigint" ? Number(v) : v);
  const rows = async (sql) => {
    const reader = await connection.runAndReadAll(sql);
    return reader.getRowObjectsJS().map((row) =>
      Object.fromEntries(Object.entries(row).map(([name, v]) => [name, plain(v)])));
  };
  await rows("SET TimeZone = 'UTC'");
  return { rows };
}

// The microseconds that a zone's clocks are ahead of UTC at an instant.
const clocks = new Map();
function ahead(zone, us) {
  if (!clocks.has(zone))
    clocks.set(zone, new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "longOffset" }));
  const parts = clocks.get(zone).formatToParts(new Date(us / 1000));
  const [, sign, hours, minutes] =
    /^GMT(?:([+-])(\d\d):(\d\d))?$/.exec(parts.find((p) => p.type === "timeZoneName").value);
  return sign === undefined ? 0 : (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60e6;
}

// The first instant of a civil day (a zone whose clocks never change at midnight), n days later.
export function dayStart(zone, day, n = 0) {
  const utc = Date.parse(`${day}T00:00:00Z`) * 1000 + n * 86400e6;
  return utc - ahead(zone, utc - ahead(zone, utc));
}

// The instants at which the buckets of n days begin; a day has 23 to 25 hours.
export function bucketStarts(zone, day, n, bucket) {
  if (bucket === "day") return Array.from({ length: n }, (_, i) => dayStart(zone, day, i));
  const starts = [];
  for (let at = dayStart(zone, day); at < dayStart(zone, day, n); at += 3600e6) starts.push(at);
  return starts;
}

// An instant as metrics.ndjson writes it: local time and offset; whole seconds only.
export function localTime(zone, us) {
  const offset = ahead(zone, us), minutes = Math.abs(offset) / 60e6;
  const two = (n) => String(n).padStart(2, "0");
  return new Date((us + offset) / 1000).toISOString().slice(0, 19) +
    (zone === "UTC" ? "Z" : `${offset < 0 ? "-" : "+"}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`);
}

// Like outputs().value(): metric, output, group and labels in one text.
export const keyOf = (v) =>
  JSON.stringify([v.metric, v.output, Object.entries(v.group).sort(), Object.entries(v.labels).sort()]);

// "quantile{q=0.5}" to { output, labels }.
function outputOf(name) {
  const [, output, label, text] = /^(\w+)(?:\{(\w+)=(.*)\})?$/.exec(name);
  return { output, labels: label === undefined ? {} : { [label]: text } };
}

/* What metrics.ndjson must say, as a map from keyOf() to { current, previous, series, starts, check }.
 *
 * metric: name, where (SQL), by (columns), total, bucket, and outputs: by name, the figures that an
 * aggregate in SQL gives (value, and n, num, den where wanted) and optionally check(actual, expected).
 * windows: zone, first (day), days, current and previous ([from, to) in microseconds; previous may be
 * null), starts: by bucket. The table has the columns us and those that metrics name. */
export async function expected(db, table, metrics, windows) {
  const all = new Map();
  for (const metric of metrics) await addMetric(db, table, metric, windows, all);
  return all;
}

async function addMetric(db, table, metric, windows, all) {
  const by = metric.by ?? [];
  const columns = Object.entries(metric.outputs).flatMap(([, figures], i) =>
    Object.entries(figures).filter(([, sql]) => typeof sql === "string")
      .map(([figure, sql]) => `${sql} AS "${i} ${figure}"`));
  const events = (condition) => `(SELECT *, CASE WHEN '${metric.bucket}' = 'hour' THEN us - us % 3600000000
    ELSE epoch_us(date_trunc('day', make_timestamptz(us) AT TIME ZONE '${windows.zone}')
      AT TIME ZONE '${windows.zone}') END AS bucket
    FROM ${table} WHERE (${metric.where ?? "true"}) AND ${condition})`;
  const sets = [...(by.length > 0 ? [by, [...by, "bucket"]] : []),
    ...(by.length === 0 || metric.total ? [[], ["bucket"]] : [])];
  const query = (condition) => db.rows(`SELECT ${[...by, "bucket"].map((c) => `${c}, grouping(${c}) AS "no ${c}"`)},
    ${columns} FROM ${events(condition)} GROUP BY GROUPING SETS (${sets.map((s) => `(${s})`)})`);
  const [empty] = await db.rows(`SELECT ${columns} FROM ${events("false")}`);
  const inWindow = async (w) => (w === null ? [] : query(`us >= ${w[0]} AND us < ${w[1]}`));
  const current = await inWindow(windows.current), previous = await inWindow(windows.previous);
  const starts = windows.starts[metric.bucket];
  const groupOf = (row) => Object.fromEntries(by.filter((c) => row[`no ${c}`] === 0).map((c) => [c, row[c]]));
  const groups = new Map(); // by text: { group, and of both periods the row of the whole, points }
  const ofGroup = (group) => {
    const key = JSON.stringify(group);
    if (!groups.has(key)) groups.set(key, { group, current: empty, previous: empty,
      points: new Array(starts.length).fill(empty) });
    return groups.get(key);
  };
  if (sets.some((s) => s.length === 0)) ofGroup({});
  const places = new Map(starts.map((us, i) => [us, i]));
  for (const row of current) {
    const g = ofGroup(groupOf(row));
    if (row["no bucket"] === 1) g.current = row;
    else g.points[places.get(row.bucket)] = row;
  }
  for (const row of previous) if (row["no bucket"] === 1) ofGroup(groupOf(row)).previous = row;
  const times = starts.map((us) => localTime(windows.zone, us));
  for (const { group, ...rows } of groups.values()) {
    Object.entries(metric.outputs).forEach(([name, figures], i) => {
      const take = (row) => Object.fromEntries(Object.keys(figures)
        .filter((figure) => figure !== "check").map((figure) => [figure, row[`${i} ${figure}`]]));
      const value = { metric: metric.name, ...outputOf(name), group };
      all.set(keyOf(value), {
        current: take(rows.current),
        previous: windows.previous === null ? null : take(rows.previous),
        series: rows.points.map((row) => take(row).value),
        starts: times,
        check: figures.check ?? exactly,
      });
    });
  }
}

export function exactly(actual, wanted, where) {
  assert.equal(actual, wanted, where);
}

export const within = (relative, absolute = 0) => (actual, wanted, where) => {
  if (actual === null || wanted === null) assert.equal(actual, wanted, where);
  else
    assert.ok(Math.abs(actual - wanted) <= relative * Math.abs(wanted) + absolute,
      `${where}: ${actual}, expected ${wanted}`);
};

// Compares all that a run said with expected(); gives the number of figures compared.
export function compare(metrics, wanted) {
  assert.deepEqual(metrics.map(keyOf).sort(), [...wanted.keys()].sort(), "metrics.ndjson has other values");
  let n = 0;
  const figures = (actual, want, check, where) => {
    for (const [figure, v] of Object.entries(want)) {
      (figure === "n" ? exactly : check)(actual[figure], v, `${where} ${figure}`);
      n++;
    }
    assert.equal(actual.status, want.value === null ? "no_data" : "ok", `${where} status`);
  };
  for (const value of metrics) {
    const key = keyOf(value), want = wanted.get(key);
    figures(value, want.current, want.check, `${key} current`);
    if (want.previous !== null) figures(value.previous, want.previous, want.check, `${key} previous`);
    else assert.equal(value.previous?.status ?? "no_data", "no_data", key);
    assert.deepEqual(value.series.map(([at]) => at), want.starts, key);
    value.series.forEach(([at, v], i) => want.check(v, want.series[i], `${key} series ${at}`));
    n += want.series.length;
  }
  return n;
}
