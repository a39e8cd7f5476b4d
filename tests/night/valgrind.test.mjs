// SPDX-License-Identifier: Apache-2.0
// valgrind.test.mjs - one whole run, supervisor and all workers, under memcheck: no wrong access, no use
// of what was never written, nothing lost.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { folder, outputs, program, root, write } from "../lib/goalmill.mjs";

const sanitized = (process.env.GOALMILL_SANITIZE ?? "") !== "";

test("a run under valgrind is clean", { skip: sanitized && "the build has sanitizers" }, (t) => {
  const dir = folder(t);
  const example = join(root, "examples", "quickstart");
  write(dir, {
    "nightly.ini": readFileSync(join(example, "nightly.ini")),
    "logs/github.ndjson.gz": readFileSync(join(example, "logs", "github-2021-07-21.ndjson.gz")),
  });
  const done = spawnSync("valgrind", ["-q", "--trace-children=yes", "--leak-check=full",
    "--show-leak-kinds=definite,indirect", "--errors-for-leak-kinds=definite,indirect", "--error-exitcode=99",
    program, "run", join(dir, "nightly.ini"), "--quiet"], { encoding: "utf8", timeout: 300000 });
  if (done.error) throw done.error;
  // Workers report to the same stderr: with -q there is no line on it unless something is wrong.
  assert.equal(done.stderr, "");
  assert.equal(done.status, 0);
  assert.equal(outputs(join(dir, "out")).value("reach", "distinct").value, 573);
});
