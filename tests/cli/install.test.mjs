// SPDX-License-Identifier: Apache-2.0
// install.test.mjs - `cmake --install` lays out all that belongs to goalmill, and the installed tree runs
// from any prefix, also after it was moved.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, renameSync } from "node:fs";
import { dirname, join } from "node:path";
import test from "node:test";
import { folder, outputs, program } from "../lib/goalmill.mjs";

const files = (path) => readdirSync(path, { recursive: true }).map(String);

test("the installed tree is whole and runs wherever it stands", (t) => {
  const dir = folder(t);
  const install = spawnSync("cmake", ["--install", dirname(program), "--prefix", join(dir, "first")], { encoding: "utf8" });
  assert.equal(install.status, 0, install.stderr);
  renameSync(join(dir, "first"), join(dir, "moved"));
  const prefix = join(dir, "moved");
  const all = files(prefix);
  const has = (ending) => assert.ok(all.some((f) => f.endsWith(ending)), `no ${ending} among ${all.length} files`);
  for (const ending of ["bin/goalmill", "include/goalmill/plugin.h", "include/goalmill/services.h", "man1/goalmill.1",
    "scripts/rules/toward_target.lua", "configuration.md", "schema/run.schema.json", "LICENSE", "README.md"])
    has(ending);
  for (const plugin of ["count", "sum", "ratio", "distinct", "dist"]) has(`goalmill/plugins/${plugin}.so`);
  assert.ok(!all.some((f) => f.endsWith("_test.lua") || f.endsWith(".c")), "sources and tests are not installed");

  const config = join(prefix, all.find((f) => f.endsWith("quickstart/nightly.ini")));
  const done = spawnSync(join(prefix, "bin/goalmill"), ["run", config, "--quiet"],
    { encoding: "utf8", cwd: "/", env: { PATH: process.env.PATH, ASAN_OPTIONS: process.env.ASAN_OPTIONS ?? "" } });
  assert.deepEqual([done.status, done.stderr], [0, ""]);
  const o = outputs(join(dirname(config), "out"));
  assert.equal(o.value("reach", "distinct").value, 573);
  assert.ok(o.run.plugins.every((p) => p.path.includes("moved")), "plugins come from the moved tree");
  assert.ok(existsSync(join(dirname(config), "logs")));
});
