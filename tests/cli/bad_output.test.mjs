// SPDX-License-Identifier: Apache-2.0
// bad_output.test.mjs - a night that cannot write: exit code 6, a message with the path and the reason,
// and out/latest is the last good run, whole - or, when only the very end failed, the new one, whole.
// The next night is right and cleans up. Each system call that writes is made to fail in turn.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, readlinkSync, rmSync, symlinkSync,
         writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { outputs, write } from "../lib/goalmill.mjs";
import { giveToOrdinaryUser, runAsOrdinaryUser } from "../lib/ordinary_user.mjs";
import { cannotFail, fault } from "./compile.mjs";
import { assertRunsComplete, assertTidy, assertValues, fingerprint, project } from "./small_run.mjs";

// A damaged log shows whether logs were opened: its warning comes while reading.
const damaged = { "logs/bad.gz": "" };
const wasRead = (done) => /logs\/bad\.gz/.test(done.stderr);

function assertNotWritten(done, message) {
  assert.equal(done.code, 6, done.stderr);
  assert.match(done.stderr, message);
  assert.equal(done.stdout, "", "no table of a run that is not there");
}

// ---- folders that cannot be written, found before any log is read ------------------------------------

const unusable = {
  "out_dir below a regular file": [{ "file": "x" }, "out_dir = file/out", /error: .*'file(\/out)?'/],
  "out_dir is a regular file": [{ "out": "x" }, "", /error: .*'out' is no folder/],
  "state_dir below a regular file": [{ "file": "x" }, "state_dir = file/state", /error: .*'file(\/state)?'/],
  "state_dir is a regular file": [{ "state": "x" }, "", /error: .*'state' is no folder/],
  "the lock is a folder": [{ "state/lock/x": "x" }, "", /error: cannot write 'state\/lock': Is a directory/],
  "out_dir on a read-only file system": [{}, "out_dir = /proc/goalmill", /error: .*'\/proc\/goalmill'/],
};
for (const [what, [files, run, message]] of Object.entries(unusable)) {
  test(`found at once: ${what}`, (t) => {
    const p = project(t, { ...damaged, ...files }, { run });
    const before = Object.keys(files).map((f) => readFileSync(join(p.path, f), "utf8"));
    const done = p.run();
    assertNotWritten(done, message);
    assert.ok(!wasRead(done), "before any log was read");
    assert.deepEqual(Object.keys(files).map((f) => readFileSync(join(p.path, f), "utf8")), before);
  });
}

const runAsUser = (p) => runAsOrdinaryUser(["run", "night.ini"], { cwd: p.path });

for (const name of ["out", "state"]) {
  for (const mode of [0o555, 0]) {
    test(`found at once: ${name}_dir has mode ${mode.toString(8)}`, (t) => {
      const p = project(t, damaged);
      mkdirSync(join(p.path, "out"));
      mkdirSync(join(p.path, "state"));
      giveToOrdinaryUser(p.path);
      chmodSync(join(p.path, name), mode);
      try {
        const done = runAsUser(p);
        assertNotWritten(done, new RegExp(`error: .*'${name}(/[^']*)?'.*: Permission denied`));
        assert.ok(!wasRead(done));
      } finally {
        chmodSync(join(p.path, name), 0o755);
      }
      assert.equal(runAsUser(p).code, 3, "and mended, it runs");
    });
  }
}

test("out_dir may be a link to a folder, and may have to be made with its parents", (t) => {
  const p = project(t, {}, { run: "out_dir = link/a/b" });
  mkdirSync(join(p.path, "elsewhere"));
  symlinkSync("elsewhere", join(p.path, "link"));
  assert.equal(p.run().code, 0);
  assertValues(outputs(join(p.path, "elsewhere/a/b")));
});

// ---- out/latest is not what it should be ----------------------------------------------------------------

test("out/latest is a real folder: it is left alone, the run says so", (t) => {
  const p = project(t, { "out/latest/precious.txt": "mine" });
  const done = p.run();
  assertNotWritten(done, /error: cannot switch the link 'out\/latest': .*(Is a directory|File exists|Directory not empty)/);
  assert.equal(readFileSync(join(p.path, "out/latest/precious.txt"), "utf8"), "mine");
  rmSync(join(p.path, "out/latest"), { recursive: true });
  assert.equal(p.run().code, 0);
  assertValues(p.latest());
});

for (const target of ["nowhere", "latest", "/etc"]) {
  test(`out/latest is a link to ${target}: it is replaced, what it pointed at is not touched`, (t) => {
    const p = project(t);
    mkdirSync(p.out);
    symlinkSync(target, join(p.out, "latest"));
    assert.equal(p.run().code, 0);
    assertValues(p.latest());
  });
}

test("two runs in the same second have folders of their own", (t) => {
  const p = project(t);
  for (let i = 0; i < 4; i++) assert.equal(p.run().code, 0);
  assert.equal(readdirSync(p.out).length, 5);
  assertTidy(p.out);
});

test("what killed runs left behind is removed; what others put there is not", (t) => {
  const p = project(t, { "out/.tmp.2026-03-09.20260310T010000Z/scorecards/a.json": "{", "out/.tmp.x": "x",
    "out/notes.txt": "mine", "out/2026-01-01.old/run.json": "{}",
    "state/parts/2026-03-09.20260310T010000Z/000000.gmpart": "half", "state/parts/.tmp.y": "y" });
  symlinkSync("nowhere", join(p.out, ".tmp.latest"));
  assert.equal(p.run().code, 0);
  assertValues(outputs(p.out));
  assert.deepEqual(readdirSync(p.out).filter((n) => n.startsWith(".")), [".tmp.x"], "a file is none of ours");
  assert.deepEqual(readdirSync(join(p.path, "state")), ["lock"]);
  assert.ok(existsSync(join(p.out, "notes.txt")) && existsSync(join(p.out, "2026-01-01.old/run.json")));
});

test("leftovers that are links lead nowhere: nothing outside is removed", (t) => {
  const p = project(t, { "precious/file": "mine" });
  write(p.path, { "out/.tmp.run/x": "x", "state/parts/run/x": "x" });
  symlinkSync(join(p.path, "precious"), join(p.path, "out/.tmp.run/link"));
  symlinkSync(join(p.path, "precious"), join(p.path, "state/parts/run/link"));
  assert.equal(p.run().code, 0);
  assert.equal(readFileSync(join(p.path, "precious/file"), "utf8"), "mine");
  assertTidy(p.out);
});

test("two configurations share out_dir: neither removes what the other is writing", (t) => {
  const p = project(t);
  mkdirSync(p.out);
  // A run that lives holds a lock on its folder aside.
  const live = join(p.out, ".tmp.2026-03-09.20260310T010000Z");
  mkdirSync(live);
  const holder = spawn("flock", ["--no-fork", live, "sleep", "60"], { stdio: "ignore" });
  t.after(() => holder.kill("SIGKILL"));
  const isHeld = () => spawnSync("flock", ["-n", live, "true"]).status !== 0;
  while (!isHeld());
  assert.equal(p.run().code, 0);
  assert.ok(existsSync(live), "the other run's folder is left alone");
});

test("state/parts is a link to a folder of others: nothing in it is removed", (t) => {
  const p = project(t, { "precious/file": "mine" });
  mkdirSync(join(p.path, "state"));
  symlinkSync(join(p.path, "precious"), join(p.path, "state/parts"));
  p.run();
  assert.equal(readFileSync(join(p.path, "precious/file"), "utf8"), "mine");
});

// ---- every call fails once -----------------------------------------------------------------------------------

const skip = cannotFail();
// Of these calls none may fail unnoticed.
const mustTell = ["write", "fsync", "syncfs", "rename", "open", "mkdir", "symlink"];
const failing = [
  ["write", "ENOSPC", true], ["write", "EIO", false], ["fsync", "EIO", false], ["syncfs", "EIO", false], ["rename", "ENOSPC", false],
  ["open", "ENOSPC", true], ["mkdir", "EDQUOT", false], ["symlink", "ENOSPC", false], ["close", "EIO", false],
  ["unlink", "EIO", false],
];

// A run that failed has left latest as it was; or, at its very end, has switched it to the new run.
function assertLatestWhole(p, before) {
  const target = readlinkSync(join(p.out, "latest"));
  assertRunsComplete(p.out);
  assertValues(outputs(p.out));
  if (target === before.target) assert.equal(fingerprint(join(p.out, target)), before.content);
}

function assertFailsSafely(p, { call, error, sticky, nth, below }) {
  const target = readlinkSync(join(p.out, "latest"));
  const before = { target, content: fingerprint(join(p.out, target)) };
  const f = fault({ call, below, nth, error, sticky });
  const done = p.run([], { env: f.env });
  const what = `${call} ${nth} of ${f.calls()} below ${below}: exit ${done.code}\n${done.stderr}`;
  if (f.failures() === 0) {
    assert.equal(done.code, 0, what);
    return false;
  }
  assert.ok(done.code === 6 || (done.code === 0 && !mustTell.includes(call)), what);
  if (done.code === 6) {
    const reason = { ENOSPC: "No space left on device", EIO: "Input/output error", EDQUOT: "Disk quota exceeded" }[error];
    assert.match(done.stderr, new RegExp(`^goalmill: error: .*'.*': ${reason}$`, "m"), what);
    assert.equal(done.stdout, "", what);
  }
  assertLatestWhole(p, before);
  assert.equal(p.run().code, 0, "the next run");
  assertTidy(p.out);
  assertValues(outputs(p.out));
  for (const name of readdirSync(p.out)) // so that what is compared stays small
    if (name !== "latest" && name !== readlinkSync(join(p.out, "latest"))) rmSync(join(p.out, name), { recursive: true });
  return true;
}

for (const [call, error, sticky] of failing) {
  for (const where of ["out", "state"]) {
    test(`each ${call} below ${where} fails with ${error}${sticky ? ", and all after it" : ""}`, { skip }, (t) => {
      const p = project(t);
      assert.equal(p.run().code, 0);
      const below = join(p.path, where);
      let nth = 1;
      while (assertFailsSafely(p, { call, error, sticky, nth, below })) nth++;
      t.diagnostic(`${nth - 1} calls`);
      if (where === "out" && call !== "unlink") assert.ok(nth > 1, "there is such a call");
    });
  }
}

test("writes that take a byte at a time, and writes that are interrupted, change nothing", { skip }, (t) => {
  const p = project(t);
  assert.equal(p.run().code, 0);
  const values = p.latest().bytes("metrics.ndjson");
  const short = fault({ call: "short", below: p.path, nth: 1, sticky: true });
  assert.equal(p.run([], { env: short.env }).code, 0);
  assert.ok(short.failures() > 1000, `${short.failures()}`);
  assert.deepEqual(p.latest().bytes("metrics.ndjson"), values);
  for (const call of ["write", "read"]) {
    const interrupted = fault({ call, below: p.path, nth: 2, error: "EINTR" });
    assert.equal(p.run([], { env: interrupted.env }).code, 0);
    assert.equal(interrupted.failures(), 1);
    assert.deepEqual(p.latest().bytes("metrics.ndjson"), values);
  }
});

test("a log that the disk cannot read is named and costs nothing else", { skip }, (t) => {
  const p = project(t, { "logs/bad/x.ndjson": "x".repeat(1000) }, { files: "logs/good*, logs/bad/*" });
  const f = fault({ call: "read", below: join(p.path, "logs/bad"), nth: 1, error: "EIO", sticky: true });
  const done = p.run([], { env: f.env });
  assert.equal(done.code, 3, done.stderr);
  const o = p.latest();
  assertValues(o);
  const log = o.run.logs.find((l) => l.path === "logs/bad/x.ndjson");
  assert.equal(log.outcome, "unreadable");
  assert.match(log.message, /Input\/output error/);
  assert.match(done.stderr, /logs\/bad\/x\.ndjson.*Input\/output error/);
});

test("the configuration or a rule that the disk cannot read is no empty one", { skip }, (t) => {
  const p = project(t, { "rules/ours.lua": "return rule { inputs = { value = 'v' }, score = function() return score(1) end }" },
                    { sections: "[goal load.ours]\nmetric = events.count\nrule = rules/ours.lua\n" });
  const f = fault({ call: "read", below: join(p.path, "rules"), nth: 1, error: "EIO" });
  const done = p.run([], { env: f.env });
  assert.equal(done.code, 2);
  assert.match(done.stderr, /rules\/ours\.lua.*Input\/output error/);
  assert.ok(!existsSync(p.out));
  const g = fault({ call: "read", below: p.path, nth: 1, error: "EIO" });
  assert.equal(p.run([], { env: g.env }).code, 2);
});

test("permissions: what is written can be read by others, and no temporary file is left", (t) => {
  const p = project(t);
  assert.equal(p.run().code, 0);
  for (const name of ["run.json", "report.md", "metrics.ndjson"])
    assert.equal(lstatSync(join(p.out, "latest", name)).mode & 0o444, 0o444 & ~process.umask());
  writeFileSync(join(p.out, "latest", "mine.txt"), "x"); // what users add to a run does not disturb the next
  assert.equal(p.run().code, 0);
});
