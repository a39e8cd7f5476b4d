// SPDX-License-Identifier: Apache-2.0
// bad_logs.test.mjs - a log that is damaged, or is no log at all, beside two good ones. What it does to
// a night: it is named on stderr, in run.json and in the report, the goals it touches are degraded, the
// exit code is 3, and the good logs count exactly. What is lines within a log is in bad_lines.test.mjs.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { constants, gunzipSync, gzipSync } from "node:zlib";
import { gz, ndjson } from "../lib/goalmill.mjs";
import { giveToOrdinaryUser, runAsOrdinaryUser } from "../lib/ordinary_user.mjs";
import { assertValues, event, fingerprint, project } from "./small_run.mjs";

// 400 lines of one newcomer, long enough for some blocks of deflate: each counts 1 event and 100 bytes.
const lines = Array.from({ length: 400 }, (_, i) => event(11, "new", 100, { x: `${i * 7919 % 1009}` }));
const text = ndjson(lines);
const whole = gz(text);
const ofLines = (n) => ({ events: n, people: n > 0 ? 1 : 0, size: 100 * n });

const cut = (from, to) => whole.subarray(from, to < 0 ? whole.length + to : to);
const flip = (at, bit = 0) => {
  const copy = Buffer.from(whole);
  copy[at < 0 ? copy.length + at : at] ^= 1 << bit;
  return copy;
};
const late = cut(0, Math.floor(whole.length * 0.9));
// How many whole lines a reader gets out of a truncated gzip.
const linesBefore = (n) =>
  gunzipSync(cut(0, n), { finishFlush: constants.Z_SYNC_FLUSH }).toString().split("\n").length - 1;

const log = (o, name) => o.run.logs.find((l) => l.path === `logs/${name}`);
const escape = (s) => s.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

// What holds after every night of this file: sums fit together, and good logs are untouched by bad ones.
function assertAccounts(o) {
  for (const name of ["good1.ndjson.gz", "good2.ndjson"]) assert.equal(log(o, name).outcome, "read");
  for (const l of o.run.logs) {
    const rejected = Object.values(l.rejected).reduce((a, b) => a + b, 0);
    assert.equal(l.lines, l.accepted + l.blank + rejected, `${l.path}: each line has one outcome`);
  }
  const bad = o.run.logs.filter((l) => !["read", "duplicate"].includes(l.outcome));
  assert.equal(o.run.sources[0].logs, o.run.logs.length);
  assert.equal(o.run.sources[0].logs_bad, bad.length);
  for (const card of o.scorecards) {
    assert.equal(card.data_quality.logs_bad, bad.length);
    assert.equal(card.data_quality.degraded, bad.length > 0);
  }
}

// One bad log that contributes nothing: { name, content or make(path), outcome, message, source }.
function assertDropped(t, c) {
  const name = c.name ?? "bad.ndjson.gz";
  const p = project(t, c.content === undefined ? {} : { [`logs/${name}`]: c.content }, { source: c.source });
  c.make?.(join(p.path, "logs", name), p.path);
  const done = p.run([], c.options?.(p.path));
  const o = p.latest();
  assertValues(o);
  assertAccounts(o);
  const l = log(o, name);
  assert.equal(l.outcome, c.outcome ?? "damaged");
  assert.match(l.message, c.message);
  assert.equal(l.lines, 0, "what a dropped log seemed to hold is not counted");
  assert.equal(done.code, 3, done.stderr);
  assert.equal(o.run.exit_code, 3);
  assert.deepEqual(o.run.causes, [{ exit_code: 3, text: "source app: 1 of 3 logs could not be used" }]);
  const note = "1 of 3 logs of source app could not be used.";
  assert.deepEqual(o.goal("load.events").data_quality.notes, [note]);
  assert.ok(o.report.includes(note), "the report says so");
  assert.match(o.report, new RegExp(`^- .logs/${escape(name)}. \\(${l.outcome}\\): .*${escape(l.message.slice(-10))}`, "m"), "with the reason");
  assert.match(done.stdout, new RegExp(`logs/${escape(name)} \\(${l.outcome}\\)`), "below the table");
  if (l.outcome === "damaged")
    assert.match(done.stderr, new RegExp(`warning: logs/${escape(name)}: .*${c.message.source}`), "on stderr");
}

const damaged = {
  "an empty file": { content: "", message: /empty \(0 bytes\)/ },
  "an empty file without .gz": { name: "bad.ndjson", content: "", message: /empty \(0 bytes\)/ },
  "two bytes of a gzip": { content: cut(0, 2), message: /ends at byte 2 within the header/ },
  "a gzip cut in its header": { content: cut(0, 9), message: /ends at byte 9 within the header/ },
  "a gzip cut behind its header": { content: cut(0, 10), message: /ends at byte 10 within the data/ },
  "a gzip cut in its data": { content: cut(0, 400), message: /ends at byte 400 within the data.*truncated/ },
  "a gzip cut in its checksum": {
    content: cut(0, -6), message: new RegExp(`ends at byte ${whole.length - 6} within the trailer`) },
  "a gzip without its last byte": {
    content: cut(0, -1), message: new RegExp(`ends at byte ${whole.length - 1} within the trailer`) },
  "a second gzip member cut off": {
    content: Buffer.concat([whole, cut(0, 300)]),
    message: new RegExp(`within the data of the gzip member that starts at byte ${whole.length}`) },
  "a second gzip member cut in its magic": {
    content: Buffer.concat([whole, cut(0, 1)]), message: /within the header .*truncated/ },
  "a flipped bit in the data": { content: flip(500, 3), message: /damaged near byte|do not fit its checksum/ },
  "a flipped bit in the checksum": { content: flip(-8), message: /do not fit its checksum/ },
  "a flipped bit in the length": { content: flip(-4), message: /do not fit its length/ },
  "an unknown compression method": { content: flip(2), message: /unknown compression method \(0x09 at byte 2\)/ },
  "a reserved flag in the header": { content: flip(3, 7), message: /unknown flag \(0x80 at byte 3\)/ },
  "zeros instead of deflate": {
    content: Buffer.concat([cut(0, 10), Buffer.alloc(200)]), message: /damaged near byte/ },
  "one byte more than max_file_bytes": {
    name: "bad.ndjson", content: text, source: `max_file_bytes = ${text.length - 1}B`,
    message: new RegExp(`more than max_file_bytes = ${text.length - 1} bytes`) },
  "a gzip of one byte more than max_file_bytes": {
    content: whole, source: `max_file_bytes = ${text.length - 1}B`,
    message: new RegExp(`more than max_file_bytes = ${text.length - 1} bytes when inflated`) },
  "a gzip bomb": {
    content: gzipSync(Buffer.alloc(32 << 20, "\n")), source: "max_file_bytes = 1MiB",
    message: /more than max_file_bytes = 1048576 bytes when inflated/ },
};
for (const [what, c] of Object.entries(damaged))
  test(`dropped: ${what}`, (t) => assertDropped(t, c));

const noLogs = {
  "a folder": { make: (at) => mkdirSync(at), message: /is a folder/ },
  "a FIFO": {
    make: (at) => assert.equal(spawnSync("mkfifo", [at]).status, 0), message: /is not a regular file/ },
  "a device": { make: (at) => symlinkSync("/dev/zero", at), message: /is not a regular file/ },
  "a link to nothing": { make: (at) => symlinkSync("nowhere", at), message: /is a link to nothing/ },
  "a link to itself": { make: (at) => symlinkSync(at, at), message: /is a link to itself/ },
};
for (const [what, c] of Object.entries(noLogs))
  test(`not used: ${what} named x.gz`, (t) => assertDropped(t, { ...c, outcome: "unreadable" }));

test("not used: what is no log is named on stderr too, whatever stdout is for", (t) => {
  const p = project(t);
  mkdirSync(join(p.path, "logs/bad.gz"));
  for (const args of [[], ["--json"]])
    assert.match(p.run(args).stderr, /^goalmill: warning: .*logs\/bad\.gz:? is a folder$/m);
});

test("not used: a socket named x.gz", async (t) => {
  // The path of a socket is short, so it is made elsewhere and linked.
  const at = mkdtempSync(join(tmpdir(), "gm-"));
  const server = createServer();
  t.after(() => { server.close(); rmSync(at, { recursive: true, force: true }); });
  await new Promise((resolve) => server.listen(join(at, "s"), resolve));
  assertDropped(t, { make: (path) => symlinkSync(join(at, "s"), path), outcome: "unreadable",
                     message: /is not a regular file/ });
});

test("not used: a log that may not be read", (t) => {
  const p = project(t, { "logs/bad.ndjson.gz": whole, "closed/x.ndjson": text },
                    { files: "logs/*, closed/*" });
  chmodSync(join(p.path, "logs/bad.ndjson.gz"), 0);
  giveToOrdinaryUser(p.path);
  chmodSync(join(p.path, "closed"), 0);
  const done = runAsOrdinaryUser(["run", "night.ini"], { cwd: p.path });
  chmodSync(join(p.path, "closed"), 0o755);
  assert.equal(done.code, 3, done.stderr);
  const o = p.latest();
  assertValues(o);
  const bad = o.run.logs.filter((l) => l.outcome === "unreadable").map((l) => [l.path, l.message]);
  assert.deepEqual(bad, [["closed", "permission denied"], ["logs/bad.ndjson.gz", "permission denied"]]);
});

test("no file matches a pattern: named, degraded, the rest is scored", (t) => {
  const p = project(t, {}, { files: "logs/*, archive/*.gz" });
  const done = p.run();
  const o = p.latest();
  assertValues(o);
  assert.equal(done.code, 3);
  assert.match(done.stderr, /warning: source app: no file matches archive\/\*\.gz/);
  assert.deepEqual(o.run.sources[0].unmatched, ["archive/*.gz"]);
  assert.deepEqual(o.run.causes, [{ exit_code: 3, text: "source app: no file matches archive/*.gz" }]);
  assert.equal(o.goal("load.size").data_quality.degraded, true);
  assert.match(o.report, /A pattern of source app matched no log\./);
});

test("no log at all: every goal says no_data, nothing says 0", (t) => {
  const p = project(t);
  rmSync(join(p.path, "logs"), { recursive: true });
  const done = p.run();
  const o = p.latest();
  assert.equal(done.code, 3);
  for (const card of o.scorecards) {
    assert.equal(card.status, "no_data");
    assert.equal(card.value, null);
    assert.equal(card.score, null);
  }
});

test("a source that is broken degrades only the goals that read it", (t) => {
  const p = project(t, { "other/bad.gz": cut(0, 100) }, { sections: `[source other]
files = other/*
time = t
map.price = s
[metric price]
plugin = sum
field = price
[goal load.price]
metric = price.sum
target = 1
` });
  const done = p.run();
  const o = p.latest();
  assert.equal(done.code, 3);
  const degraded = o.scorecards.filter((c) => c.data_quality.degraded).map((c) => c.goal);
  // events counts both sources; people and size need fields that only app maps.
  assert.deepEqual(degraded, ["load.events", "load.price"]);
  assertValues(o);
  assert.equal(o.goal("load.price").status, "no_data");
});

// ---- on_damage = keep ---------------------------------------------------------------------------

const kept = {
  "a gzip cut in its header": { content: cut(0, 9), n: 0 },
  "a gzip cut early in its data": { content: cut(0, 200), n: linesBefore(200) },
  "a gzip cut late in its data": { content: late, n: linesBefore(late.length) },
  "a gzip without its trailer": { content: cut(0, -8), n: 400 },
  "a wrong checksum": { content: flip(-8), n: 400 },
  "a second member cut off": { content: Buffer.concat([whole, cut(0, 200)]), n: 400 + linesBefore(200) },
  "max_file_bytes in the middle of a line": {
    name: "bad.ndjson", content: text, n: 9,
    max: text.split("\n").slice(0, 10).join("\n").length - 5 },
  "max_file_bytes behind a line": {
    name: "bad.ndjson", content: text, n: 10,
    max: text.split("\n").slice(0, 10).join("\n").length + 1 },
};
for (const [what, c] of Object.entries(kept)) {
  test(`on_damage = keep: ${what}: the whole lines before count`, (t) => {
    const name = c.name ?? "bad.ndjson.gz";
    const source = `on_damage = keep\n${c.max === undefined ? "" : `max_file_bytes = ${c.max}B`}`;
    const p = project(t, { [`logs/${name}`]: c.content }, { source });
    const done = p.run();
    const o = p.latest();
    assert.equal(log(o, name).outcome, "kept");
    assert.equal(log(o, name).accepted, c.n);
    assertValues(o, ofLines(c.n));
    assertAccounts(o);
    assert.equal(done.code, 3, "kept, but marked");
    assert.equal(o.run.sources[0].logs_kept, 1);
    assert.match(o.goal("load.size").data_quality.notes.join(" "), /the lines before the damage count/);
    assert.match(done.stderr, new RegExp(`warning: logs/${escape(name)}: `));
  });
}

test("on_damage = keep: what was used in part is not said to be unused", (t) => {
  const p = project(t, { "logs/bad.gz": late }, { source: "on_damage = keep" });
  p.run();
  const o = p.latest();
  assert.deepEqual(o.goal("load.size").data_quality.notes,
                   ["1 of 3 logs of source app is damaged; the lines before the damage count."]);
  assert.deepEqual(o.run.causes.map((c) => c.exit_code), [3]);
  assert.doesNotMatch(o.run.causes[0].text, /could not be used/);
});

test("on_damage = keep: the same damaged log twice counts once", (t) => {
  const p = project(t, { "logs/bad.gz": late, "logs/copy.gz": late }, { source: "on_damage = keep" });
  p.run();
  const o = p.latest();
  assert.deepEqual([log(o, "bad.gz").outcome, log(o, "copy.gz").outcome], ["kept", "duplicate"]);
  assertValues(o, ofLines(linesBefore(late.length)));
});

// ---- what looks odd and is fine --------------------------------------------------------------------

const twoMembers = Buffer.concat([gz(text.slice(0, 333)), gz(text.slice(333))]);
const named = gz(Buffer.from(text));
named[3] |= 1 << 3; // FNAME: a name that ends with NUL follows the ten bytes
const withName = Buffer.concat([named.subarray(0, 10), Buffer.from("a name\0"), named.subarray(10)]);
const harmless = {
  "garbage behind a gzip": { content: Buffer.concat([whole, Buffer.from("garbage")]), n: 400, trailing: 7 },
  "zero padding behind a gzip": { content: Buffer.concat([whole, Buffer.alloc(1000)]), n: 400 },
  "zeros, then garbage": { content: Buffer.concat([whole, Buffer.alloc(9), Buffer.from("xyz")]), n: 400, trailing: 3 },
  "a real empty gzip": { content: gz(""), n: 0 },
  "a gzip with a name": { content: withName, n: 400 },
  "two members, a line over both": { content: twoMembers, n: 400, members: 2 },
  "an empty member between": { content: Buffer.concat([whole, gz(""), gz(ndjson(lines.slice(0, 5)))]), n: 405, members: 3 },
  "text named .gz": { content: text, n: 400, members: 0 },
  "gzip named .ndjson": { name: "odd.ndjson", content: whole, n: 400 },
  "exactly max_file_bytes": { content: whole, n: 400, source: `max_file_bytes = ${text.length}B` },
};
for (const [what, c] of Object.entries(harmless)) {
  test(`fine: ${what}`, (t) => {
    const name = c.name ?? "odd.ndjson.gz";
    const p = project(t, { [`logs/${name}`]: c.content }, { source: c.source });
    const done = p.run();
    const o = p.latest();
    assert.equal(done.code, 0, done.stderr);
    assert.equal(log(o, name).outcome, "read");
    assert.equal(log(o, name).accepted, c.n);
    assert.equal(log(o, name).trailing_bytes, c.trailing ?? 0);
    assert.equal(log(o, name).members, c.members ?? 1);
    assertValues(o, ofLines(c.n));
    assertAccounts(o);
  });
}

test("garbage behind a gzip is ignored, and told", (t) => {
  const p = project(t, { "logs/odd.gz": Buffer.concat([whole, Buffer.from("garbage")]) });
  const done = p.run();
  assert.equal(done.code, 0);
  assert.match(done.stderr, /^goalmill: warning: .*logs\/odd\.gz.*7 bytes/m);
});

test("an identical log counts once and is named", (t) => {
  const odd = [...lines.slice(0, 3).map((e) => JSON.stringify(e)), "no json", JSON.stringify({ t: event(1).t, a: "z" })];
  const p = project(t, { "logs/one.ndjson": ndjson(odd), "logs/two.ndjson": ndjson(odd) }, { source: "max_bad_lines = 50%" });
  const done = p.run();
  const o = p.latest();
  assert.equal(done.code, 0, done.stderr);
  assert.equal(log(o, "two.ndjson").outcome, "duplicate");
  assert.equal(log(o, "two.ndjson").message, "has the same content as logs/one.ndjson");
  assert.equal(log(o, "two.ndjson").events.period, 0);
  assertValues(o, { events: 4, people: 2, size: 300 });
  assertAccounts(o);
  assert.match(o.report, /`logs\/two\.ndjson` \(duplicate\): has the same content as/);
  // What it could not use counts once as well.
  assert.deepEqual(o.run.missing_fields, [{ metric: "size", field: "size", events: 1 }]);
});

test("a link to a log is a copy of it", (t) => {
  const p = project(t);
  symlinkSync("good1.ndjson.gz", join(p.path, "logs/zlink.gz"));
  assert.equal(p.run().code, 0);
  const o = p.latest();
  assert.equal(log(o, "zlink.gz").outcome, "duplicate");
  assertValues(o);
});

test("a pattern that names a log twice counts it once", (t) => {
  const p = project(t, {}, { files: "logs/*, logs/good*" });
  assert.equal(p.run().code, 0);
  assertValues(p.latest());
  assert.equal(p.latest().run.logs.length, 2);
});

test("bytes of no UTF-8, blanks and line breaks in a log's name do no harm", (t) => {
  const p = project(t);
  const names = ["a b.ndjson", "line\nbreak.ndjson", "[x]*?.ndjson"].map((n) => Buffer.from(n));
  names.push(Buffer.from([0x78, 0xff, 0xfe, 0x2e, 0x67, 0x7a]));
  names.forEach((n, i) => writeFileSync(Buffer.concat([Buffer.from(join(p.path, "logs/")), n]),
                                        ndjson([event(12, "new", 100, { i })])));
  const done = p.run();
  assert.equal(done.code, 0, done.stderr);
  assertValues(p.latest(), ofLines(4));
});

test("all that can be wrong at once: the good logs count exactly, with any number of workers", (t) => {
  const p = project(t);
  let i = 0;
  for (const c of Object.values(damaged))
    if (!c.source) writeFileSync(join(p.path, `logs/bad${i++}.gz`), c.content);
  for (const c of Object.values(noLogs)) c.make(join(p.path, `logs/bad${i++}.gz`));
  let values;
  for (const workers of ["1", "2", "5"]) {
    assert.equal(p.run(["--workers", workers]).code, 3);
    const o = p.latest();
    assertValues(o);
    assertAccounts(o);
    assert.equal(o.run.sources[0].logs_bad, i);
    values ??= o.bytes("metrics.ndjson");
    assert.deepEqual(o.bytes("metrics.ndjson"), values);
  }
});

test("a damaged log that is mended counts in the next run", (t) => {
  const p = project(t, { "logs/bad.gz": late });
  assert.equal(p.run().code, 3);
  assertValues(p.latest());
  const first = fingerprint(p.latest().folder + "/");
  writeFileSync(join(p.path, "logs/bad.gz"), whole);
  assert.equal(p.run().code, 0);
  assertValues(p.latest(), ofLines(400));
  assert.notEqual(fingerprint(p.latest().folder + "/"), first);
});
