// SPDX-License-Identifier: Apache-2.0
// compile.mjs - what tests build for themselves with cc: bad plugins, and a disk that fails on demand.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { program, root } from "../lib/goalmill.mjs";

const folder = mkdtempSync(join(tmpdir(), "goalmill-built-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

// Compiles a source of the repository to a shared object in a folder of its own; gives its path.
export function shared(source, name, flags = []) {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  const done = spawnSync("cc", ["-std=gnu11", "-O1", "-fPIC", "-shared", "-I", join(root, "core/include"),
                                ...flags, "-o", path, join(root, source), "-ldl"], { encoding: "utf8" });
  assert.equal(done.status, 0, done.stderr ?? String(done.error));
  return path;
}

// Is the program built with AddressSanitizer? Its runtime must come first among preloaded libraries.
const asan = spawnSync("ldd", [program], { encoding: "utf8" }).stdout?.match(/=> (\S*libasan\S*)/)?.[1];

let library;

// Why no fault can be injected, or false.
export function cannotFail() {
  library ??= shared("tests/faults/enospc.c", "enospc.so");
  const done = spawnSync(program, ["--version"], { encoding: "utf8", env: faultEnv({}) });
  return done.status !== 0 && `nothing can be preloaded: ${done.stderr}`;
}

const faultEnv = (more) => ({ ...process.env, LD_PRELOAD: [asan, library].filter(Boolean).join(" "), ...more });

// An environment in which the nth call of a kind below a folder fails, and how often that happened.
export function fault({ call, below, nth, error = "ENOSPC", sticky = false }) {
  const counter = join(folder, "counter");
  writeFileSync(counter, Buffer.alloc(8));
  return {
    env: faultEnv({ FAULT_CALL: call, FAULT_BELOW: realpathSync(below), FAULT_NTH: String(nth),
                    FAULT_ERRNO: String(constants.errno[error]), FAULT_COUNTER: counter,
                    ...(sticky ? { FAULT_STICKY: "1" } : {}) }),
    calls: () => readFileSync(counter).readUInt32LE(0),
    failures: () => readFileSync(counter).readUInt32LE(4),
  };
}
