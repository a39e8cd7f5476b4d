// SPDX-License-Identifier: Apache-2.0
// small_run.mjs - a small night that the tests of bad input share: two good logs whose values are known,
// a configuration with a metric and a goal for each of them, and what must hold after any run.
//
// The good logs hold ten events of 2026-03-10 by three people; sizes add up to 55. Whatever stands
// beside them, they count exactly.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { folder, gz, ndjson, outputs, run, write } from "../lib/goalmill.mjs";

export const day = "2026-03-10";
export const good = { events: 10, people: 3, size: 55 };

// An event as the shared configuration maps it; further fields are given as they are.
export const event = (hour, actor, size, more = {}) =>
  ({ t: `${day}T${String(hour).padStart(2, "0")}:00:00Z`, a: actor, s: size, ...more });

const goodLogs = {
  "logs/good1.ndjson.gz": gz(ndjson([1, 2, 3, 4, 5, 6].map((i) => event(i, `u${i % 3}`, i)))),
  "logs/good2.ndjson": ndjson([7, 8, 9, 10].map((i) => event(i, `u${i % 3}`, i))),
};

// more: { run, source } lines that are added to these sections, { files } instead of logs/*,
// { sections } that follow.
export function configuration(more = {}) {
  return `[run]
until = ${day}
against = none
workers = 2
${more.run ?? ""}
[source app]
files = ${more.files ?? "logs/*"}
time = t
map.actor = a
map.size = s
${more.source ?? ""}
[metric events]
plugin = count
[metric people]
plugin = distinct
key = actor
[metric size]
plugin = sum
field = size
[goal *]
area = load
baseline = 0
[goal load.events]
metric = events.count
target = 20
[goal load.people]
metric = people.distinct
target = 4
[goal load.size]
metric = size.sum
target = 110
${more.sections ?? ""}
`;
}

const filesOfRun = ["areas.json", "metrics.ndjson", "report.md", "run.json", "scorecards", "scorecards.ndjson"];

// A folder with the good logs, the given ones ({ name: content }) and night.ini.
export function project(t, logs = {}, more = {}) {
  const path = folder(t);
  write(path, { "night.ini": configuration(more), ...goodLogs, ...logs });
  const out = join(path, "out");
  return {
    path,
    out,
    run: (args = [], options = {}) => run(["run", "night.ini", ...args], { cwd: path, ...options }),
    check: (args = [], options = {}) => run(["check", "night.ini", ...args], { cwd: path, ...options }),
    // The outputs of the last run, after a look at whether they are all there and nothing else is.
    latest() {
      assertTidy(out);
      return outputs(out);
    },
  };
}

// out/latest points at a complete run, and nothing half-made lies about.
export function assertTidy(out) {
  const latest = join(out, "latest");
  assert.ok(lstatSync(latest).isSymbolicLink(), "latest is a link");
  assert.match(readlinkSync(latest), /^\d{4}-\d\d-\d\d\.\d{8}T\d{6}Z/, "latest points at a run beside it");
  for (const name of readdirSync(out)) assert.ok(!name.startsWith("."), `leftover ${name} in out`);
  assertRunsComplete(out);
  const state = join(out, "..", "state");
  if (existsSync(state)) assert.deepEqual(readdirSync(state).filter((n) => n !== "lock"), [], "state is tidy");
}

// Each run that has its name is complete.
export function assertRunsComplete(out) {
  for (const name of readdirSync(out)) if (/^\d/.test(name)) assertComplete(join(out, name));
}

function assertComplete(path) {
  assert.deepEqual(readdirSync(path).sort(), filesOfRun);
  const record = JSON.parse(readFileSync(join(path, "run.json"), "utf8"));
  assert.equal(record.schema, "goalmill.run/1");
  const goals = readdirSync(join(path, "scorecards"));
  const n = Object.values(record.summary).reduce((a, b) => a + b, 0);
  assert.equal(goals.length, n, "a scorecard for each goal");
  assert.equal(readFileSync(join(path, "scorecards.ndjson"), "utf8").split("\n").length, n + 1);
  for (const name of goals) JSON.parse(readFileSync(join(path, "scorecards", name), "utf8"));
}

// All names, links and contents below a folder, as one text: equal when nothing was touched.
export function fingerprint(path) {
  if (!existsSync(path)) return "absent";
  const lines = readdirSync(path, { recursive: true }).sort().map((name) => {
    const info = lstatSync(join(path, name));
    if (info.isSymbolicLink()) return `${name} -> ${readlinkSync(join(path, name))}`;
    if (info.isDirectory()) return `${name}/`;
    return `${name} ${createHash("sha256").update(readFileSync(join(path, name))).digest("hex")}`;
  });
  return lines.join("\n");
}

// What all values must be: those of the good logs, and more on top.
export function assertValues(o, more = {}) {
  const is = {
    events: o.value("events", "count").value,
    people: o.value("people", "distinct").value,
    size: o.value("size", "sum").value,
  };
  const want = {};
  for (const name of Object.keys(good)) want[name] = good[name] + (more[name] ?? 0);
  assert.deepEqual(is, want);
}
