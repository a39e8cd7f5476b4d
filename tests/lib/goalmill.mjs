// SPDX-License-Identifier: Apache-2.0
// goalmill.mjs - what the tests of the whole program share: a folder for each test, the program run as
// a user would run it, and its outputs read back.
//
// The program's path comes from GOALMILL (ctest sets it); a test never depends on the current folder.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync, existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

export const program = process.env.GOALMILL ?? fail("GOALMILL must name the program");
export const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

function fail(message) {
  throw new Error(message);
}

// A folder that is removed after the test (t: the node:test context).
export function folder(t) {
  const path = mkdtempSync(join(tmpdir(), "goalmill-test-"));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

// Writes files given as { "a/b.ini": "text or Buffer" } below path.
export function write(path, files) {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), content);
  }
}

// Events as ndjson text; as gzip when the name ends in .gz is the caller's choice.
export const ndjson = (events) => events.map((e) => (typeof e === "string" ? e : JSON.stringify(e)) + "\n").join("");
export const gz = (text) => gzipSync(Buffer.isBuffer(text) ? text : Buffer.from(text));

// Runs goalmill to its end: { code, signal, stdout, stderr }.
export function run(args, options = {}) {
  const done = spawnSync(program, args, { encoding: "utf8", timeout: 120000, maxBuffer: 1 << 28, ...options });
  if (done.error) throw done.error;
  return { code: done.status, signal: done.signal, stdout: done.stdout, stderr: done.stderr };
}

// Starts goalmill and gives { child, done }: done resolves like run()'s result.
export function start(args, options = {}) {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], ...options });
  let stdout = "", stderr = "";
  child.stdout.on("data", (d) => (stdout += d));
  child.stderr.on("data", (d) => (stderr += d));
  const done = new Promise((resolve) =>
    child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr })));
  return { child, done };
}

// The outputs of the run that out/latest points at.
export function outputs(outDir) {
  const latest = join(outDir, "latest");
  const text = (name) => readFileSync(join(latest, name), "utf8");
  const lines = (name) => text(name).split("\n").filter((l) => l !== "").map((l) => JSON.parse(l));
  return {
    folder: latest,
    run: JSON.parse(text("run.json")),
    areas: JSON.parse(text("areas.json")),
    metrics: lines("metrics.ndjson"),
    scorecards: lines("scorecards.ndjson"),
    report: text("report.md"),
    bytes: (name) => readFileSync(join(latest, name)),
    files: () => readdirSync(latest, { recursive: true }).sort(),
    // The value of a metric's output with exactly this group and these labels.
    value(metric, output, group = {}, labels = {}) {
      const same = (a, b) => JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort());
      return this.metrics.find((v) => v.metric === metric && v.output === output &&
        same(v.group, group) && same(v.labels, labels));
    },
    goal: (name) => lines("scorecards.ndjson").find((s) => s.goal === name),
  };
}

export const hasLatest = (outDir) => existsSync(join(outDir, "latest"));
