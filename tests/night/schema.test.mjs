// SPDX-License-Identifier: Apache-2.0
// schema.test.mjs - whatever a night meets, its files are what docs/schema says: a good run, and runs with
// damaged logs, bad lines, failed rules and metrics, no data, missing groups, odd texts and numbers.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { folder, gz, ndjson, outputs, root, run, write } from "../lib/goalmill.mjs";

const validator = join(root, "tests", "schema", "validate.mjs");
const validate = (path) => spawnSync(process.execPath, [validator, path], { encoding: "utf8" });

const DAY = "2025-03-31";
const at = (n) => `${DAY}T12:00:${String(n % 60).padStart(2, "0")}Z`;
const day = (n, more = () => ({})) => Array.from({ length: n }, (_, i) =>
  ({ at: at(i), type: i % 3 === 0 ? "order" : "visit", actor: `u${i % 20}`, amount: i / 4, ...more(i) }));

const source = `[source s]
files = logs/*
time = at
map.type = type
map.actor = actor
map.channel = channel
map.amount = amount
`;
const metric = (name, plugin, more = "") => `[metric ${name}]\nplugin = ${plugin}\n${more}\n`;
const goal = (name, metricName, more = "target = 10") => `[goal ${name}]\narea = a\nmetric = ${metricName}\n${more}\n`;
const allMetrics = metric("n", "count") + metric("sum", "sum", "field = amount") +
  metric("rate", "ratio", "num = count(type == order)\nden = count(type == visit)") +
  metric("people", "distinct", "key = actor") + metric("hll", "distinct", "key = actor\nmode = hll") +
  metric("dist", "dist", "field = amount") + metric("sketch", "dist", "field = amount\nmode = sketch");

const truncated = gz(ndjson(day(500))).subarray(0, 600);
const badRule = (body) => `-- SPDX-License-Identifier: Apache-2.0
return rule { doc = { en = "x" }, inputs = { value = { doc = "x" } }, score = function(ctx) ${body} end }
`;
const oddTexts = [undefined, null, "", " ", "a\"b\\c", "\u0000\u0001\n\u2028", "微信 🎉", "x".repeat(5000)];
const statuses = (out) => Object.fromEntries(out.scorecards.map((card) => [card.goal, card.status]));

// files: beside nightly.ini, which begins with run (keys of [run]) and source; code: the exit code;
// check: that the run met what it was to meet.
const cases = {
  "damaged logs, bad lines, a failed rule, no data": {
    files: {
      "logs/good.ndjson.gz": gz(ndjson(day(200))),
      "logs/copy.ndjson.gz": gz(ndjson(day(200))),
      "logs/truncated.gz": truncated,
      "logs/kept/truncated.gz": truncated,
      "logs/bad.ndjson": ndjson(["{", "[1]", "{}", "{\"at\":\"yesterday\"}", "{\"at\":" + "[".repeat(100),
        `{"at":"${at(1)}","at":"${at(2)}","type":7,"amount":"x","actor":"a\\ud800"}`,
        `{"at":"${at(1)}","amount":1e999}`, "x".repeat(3000), `{"at":"${at(1)}","text":"\xff\xfe"}`]),
      "logs/trailing.gz": Buffer.concat([gz(ndjson(day(3))), Buffer.from("no gzip")]),
      "logs/empty.ndjson": "",
      "fail.lua": badRule("error('no \"way\"')"),
      "loop.lua": badRule("while true do end"),
    },
    also: (path) => {
      symlinkSync("nowhere", join(path, "logs", "dangling.ndjson"));
      mkdirSync(join(path, "logs", "folder"));
    },
    sources: `${source}max_line_bytes = 2000B\n${source.replaceAll("source s", "source kept")
      .replace("logs/*", "logs/kept/*, other/*.gz")}on_damage = keep\n`,
    sections: allMetrics + metric("none", "count", "where = type == nothing") +
      metric("no_rate", "ratio", "num = count(type == a)\nden = count(type == b)") +
      goal("fails", "n.count", "rule = fail.lua") + goal("loops", "n.count", "rule = loop.lua\nfuel = 1000") +
      goal("no_data", "no_rate.rate", "target = 1\nbaseline = 0") + goal("none", "none.count", "target = 5") +
      goal("low_n", "rate.rate", "min_n = 100000\nbaseline = 0\ntarget = 1") + goal("good", "n.count"),
    code: 5,
    check: (out) => {
      assert.deepEqual(statuses(out),
        { fails: "error", loops: "error", no_data: "no_data", none: "missed", low_n: "low_n", good: "met" });
      const outcomes = out.run.logs.map((log) => log.outcome);
      for (const outcome of ["read", "damaged", "kept", "duplicate", "unreadable"])
        assert.ok(outcomes.includes(outcome), `no log is ${outcome}: ${outcomes}`);
      const { rejected, notices } = out.run.sources[0];
      assert.deepEqual(Object.keys(rejected).sort(),
        ["bad_time", "no_time", "not_json", "not_object", "too_deep", "too_long"]);
      for (const notice of ["duplicate_key", "out_of_range", "wrong_type", "utf8_repaired"])
        assert.ok(notice in notices, `no ${notice}: ${JSON.stringify(notices)}`);
      assert.deepEqual([...new Set(out.run.causes.map((c) => c.exit_code))].sort(), [3, 5]);
      assert.ok(out.run.sources[1].unmatched.length === 1 && out.run.missing_fields.length > 0);
    },
  },
  "groups with missing values and odd texts": {
    files: { "logs/a.ndjson": ndjson(day(300, (i) =>
      ({ channel: oddTexts[i % oddTexts.length] }))) },
    sections: ["by = channel", "by = channel\ntotal = yes\nbucket = hour", "by = type, channel\ntotal = yes"]
      .map((by, i) => allMetrics.replaceAll(/\[metric (\w+)\]\n/g, `[metric $1_${i}]\n${by}\n`)).join("") +
      goal("missing", "n_1.count") + goal("one", "'n_1.count{channel=\"微信 🎉\"}'"),
    code: 0,
    check: (out) => {
      assert.equal(out.value("n_1", "count", {}).value, 300);
      assert.equal(out.value("n_0", "count", { channel: null }).value, 76);
      assert.equal(out.value("n_0", "count", { channel: "" }).value, 38);
      assert.equal(out.metrics.filter((v) => v.metric === "n_2").length, 1 + 2 * 7);
    },
  },
  "no events at all": {
    files: { "logs/empty.ndjson": "\n\n" },
    sections: allMetrics.replaceAll("plugin", "by = type\ntotal = yes\nplugin") + goal("g", "n.count"),
    code: 0,
    check: (out) => assert.deepEqual(statuses(out), { g: "no_data" }),
  },
  "numbers without end, and no comparison": {
    run: "against = none\n",
    files: { "logs/a.ndjson": ndjson([...day(3, () => ({ amount: 1.7e308 })),
      ...day(2, () => ({ amount: -5e-324 }))]) },
    sections: allMetrics + goal("sum", "sum.sum"),
    code: 4, // the plugin could not compute it
    check: (out) => {
      assert.ok(out.metrics.every((v) => v.previous === null));
      assert.equal(out.value("sum", "sum").status, "error");
      assert.equal(statuses(out).sum, "error");
    },
  },
  "a metric that needs too much memory": {
    run: "metric_memory_max = 64KiB\n",
    files: { "logs/a.ndjson": ndjson(day(20000)) },
    sections: allMetrics + goal("dist", "'dist.quantile{q=\"0.5\"}'", "baseline = 0\ntarget = 1") +
      goal("n", "n.count"),
    code: 4,
    check: (out) => {
      assert.deepEqual(statuses(out), { dist: "error", n: "met" });
      assert.equal(out.run.metric_failures[0].metric, "dist");
    },
  },
  "texts with quotes and other scripts, bands, weights, neutral goals": {
    files: { "logs/a.ndjson": ndjson(day(300)) },
    sections: allMetrics + "[area a]\ntitle = Größe \\ \"x\"\ntitle.zh = 大小\nweight = 0.5\n" +
      goal("x.y", "n.count",
        "title = Ein \"Titel\"\ntitle.zh = 目標\nowner = <b>&lt\nweight = 3\nbands = 90, 50, 10\ntarget = 400") +
      goal("neutral", "'sketch.quantile{q=\"0.99\"}'", "direction = target\nbaseline = 1\ntarget = 80"),
    code: 0,
    check: (out) => assert.equal(out.goal("x.y").title, "Ein \"Titel\""),
  },
  "a goal that names no area": {
    files: { "logs/a.ndjson": ndjson(day(30)) },
    sections: allMetrics + goal("g", "n.count").replace("area = a\n", "") + goal("h", "n.count"),
    code: 0,
    check: (out) => assert.deepEqual([out.goal("g").area, out.goal("h").area], ["other", "a"]),
  },
};

for (const [name, c] of Object.entries(cases))
  test(name, (t) => {
    const path = folder(t);
    const configuration = `[run]\nuntil = ${DAY}\n${c.run ?? ""}${c.sources ?? source}${c.sections}`;
    write(path, { ...c.files, "nightly.ini": configuration });
    c.also?.(path);
    const done = run(["run", join(path, "nightly.ini"), "--quiet"]);
    assert.equal(done.code, c.code, done.stderr);
    const out = outputs(join(path, "out"));
    const valid = validate(out.folder);
    assert.equal(valid.status, 0, valid.stderr);
    c.check(out);
  });

test("the quickstart", (t) => {
  const path = folder(t), from = join(root, "examples", "quickstart");
  for (const name of ["nightly.ini", "logs"]) cpSync(join(from, name), join(path, name), { recursive: true });
  const done = run(["run", join(path, "nightly.ini"), "--quiet"]);
  assert.equal(done.code, 0, done.stderr);
  const { folder: results } = outputs(join(path, "out"));
  const valid = validate(results);
  assert.equal(valid.status, 0, valid.stderr);
  assert.match(valid.stdout, /: \d\d values are as docs\/schema says/);
  // The validator does find mistakes.
  const file = join(results, "areas.json");
  writeFileSync(file, readFileSync(file, "utf8").replace("\"weight\"", "\"wait\""));
  const broken = validate(results);
  assert.equal(broken.status, 1);
  assert.match(broken.stderr, /^areas\.json: .*wait/m);
});
