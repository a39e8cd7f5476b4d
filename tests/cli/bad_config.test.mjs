// SPDX-License-Identifier: Apache-2.0
// bad_config.test.mjs - what is wrong in a configuration is said before anything is read or written: with
// file, line and column, what would be right, all of it at once, exit code 2. `check` says the same.
//
// Each case changes one piece of a configuration that is right. A « in the new text marks the place
// that the message must name; it is taken out before the program sees it.
import assert from "node:assert/strict";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { folder, ndjson, run, write } from "../lib/goalmill.mjs";

const base = `[run]
until = 2026-03-10
[source app]
files = logs/*
time = t
map.actor = a
map.size = s
map.kind = k
[metric events]
plugin = count
by = kind
[metric posts]
plugin = count
where = kind == post
[metric rate]
plugin = ratio
num = count(kind == post)
den = distinct(actor)
[metric spread]
plugin = dist
field = size
quantiles = 0.5, 0.9
[goal load.posts]
metric = posts.count
area = load
baseline = 10
target = 20
[goal load.rate]
metric = rate.rate
area = load
baseline = 10%
target = 20%
[goal load.median]
metric = 'spread.quantile{q="0.5"}'
area = load
rule = band
param.at = 1, 2
param.scores = 0, 50, 100
[area load]
title = Load
`;

function project(t, files) {
  const path = folder(t);
  write(path, { "logs/a.ndjson": ndjson([{ t: "2026-03-10T01:00:00Z", a: "u", s: 1, k: "post" }]), ...files });
  return path;
}

// The program says exactly these errors (texts, or { at, like }), exits with 2 and touches nothing.
function assertRefused(path, messages, args = ["night.ini"], options = {}) {
  for (const command of ["run", "check"]) {
    const done = run([command, ...args], { cwd: path, ...options });
    const n = messages.length;
    const lines = done.stderr.trimEnd().split("\n");
    const isLike = (m) => lines.find((l) => m.like && l.startsWith(`goalmill: error: ${m.at}: `) && m.like.test(l));
    const want = messages.map((m) => (m.like ? isLike(m) ?? `${m.at}: ${m.like}` : `goalmill: error: ${m}`));
    assert.deepEqual([...lines.slice(0, -1).sort(), lines.at(-1)],
                     [...want.sort(), `goalmill: error: ${n} error${n === 1 ? "" : "s"}; nothing was read`], command);
    assert.equal(done.code, 2);
    assert.equal(done.stdout, "");
    assert.ok(!existsSync(join(path, "out")), "no output folder");
    assert.ok(!existsSync(join(path, "state")), "no state folder");
  }
}

// Takes the « out of a text: [the text, the places that they marked].
function places(text) {
  const at = [];
  for (let i; (i = text.indexOf("«")) >= 0; text = text.slice(0, i) + text.slice(i + 1)) {
    const before = text.slice(0, i).split("\n");
    at.push(`${before.length}:${Buffer.byteLength(before.at(-1)) + 1}`);
  }
  return [text, at];
}

// Cases of one kind: [what stands in base, what stands there now, the message, …further messages].
function cases(kind, list) {
  list.forEach(([from, to, ...messages]) => test(`${kind}: ${to.replaceAll("\n", " ⏎ ").slice(0, 60)}`, (t) => {
    assert.equal(base.split(from).length, 2, `'${from}' stands once in base`);
    const [text, at] = places(base.replace(from, () => to));
    assert.equal(at.length, messages.length);
    assertRefused(project(t, { "night.ini": text }), messages.map((m, i) =>
      (m instanceof RegExp ? { at: `night.ini:${at[i]}`, like: m } : `night.ini:${at[i]}: ${m}`)));
  }));
}

test("the configuration that all cases change is right", (t) => {
  const path = project(t, { "night.ini": base });
  const done = run(["check", "night.ini"], { cwd: path });
  assert.equal(done.code, 0, done.stderr);
  assert.equal(done.stderr, "");
  assert.ok(!existsSync(join(path, "out")) && !existsSync(join(path, "state")), "check writes nothing");
  assert.equal(run(["run", "night.ini"], { cwd: path }).code, 0);
});

cases("section", [
  ["[area load]", "«[areas load]", "unknown section 'areas'; did you mean 'area'?"],
  ["[area load]", "«[frobnicate]", "unknown section 'frobnicate'; there are run, source, metric, goal and area"],
  ["[area load]", "«[area]", "[area] needs a name: [area NAME]"],
  ["[area load]", "«[area load", "no ']' at the end of the section's name"],
  ["[area load]", "«[metric posts]\nplugin = count\n[area load]",
    "[metric posts] stands twice, first in line 12; keep its keys in one place"],
  ["[run]\n", "«x = 1\n[run]\n", "'x' stands before the first section; write [run] or another above it"],
]);

cases("key", [
  ["until =", "«untill =", "[run] has no key 'untill'; did you mean 'until'?"],
  ["[source app]\nfiles = logs/*\ntime", "«[source app]\nfiles = logs/*\n«tiem",
    "[source app] needs the key 'time'", "[source app] has no key 'tiem'; did you mean 'time'?"],
  ["map.kind = k", "map.kind = k\n«mapp.lang = l", "[source app] has no key 'mapp.lang'; did you mean 'map.lang'?"],
  ["title = Load", "«titel = Load", "[area load] has no key 'titel'; did you mean 'title'?"],
  ["title = Load", "«titel.zh = 负", "[area load] has no key 'titel.zh'; did you mean 'title.zh'?"],
  ["title = Load", "«title =", "'title' has no value"],
  ["title = Load", "«title", "'title' is neither a [section], a 'key = value' nor a comment (these begin with ';')"],
  ["quantiles", "«qantiles",
    "unknown key 'qantiles' in [metric spread]: plugin dist has no such parameter (did you mean 'quantiles'?)"],
  ["plugin = dist", "«plguin = dist", "[metric spread] needs the key 'plugin'; did you mean it by 'plguin'?"],
  ["until = 2026-03-10", "until = 2026-03-10\n«until = 2026-03-11", "'until' stands twice in [run], first in line 2"],
  ["map.kind = k", "map.kind = k\n«set.kind = x", "'set.kind' and 'map.kind' (line 8) give the same thing; keep one of them"],
  ["map.kind = k", "map.kind = k\n«map.time = k", "'map.time': the field 'time' is given by the key 'time'; write 'time = …'"],
  ["map.kind = k", "map.kind = k\n«value.kidn = a -> b",
    "value.kidn: there is no map.kidn or set.kidn; did you mean 'value.kind'?"],
  ["until = 2026-03-10", 'name = «"x"',
    "a value must not begin with a double quote; leave the quotes out, or put the whole value in single quotes"],
  ["until = 2026-03-10", "name = «'x", "no closing single quote"],
]);

cases("name", [
  ["posts.count", "«post.count", "unknown metric 'post' (did you mean 'posts'?)"],
  ["posts.count", "«posts.cuont", "metric 'posts' (plugin count) has no output 'cuont'; it has posts.count"],
  ["kind == post\n", "«knd == post\n", "unknown field 'knd' (did you mean 'kind'?); fields: system, actor, size, kind"],
  ["by = kind", "by = «knd", "by: no source maps a field 'knd' (did you mean 'kind'?)"],
  ["count(kind == post)", "count(«knd == post)",
    "unknown field 'knd' (did you mean 'kind'?); fields: system, actor, size, kind"],
  ["distinct(actor)", "distinct(«actr)", "unknown field 'actr' (did you mean 'actor'?); fields: system, actor, size, kind"],
  ["field = size", "field = «siez", "field: no source maps a field 'siez' (did you mean 'size'?)"],
  ["rule = band\n", "rule = «bnad\n", /rule 'bnad'.*did you mean 'band'/],
  ["param.at =", "«param.att = 1\nparam.at =", "rule 'band' has no parameter 'att' (did you mean 'at'?)"],
  ["target = 20\n", "target = 20\n«input.vlaue = posts.count\n", "rule 'toward_target' has no input 'vlaue' (did you mean 'value'?)"],
]);

cases("selector", [
  ["posts.count", "posts.count{«", "expected the name of a label, but the text ends here"],
  ["posts.count", "posts «count", "expected '{' or nothing, not 'count'"],
  ["posts.count", "«events.count", "metric 'events' is by kind and has no total: choose a group "
    + '(events.count{kind="…"}), or write total = yes in [metric events]'],
  ["posts.count", '«events.count{kidn="post"}', /no label 'kidn'.*did you mean 'kind'/],
  ["posts.count", "«events.count{kind=*}", "label 'kind=*' gives a series; a goal's input takes a single value"],
  ['spread.quantile{q="0.5"}', '«spread.quantile{q="0.99"}',
    `metric 'spread' has no quantile{q="0.99"}; it has "0.5", "0.9": see its quantiles`],
  ['spread.quantile{q="0.5"}', "«spread.quantile",
    `output 'quantile' of metric 'spread' has a value for each q: write spread.quantile{q="…"}`],
]);

cases("expression", [
  ["kind == post\n", "kind == «= post\n", "write == instead of ="],
  ["kind == post\n", "kind «= post\n", "write == instead of ="],
  ["kind == post\n", "«(kind == post\n", "this '(' is not closed"],
  ["kind == post\n", "kind == post and«\n", "expected a condition after 'and', found the end"],
  ["kind == post\n", "kind in (a, b«\n", "expected ',' or ')' after 'b', found the end"],
  ["kind == post\n", "'kind contains «\"x'\n", "the double quote is not closed"],
  ["kind == post\n", "size > «many\n", "'>' needs a number such as 5, 22% or 15min, found 'many'"],
  ["kind == post\n", "kind == \\\n  «= post\n", "write == instead of ="],
  ["count(kind == post)", "sum(kind«", "expected 'where' or ')' after 'kind', found the end"],
  ["count(kind == post)", "«cuont(kind == post)", "expected count(), sum(FIELD) or distinct(FIELD), found 'cuont'"],
  ["time = t\n", "time = a.«.b\n", 'here a key is missing; a path is like actor.id, "odd.key".x or a.b | c'],
  ["map.kind = k", "map.kind = k\nvalue.kind = a > b«", "here an arrow is missing: raw -> canonical"],
  ["by = kind", "by = kind, «, size", "'by' has an empty item between its commas"],
]);

const ofRun = (value, message) => ["until = 2026-03-10", value, message];
cases("value", [
  ofRun("until = «2026-02-30", "'until' is a date such as 2026-11-21, not '2026-02-30'"),
  ofRun("until = «today", "'until' is a date such as 2026-11-21, not 'today'"),
  ofRun("timezone = «Asia/Shangai", "'timezone': unknown time zone 'Asia/Shangai'; did you mean 'Asia/Shanghai'?"),
  ofRun("timezone = «../../etc/passwd", "'timezone': unknown time zone '../../etc/passwd': not found in "
    + "/usr/share/zoneinfo; expected a name such as Europe/Berlin"),
  ofRun("period = «0d", "'period' is a number of days from 1d to 3660d, or week, month, quarter, month_to_date, "
    + "quarter_to_date, year_to_date, not '0d'"),
  ofRun("workers = «0", "'workers' is auto or a number from 1 to 1024, not '0'"),
  ofRun("memory_max = «12abc", "'memory_max' is auto or a size such as 64MiB, not '12abc'"),
  ofRun("metric_memory_max = «1", "'metric_memory_max' is a size such as 64MiB (B, KB, MB, GB, KiB, MiB, GiB), not '1'"),
  ofRun("on_plugin_failure = «ignore", "'on_plugin_failure' is one of degrade, stop, not 'ignore'"),
  ["time = t\n", "time = t\ntime_zone = «Mars\n", "'time_zone': unknown time zone 'Mars': not found in "
    + "/usr/share/zoneinfo; expected a name such as Europe/Berlin"],
  ["time = t\n", "time = t\nmax_bad_lines = «200%\n", "'max_bad_lines' is a share from 0 to 1, such as 0.1% or 0.001, not '200%'"],
  ["time = t\n", "time = t\nmax_line_bytes = «1GiB\n", "'max_line_bytes' is a size of at most 256MiB, not '1GiB'"],
  ["time = t\n", "time = t\nformat = «csv\n", "'format' is ndjson, not 'csv'"],
  ["target = 20\n", "target = 20\nweight = «0\n", "'weight' is a number above 0, not '0'"],
  ["target = 20\n", "target = 20\nbands = «60, 80, 100\n",
    "'bands' is three falling numbers from 100 to 0, such as 100, 80, 60, not '60, 80, 100'"],
  ["target = 20\n", "target = 20\nfuel = «1\n", "'fuel' is a whole number from 1000 to 50000000, not '1'"],
  ["target = 20\n", "target = 20\nmin_n = «1.5\n", "'min_n' is a whole number from 0, not '1.5'"],
  ["0.5, 0.9", "0.5, «1.5", "quantiles = 1.5: out of range, from 0 to 1"],
  ["0.5, 0.9", "0.5, «x", "quantiles: 'x' does not start with a number, as in 12.5, 22% or 15min; "
    + "units: % pp, us ms s min h d w, B KB MB GB KiB MiB GiB"],
  ["param.scores = 0, 50, 100", "param.scores = «0, 500, 100", "param.scores = 0, 500, 100: out of range, from 0 to 100"],
]);

cases("target", [
  ["target = 20\n", "target = «20%\n", "target = 20% is a share, but the metric's unit is events"],
  ["target = 20\n", "target = «20min\n", "target = 20min is a duration, but the metric's unit is events"],
  ["target = 20%", "target = «20min", "target = 20min is a duration, but the metric's unit is events/actor"],
  ["target = 20\n", "target = «2O\n", "target: '2O' has an unknown unit; units: % pp, us ms s min h d w, B KB MB GB KiB MiB GiB"],
  ["target = 20\n", "target = «5\n", "[goal load.posts]: higher is better, but the target (5) lies below the baseline (10); "
    + "write direction = up or down"],
  ["target = 20\n", "target = «20\ndirection = down\n",
    "[goal load.posts]: lower is better, but the target (20) lies above the baseline (10)"],
  ["target = 20\n", "target = «10\n", /target.*baseline/],
  ["target = 20\n", "target = 20\ndirection = «sideways\n", "'direction' is one of output, up, down, target, neutral, not 'sideways'"],
]);

cases("missing", [
  ["[source app]\nfiles = logs/*\n", "«[source app]\n", "[source app] needs the key 'files'"],
  ["[metric spread]\nplugin = dist\nfield = size\n", "«[metric spread]\nplugin = dist\n",
    "[metric spread] lacks 'field': The numeric field."],
  ["[metric rate]\nplugin = ratio\nnum = count(kind == post)\n", "«[metric rate]\nplugin = ratio\n",
    "[metric rate] lacks 'num': The numerator: count(COND), sum(FIELD where COND) or distinct(FIELD where COND)."],
  ["[goal load.posts]\nmetric = posts.count\n", "«[goal load.posts]\n", "[goal load.posts] needs the value that it scores: "
    + "'metric = METRIC.OUTPUT', or 'input.NAME' for a rule with several"],
  ["[goal load.median]\nmetric = 'spread.quantile{q=\"0.5\"}'\narea = load\nrule = band\nparam.at = 1, 2\n",
    "«[goal load.median]\nmetric = 'spread.quantile{q=\"0.5\"}'\narea = load\nrule = band\n",
    "[goal load.median] lacks param.at for rule 'band': thresholds, all rising or all falling"],
]);

test("missing: an input that the goal's rule needs", (t) => {
  const rule = `return rule { inputs = { value = "one", paid = "the part that was paid" },
                        score = function(ctx) return score(1) end }`;
  const text = base.replace("metric = posts.count\n", "metric = posts.count\nrule = two.lua\n");
  assertRefused(project(t, { "night.ini": text, "two.lua": rule }),
    ["night.ini:23:1: [goal load.posts] lacks input.paid for rule 'two.lua': the part that was paid"]);
});

test("missing: a plugin is named with its place, the nearest one and the folders searched", (t) => {
  const path = project(t, { "night.ini": base.replace("plugin = dist", "plugin = dits") });
  const done = run(["run", "night.ini"], { cwd: path });
  assert.equal(done.code, 2);
  assert.match(done.stderr, /^goalmill: error: night\.ini:20:10: unknown plugin 'dits' \(did you mean 'dist'\?\); searched in \S+plugins\ngoalmill: error: 1 error; nothing was read\n$/);
});

test("missing: a source, a metric", (t) => {
  assertRefused(project(t, { "night.ini": "; nothing\n" }), ["night.ini: no [source NAME]: a run needs at least one source of logs",
                                                             "night.ini: no [metric NAME]: a run needs at least one metric"]);
});

// ---- several at once -------------------------------------------------------------------------------

const manyKeys = [["until =", "«untill ="], ["title = Load", "«titel = Load"], ["target = 20\n", "target = 20\nweight = «heavy\n"]];
const manyNames = [["by = kind", "by = «knd"], ["kind == post\n", "«knd == post\n"], ["target = 20%", "target = «20min"]];
const spoil = (list) => places(list.reduce((text, [from, to]) => text.replace(from, to), base));
for (const [what, list] of [["keys and values", manyKeys], ["fields and units", manyNames],
                            ["keys, values, fields and units", [...manyKeys, ...manyNames]]]) {
  test(`all errors at once: ${what}`, (t) => {
    const [text, at] = spoil(list);
    const done = run(["run", "night.ini"], { cwd: project(t, { "night.ini": text }) });
    const found = [...done.stderr.matchAll(/^goalmill: error: night\.ini:(\d+:\d+): /gm)].map((m) => m[1]);
    assert.deepEqual(found, at, `all of them, from top to bottom:\n${done.stderr}`);
    assert.equal(done.code, 2);
  });
}

test("a thousand errors are counted, and not all of them printed", (t) => {
  const text = base + Array.from({ length: 1000 }, (_, i) => `nonsense${i} = 1\n`).join("");
  const done = run(["run", "night.ini"], { cwd: project(t, { "night.ini": text }) });
  assert.equal(done.code, 2);
  assert.match(done.stderr, /error: 1000 errors; nothing was read\n$/);
  assert.equal(done.stderr.split("\n").length, 202);
});

// ---- include ---------------------------------------------------------------------------------------

const include = (what) => base.replace("until = 2026-03-10", `until = 2026-03-10\ninclude = ${what}`);
const includes = {
  "a file that is not there": ["more.ini", {}, ["night.ini:3:11: 'include': there is no file 'more.ini'"]],
  "a folder that is not there": ["conf.d/*.ini", {}, ["night.ini:3:11: 'include': cannot list the folder of 'conf.d/*.ini'"]],
  "an error in the included file": ["conf.d/*.ini", { "conf.d/a.ini": "\n[area late]\ntitel = x\n" },
    ["conf.d/a.ini:3:1: [area late] has no key 'titel'; did you mean 'title'?"]],
  "[run] in the included file": ["a.ini", { "a.ini": "[run]\nperiod = 1d\n" }, [/^a\.ini:1:1: .*\[run\]/]],
  "a section that is there already": ["a.ini", { "a.ini": "[area load]\ntitle = x\n" }, ["a.ini:1:1: [area load] stands in night.ini:40 too; keep one of the two"]],
};
for (const [what, [pattern, files, messages]] of Object.entries(includes)) {
  test(`include: ${what}`, (t) => {
    const path = project(t, { "night.ini": include(pattern), ...files });
    const done = run(["run", "night.ini"], { cwd: path });
    const lines = done.stderr.trimEnd().split("\n").map((l) => l.replace("goalmill: error: ", ""));
    assert.equal(lines.length, messages.length + 1, done.stderr);
    messages.forEach((m, i) => (m instanceof RegExp ? assert.match(lines[i], m) : assert.equal(lines[i], m)));
    assert.equal(done.code, 2);
    assert.ok(!existsSync(join(path, "out")));
  });
}

// ---- files that are no configuration -------------------------------------------------------------------

test("no file, a folder, a device", (t) => {
  const path = project(t, {});
  mkdirSync(join(path, "folder.ini"));
  assertRefused(path, ["cannot open 'none.ini': No such file or directory"], ["none.ini"]);
  assertRefused(path, ["'folder.ini' is no regular file"], ["folder.ini"]);
  assertRefused(path, ["'/dev/zero' is no regular file"], ["/dev/zero"]);
});

test("bytes that are no text: one error a line, with its column, and no byte of it on the terminal", (t) => {
  const binary = Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 0, 10, 0, 0xff, 0xfe, 27, 91, 51, 49, 109, 10]);
  const done = run(["run", "night.ini"], { cwd: project(t, { "night.ini": binary }) });
  assert.equal(done.code, 2);
  assert.match(done.stderr, /night\.ini:1:1: a control character \(0x7f\); remove it/);
  assert.match(done.stderr, /night\.ini:2:1: a NUL byte: this is not a text file/);
  assert.doesNotMatch(done.stderr, /[\x00-\x09\x0b-\x1f\x7f\ufffd]/);
});

test("4 MiB of configuration are read, 5 MiB are refused with advice", (t) => {
  const pad = (n) => base + `;${"x".repeat(98)}\n`.repeat(Math.ceil((n - base.length) / 100));
  const path = project(t, { "large.ini": pad(4 << 20).slice(0, 4 << 20), "night.ini": pad(5 << 20) });
  assert.equal(run(["check", "large.ini"], { cwd: path }).code, 0);
  assertRefused(path, ["night.ini: the file is larger than 4 MiB; move sections to files that [run] names with 'include'"]);
});

test("a line of 1000 bytes is read, one more is refused with advice", (t) => {
  const line = (n) => base + `title.zh = ${"x".repeat(n - 11)}\n`;
  assert.equal(run(["check", "night.ini"], { cwd: project(t, { "night.ini": line(1000) }) }).code, 0);
  assertRefused(project(t, { "night.ini": line(1001) }), [`night.ini:${base.split("\n").length}: a line of more than 1000 bytes `
    + "(continuations included); for a list, use numbered keys (files.1, files.2), for a long condition, fewer blanks"]);
});

// ---- overrides -------------------------------------------------------------------------------------------

test("flags and variables are checked like the keys they stand for", (t) => {
  const path = project(t, { "night.ini": base });
  const workers = (n) => `'workers' is auto or a number from 1 to 1024, not '${n}'`;
  for (const [args, message] of [
    [["--workers", "x"], `--workers: ${workers("x")}`],
    [["--workers=0"], `--workers: ${workers(0)}`],
    [["--workers", "1025"], `--workers: ${workers(1025)}`],
    [["--out="], "--out: 'out_dir' has no value"],
    [["--date", "2026-02-30"], "--date: '2026-02-30' is no date such as 2026-11-21"],
    [["--date", "yesterday"], "--date: 'yesterday' is no date such as 2026-11-21"],
  ]) {
    const done = run(["run", "night.ini", ...args], { cwd: path });
    assert.equal(done.stderr, `goalmill: error: ${message}\ngoalmill: error: 1 error; nothing was read\n`);
    assert.equal(done.code, 2);
  }
  const set = (env) => ({ env: { ...process.env, ...env } });
  assertRefused(path, [`GOALMILL_WORKERS: ${workers("x")}`], ["night.ini"], set({ GOALMILL_WORKERS: "x" }));
  assertRefused(path, ["GOALMILL_UNTIL: 'until' is a date such as 2026-11-21, not 'bad'"], ["night.ini"], set({ GOALMILL_UNTIL: "bad" }));
  assertRefused(path, ["GOALMILL_TIMEZONE: 'timezone' has no value"], ["night.ini"], set({ GOALMILL_TIMEZONE: "" }));
});
