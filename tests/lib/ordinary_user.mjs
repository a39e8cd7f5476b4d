// SPDX-License-Identifier: Apache-2.0
// ordinary_user.mjs - root may read and write everything, so what permissions forbid is tested as an
// ordinary user. Run by root, that is nobody, with the program installed where nobody can reach it.
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { program, run } from "./goalmill.mjs";

const nobody = ["--reuid=65534", "--regid=65534", "--clear-groups"];
const isRoot = process.getuid() === 0;
let installed;

function install() {
  const prefix = mkdtempSync(join(tmpdir(), "goalmill-installed-"));
  process.on("exit", () => rmSync(prefix, { recursive: true, force: true }));
  chmodSync(prefix, 0o755);
  const done = spawnSync("cmake", ["--install", dirname(program), "--prefix", prefix], { encoding: "utf8" });
  if (done.status !== 0) throw new Error(done.stderr);
  return join(prefix, "bin", "goalmill");
}

// Gives the folder to the user that runAsOrdinaryUser() is.
export function giveToOrdinaryUser(path) {
  if (isRoot && spawnSync("chown", ["-R", "65534:65534", path]).status !== 0) throw new Error(`chown ${path}`);
}

// goalmill, like run() of goalmill.mjs.
export function runAsOrdinaryUser(args, options = {}) {
  if (!isRoot) return run(args, options);
  installed ??= install();
  const done = spawnSync("setpriv", [...nobody, installed, ...args], { encoding: "utf8", ...options });
  if (done.error) throw done.error;
  return { code: done.status, signal: done.signal, stdout: done.stdout, stderr: done.stderr };
}
