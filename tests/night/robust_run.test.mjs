// SPDX-License-Identifier: Apache-2.0
// robust_run.test.mjs - a night survives what happens to processes: killed workers, little memory, uneven
// logs, a second run, signals, a killed supervisor. What it says is right, or the last good run stays.
//
// Workers are stopped (SIGSTOP) to be caught in the middle of their work; no test depends on speed.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, readlinkSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { DAY_US, dayStart, events, line, random, sourceKeys } from "../lib/generate.mjs";
import { folder, outputs, root, run, start, write } from "../lib/goalmill.mjs";

const UNTIL = "2025-03-31";
const span = { from: dayStart(UNTIL) - DAY_US, to: dayStart(UNTIL) + DAY_US };
const WEB_LOGS = 6, SHOP_LOGS = 12;

// ---- a night of some size, the same logs for all tests -------------------------------------------------------

const shared = mkdtempSync(join(tmpdir(), "goalmill-test-"));
after(() => rmSync(shared, { recursive: true, force: true }));

// Logs of web are large enough to be tasks of their own; those of shop are handed out in bundles.
const counted = { web: 0, shop: 0 };
{
  const texts = { web: new Array(WEB_LOGS).fill(""), shop: new Array(SHOP_LOGS).fill("") };
  for (const e of events({ seed: 21, events: 270000, ...span }))
    texts[e.system][counted[e.system]++ % texts[e.system].length] += line(e) + "\n";
  for (const [system, logs] of Object.entries(texts))
    write(join(shared, system), Object.fromEntries(logs.map((text, i) => [`${system}-${i}.ndjson`, text])));
}

const metrics = `[metric activity]
plugin = count
by = channel
total = yes
bucket = hour
[metric revenue]
plugin = sum
field = amount
by = channel
total = yes
bucket = hour
[metric order_rate]
plugin = ratio
num = count(type == order)
den = count(type == visit)
by = channel
total = yes
[metric people]
plugin = distinct
key = actor
bucket = hour
[metric basket]
plugin = dist
field = amount
by = channel
total = yes
bucket = hour
`;
const goal = (metric) => `[goal g]\narea = a\nmetric = ${metric}\ntarget = 1000\n`;

const source = (system, files) => `[source ${system}]\nfiles = ${files}\n${sourceKeys[system]}`;
const sharedSources = ["web", "shop"].map((system) => source(system, join(shared, system, "*"))).join("");

// A folder with a configuration; its state and results lie there too.
function night(t, { sources = sharedSources, what = metrics + goal("activity.count"), keys = "" } = {}) {
  const path = folder(t);
  write(path, { "nightly.ini": `[run]\nuntil = ${UNTIL}\nworkers = 2\n${keys}${sources}${what}` });
  return path;
}

// Small batches: it takes a while, so that there is something to disturb.
const begin = (path, options) =>
  start(["run", join(path, "nightly.ini"), "--quiet", "--batch-rows", "32"], options);
const results = (path) => outputs(join(path, "out"));

function bytesOf(path) {
  const out = results(path);
  return Object.fromEntries(out.files().filter((name) => !/^(run\.json|report\.md|scorecards)$/.test(name))
    .map((name) => [name, out.bytes(name).toString("latin1")]));
}

function finish(path) {
  const done = run(["run", join(path, "nightly.ini"), "--quiet"]);
  assert.equal(done.code, 0, done.stderr);
  return bytesOf(path);
}

function same(actual, wanted) {
  assert.deepEqual(Object.keys(actual), Object.keys(wanted));
  for (const name of Object.keys(wanted)) assert.ok(actual[name] === wanted[name], `${name} differs`);
}

let undisturbed = null;
function wanted(t) {
  undisturbed ??= finish(night(t));
  return undisturbed;
}

// ---- processes ----------------------------------------------------------------------------------------------

// What read() says of a process, or other when it is gone.
function ifThere(read, other) {
  try {
    return read();
  } catch {
    return other;
  }
}

const children = (pid) => ifThere(() =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean).map(Number), []);
// R, S, T …; Z: it is dead, and nobody has asked how it died.
const stateOf = (pid) => ifThere(() => readFileSync(`/proc/${pid}/stat`, "utf8").replace(/.*\) /s, "")[0], "Z");
const openFiles = (pid) => ifThere(() => readdirSync(`/proc/${pid}/fd`)
  .map((fd) => ifThere(() => readlinkSync(`/proc/${pid}/fd/${fd}`), "")), []);
const send = (pid, signal) => ifThere(() => process.kill(pid, signal), false);

async function until(condition, what) {
  for (let i = 0; i < 60000 && !condition(); i++) await sleep(1);
  assert.ok(condition(), `waited a minute for ${what}`);
}

// Stops a worker of the run for which what() gives something; gives { pid, what }, or null when the run
// ended before.
async function stopWorker(supervisor, what) {
  while (supervisor.exitCode === null && supervisor.signalCode === null) {
    for (const pid of children(supervisor.pid)) {
      if (what(pid) === undefined || !send(pid, "SIGSTOP")) continue;
      await until(() => "TZ".includes(stateOf(pid)), "a process to stop");
      const found = what(pid);
      if (found !== undefined) return { pid, what: found };
      send(pid, "SIGCONT");
    }
    await sleep(1);
  }
  return null;
}

// Stops a worker that has such a file open.
async function stopAt(supervisor, isWanted) {
  const worker = await stopWorker(supervisor, (pid) => openFiles(pid).find(isWanted));
  assert.notEqual(worker, null, "the run ended before it was disturbed");
  return { pid: worker.pid, file: worker.what };
}

const isLog = (path) => path.endsWith(".ndjson");

// Nothing is left of runs that did not end, and latest leads to the given run.
function isClean(path, latest) {
  const out = readdirSync(join(path, "out"));
  assert.deepEqual(out.filter((name) => name.startsWith(".")), [], "a leftover in out");
  assert.deepEqual(readdirSync(join(path, "state")), ["lock"]);
  if (latest !== undefined) assert.equal(readlinkSync(join(path, "out", "latest")), latest);
}

// ---- killed workers ------------------------------------------------------------------------------------------

for (const [name, { kills, atOnce, logs, seed }] of Object.entries({
  "a map worker": { kills: 1, atOnce: 1, logs: "web-", seed: 1 },
  "both map workers at once": { kills: 2, atOnce: 2, logs: "web-", seed: 2 },
  "four map workers, one after the other": { kills: 4, atOnce: 1, logs: "web-", seed: 3 },
  "a map worker with a bundle of logs": { kills: 1, atOnce: 1, logs: "shop-", seed: 4 },
}))
  test(`kill -9 of ${name}: nothing is lost`, async (t) => {
    const path = night(t), rng = random(seed);
    const { child, done } = begin(path);
    const killed = [];
    while (killed.length < kills) {
      await sleep(rng.below(20));
      const caught = [];
      for (let i = 0; i < atOnce; i++) {
        // No log twice: then no task gets to its third attempt.
        const isNew = (file) => file.includes(logs) && ![...killed, ...caught].some((w) => w.file === file);
        caught.push(await stopAt(child, isNew));
      }
      caught.forEach((worker) => send(worker.pid, "SIGKILL"));
      killed.push(...caught);
    }
    const { code, stderr } = await done;
    assert.equal(code, 0, stderr);
    same(bytesOf(path), wanted(t));
    const record = results(path).run;
    assert.equal(record.deaths.length, kills, record.deaths.join("\n"));
    for (const { file } of killed) {
      const death = record.deaths.find((text) => text.includes(` at ${file},`));
      assert.match(death ?? "none", /^a map worker was ended by SIGKILL at .*, batch \d+/);
      assert.equal(record.logs.find((log) => basename(log.path) === basename(file)).attempts, 2);
    }
    assert.ok(record.logs.every((log) => log.outcome === "read"));
    isClean(path);
  });

test("kill -9 of a map worker that writes its part: nothing is lost", async (t) => {
  const path = night(t);
  const { child, done } = begin(path);
  send((await stopAt(child, (file) => file.includes(".gmpart"))).pid, "SIGKILL");
  const { code, stderr } = await done;
  assert.equal(code, 0, stderr);
  same(bytesOf(path), wanted(t));
  assert.match(results(path).run.deaths.join("\n"), /^a map worker was ended by SIGKILL.*$/);
  isClean(path);
});

test("kill -9 of a worker after all logs are read: nothing is lost", async (t) => {
  const path = night(t);
  let worker = null;
  for (let i = 0; i < 20 && worker === null; i++) { // that phase is short
    const { child, done } = begin(path);
    const mappers = new Set();
    const isOther = (pid) => {
      if (openFiles(pid).some(isLog)) mappers.add(pid);
      return mappers.size === 2 && !children(child.pid).some((p) => mappers.has(p)) ? "other" : undefined;
    };
    worker = await stopWorker(child, isOther);
    if (worker !== null) send(worker.pid, "SIGKILL");
    const { code, stderr } = await done;
    assert.equal(code, 0, stderr);
    same(bytesOf(path), wanted(t));
    isClean(path);
  }
  assert.notEqual(worker, null, "every run had ended before");
});

test("a log that kills its worker three times is given up, the others count", async (t) => {
  // No event of web gets to a plugin: no plugin can be blamed.
  const path = night(t, { what: `[metric shop]\nplugin = count\nwhere = system == shop\n${goal("shop.count")}`,
    keys: "period = 2d\n" });
  const { child, done } = begin(path);
  for (let i = 0; i < 3; i++) {
    const worker = await stopAt(child, (file) => file.endsWith("web-3.ndjson"));
    send(worker.pid, "SIGKILL");
  }
  const { code, stderr } = await done;
  assert.equal(code, 3, stderr);
  const out = results(path), log = out.run.logs.find((l) => l.path.endsWith("web-3.ndjson"));
  assert.deepEqual([log.outcome, log.attempts], ["failed", 3]);
  assert.match(log.message, /SIGKILL/);
  assert.equal(out.run.logs.filter((l) => l.outcome === "read").length, WEB_LOGS + SHOP_LOGS - 1);
  assert.deepEqual(out.run.causes.map((c) => c.exit_code), [3]);
  assert.equal(out.value("shop", "count").value, counted.shop);
  assert.equal(out.run.sources[0].logs_bad, 1);
  assert.equal(out.goal("g").data_quality.logs_bad, 1);
  const validator = join(root, "tests", "schema", "validate.mjs");
  const valid = spawnSync(process.execPath, [validator, out.folder], { encoding: "utf8" });
  assert.equal(valid.status, 0, valid.stderr);
  isClean(path);
});

// ---- uneven logs, little memory ----------------------------------------------------------------------------

test("one huge log and 1,000 tiny ones", (t) => {
  const path = night(t, { sources: source("web", "logs/*"), keys: "period = 2d\n" });
  const tiny = new Array(1000).fill("");
  let huge = "", n = 0;
  const byChannel = new Map();
  for (const e of events({ seed: 22, events: 80000, ...span })) {
    if (e.system !== "web") continue;
    if (n < 20000) tiny[n % 1000] += line(e) + "\n";
    else huge += line(e) + "\n";
    n++;
    byChannel.set(e.channel ?? null, (byChannel.get(e.channel ?? null) ?? 0) + 1);
  }
  write(path, { "logs/500-huge.ndjson": huge });
  write(path, Object.fromEntries(tiny.map((text, i) => [`logs/${i}.ndjson`, text])));
  finish(path);
  const out = results(path);
  assert.equal(out.run.logs.length, 1001);
  assert.ok(out.run.logs.every((log) => log.outcome === "read" && log.accepted > 0 && log.attempts === 1));
  assert.equal(out.run.logs.find((log) => log.path.endsWith("huge.ndjson")).accepted, n - 20000);
  assert.equal(out.value("activity", "count").value, n);
  for (const [channel, count] of byChannel) assert.equal(out.value("activity", "count", { channel }).value, count);
  assert.equal(out.run.running_max, 2);
});

for (const [memory, running] of [["20MiB", 1], ["2GiB", 2]])
  test(`memory_max = ${memory}: ${running} at a time, the same bytes`, (t) => {
    const path = night(t, { keys: `memory_max = ${memory}\n` });
    same(finish(path), wanted(t));
    assert.equal(results(path).run.running_max, running);
    assert.equal(results(path).run.memory_max, parseInt(memory, 10) * (memory.endsWith("GiB") ? 2 ** 30 : 2 ** 20));
  });

// ---- a second run -------------------------------------------------------------------------------------------

test("a second run exits with 7 at once and leaves the first alone", async (t) => {
  const path = night(t);
  const { child, done } = begin(path);
  const worker = await stopAt(child, isLog); // the first cannot end
  const before = readdirSync(join(path, "state", "parts"));
  const second = run(["run", join(path, "nightly.ini")]);
  assert.equal(second.code, 7, second.stderr);
  assert.match(second.stderr, /another run holds '.*lock'/);
  assert.deepEqual(readdirSync(join(path, "state", "parts")), before);
  send(worker.pid, "SIGCONT");
  const { code, stderr } = await done;
  assert.equal(code, 0, stderr);
  same(bytesOf(path), wanted(t));
  assert.deepEqual(results(path).run.deaths, []);
  isClean(path);
  assert.equal(readdirSync(join(path, "out")).length, 2, "one run, and latest");
});

// ---- signals ------------------------------------------------------------------------------------------------

// A run that is caught in its middle, after a good one.
async function caughtAfterGoodOne(t, options) {
  const path = night(t);
  same(finish(path), wanted(t));
  const latest = readlinkSync(join(path, "out", "latest"));
  const { child, done } = begin(path, options);
  const worker = await stopAt(child, isLog);
  return { path, latest, child, done, worker, workers: children(child.pid) };
}

// A worker holds the lock, too, until it has ended; one that was just made is not among the pids yet.
function isLocked(path) {
  const { ino } = statSync(join(path, "state", "lock"));
  return ifThere(() => readFileSync("/proc/locks", "utf8").includes(`:${ino} `), false);
}
const gone = (path, pids) => until(() => pids.every((pid) => "ZX".includes(stateOf(pid))) && !isLocked(path),
  "workers to end");

for (const [signal, to, expectedCode] of [
  ["SIGTERM", "the supervisor", 143], ["SIGTERM", "all processes", 143],
  ["SIGINT", "the supervisor", 130], ["SIGINT", "all processes", 130], ["SIGHUP", "all processes", 129],
])
  test(`${signal} to ${to}: exit code ${expectedCode}, the last good run stays`, async (t) => {
    const { path, latest, child, done, worker, workers } = await caughtAfterGoodOne(t, { detached: true });
    const runs = readdirSync(join(path, "out")).filter((name) => !name.startsWith("."));
    send(worker.pid, "SIGCONT");
    send(to === "the supervisor" ? child.pid : -child.pid, signal);
    const { code, stderr } = await done;
    assert.equal(code, expectedCode, stderr);
    assert.doesNotMatch(stderr, /plugin/, "a signal from outside is no plugin's fault");
    await gone(path, workers);
    isClean(path, latest);
    assert.deepEqual(readdirSync(join(path, "out")), runs);
    same(finish(path), wanted(t));
    isClean(path);
  });

test("kill -9 of the supervisor: workers end, the next run is right and cleans up", async (t) => {
  const { path, latest, child, done, workers } = await caughtAfterGoodOne(t);
  send(child.pid, "SIGKILL");
  assert.equal((await done).signal, "SIGKILL");
  await gone(path, workers);
  assert.equal(readlinkSync(join(path, "out", "latest")), latest);
  assert.notDeepEqual(readdirSync(join(path, "state")), ["lock"], "the killed run left its parts");
  same(finish(path), wanted(t));
  isClean(path);
});

// ---- at any moment ------------------------------------------------------------------------------------------

for (const signal of ["SIGTERM", "SIGKILL"])
  test(`${signal} at any moment: the results are whole, those of this run or the last`, async (t) => {
    const path = night(t, { sources: source("web", "logs/*") });
    mkdirSync(join(path, "logs"));
    for (const i of [0, 1])
      write(path, { [`logs/${i}.ndjson`]: [...events({ seed: 30 + i, events: 8000, ...span })]
        .filter((e) => e.system === "web").map((e) => line(e) + "\n").join("") });
    const began = performance.now();
    const right = finish(path);
    const lasts = performance.now() - began;
    const rng = random(40);
    let stopped = 0;
    for (let i = 0; i < 12; i++) {
      const latest = readlinkSync(join(path, "out", "latest"));
      const { child, done } = begin(path);
      await sleep(rng.next() * lasts);
      const workers = children(child.pid);
      send(child.pid, signal);
      const { code, signal: by, stderr } = await done;
      // Before the program has looked at its signals they end it as they end any other.
      const isStopped = by === signal || code === 143;
      assert.ok(isStopped || code === 0, `exit code ${code}: ${stderr}`);
      if (code === 143) isClean(path);
      if (code === 143) assert.equal(readlinkSync(join(path, "out", "latest")), latest);
      await gone(path, workers);
      same(bytesOf(path), right);
      stopped += isStopped;
    }
    assert.ok(stopped > 0, "every run had ended before the signal");
    same(finish(path), right);
    isClean(path);
  });
