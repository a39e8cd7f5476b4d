// SPDX-License-Identifier: Apache-2.0
// cli.test.mjs - the program as it meets the hand and the shell: help, options, what goes to stdout and
// what to stderr, streams that are closed or full, and which exit code wins when several apply.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { outputs, program, root, run } from "../lib/goalmill.mjs";
import { assertTidy, assertValues, configuration, fingerprint, project } from "./small_run.mjs";

const commands = ["run", "check", "help"];

// ---- help ------------------------------------------------------------------------------------------------

test("--help tells of every command, and each command of itself", () => {
  for (const args of [["--help"], ["-h"], ["help"]]) {
    const done = run(args);
    assert.equal(done.code, 0);
    assert.equal(done.stderr, "");
    assert.match(done.stdout, /^usage: goalmill COMMAND \[ARGUMENTS\]\n/);
    for (const c of commands) assert.match(done.stdout, new RegExp(`^  ${c} +\\S`, "m"));
  }
  for (const c of commands) {
    const texts = [[c, "--help"], [c, "-h"], ["help", c]].map((args) => run(args));
    for (const done of texts) {
      assert.deepEqual([done.code, done.stderr, done.stdout], [0, "", texts[0].stdout]);
      assert.match(done.stdout, new RegExp(`^usage: goalmill ${c} `));
      for (const line of done.stdout.split("\n")) assert.ok([...line].length <= 80, `too wide: ${line}`);
    }
  }
  assert.match(run(["run", "--help"]).stdout, /^ {2}--fail-on STATUS,…\n {6}\S/m);
});

test("--help wins over whatever else is wrong", () => {
  assert.equal(run(["run", "--nonsense", "x", "y", "--help"]).code, 0);
});

test("--version is one line: the version of the headers", () => {
  const header = readFileSync(join(root, "core/include/goalmill/version.h"), "utf8");
  const version = header.match(/GOALMILL_VERSION\s+"([^"]+)"/)[1];
  assert.deepEqual(run(["--version"]), { code: 0, signal: null, stdout: `goalmill ${version}\n`, stderr: "" });
});

test("help configuration is the reference of all sections", () => {
  const { code, stdout } = run(["help", "configuration"]);
  assert.equal(code, 0);
  for (const section of ["run", "source NAME", "metric NAME", "goal NAME", "area NAME"])
    assert.ok(stdout.includes(`\n## [${section}]\n`));
});

test("help man is a page that renders without warnings", (t) => {
  const page = run(["help", "man"]);
  assert.equal(page.code, 0);
  const p = project(t);
  writeFileSync(join(p.path, "goalmill.1"), page.stdout);
  const render = (command, args) => spawnSync(command, args, { cwd: p.path, encoding: "utf8",
    env: { ...process.env, MANWIDTH: "80", MAN_KEEP_FORMATTING: "", LC_ALL: "C.UTF-8" } });
  let done = render("man", ["--warnings", "-E", "UTF-8", "-l", "goalmill.1"]);
  if (done.error) done = render("groff", ["-k", "-man", "-Tutf8", "-ww", "-P-cbou", "goalmill.1"]);
  if (done.error) return t.skip("neither man nor groff");
  assert.deepEqual([done.status, done.stderr], [0, ""]);
  const text = done.stdout.replaceAll(/.\x08/g, "");
  for (const c of commands) assert.match(text, new RegExp(`^ +goalmill ${c}\\b`, "m"));
  assert.match(text, /^ +--workers N\b/m, "an option stands beside its value");
  assert.match(text, /^EXIT STATUS\n +0 +done/m);
});

// ---- wrong usage -------------------------------------------------------------------------------------------

for (const [args, message] of [
  [["rnu"], "unknown command 'rnu' (did you mean 'run'?); goalmill --help lists the commands"],
  [["frobnicate"], "unknown command 'frobnicate'; goalmill --help lists the commands"],
  [["run"], "CONFIG is missing; usage: goalmill run CONFIG [options]"],
  [["check"], "CONFIG is missing; usage: goalmill check CONFIG [options]"],
  [["run", "night.ini", "more"], "'more' is too many; usage: goalmill run CONFIG"],
  [["run", "night.ini", "--wrokers", "2"], "unknown option '--wrokers' (did you mean '--workers'?); see goalmill run --help"],
  [["run", "night.ini", "--frobnicate"], "unknown option '--frobnicate'; see goalmill run --help"],
  [["check", "night.ini", "--json"], "unknown option '--json'; see goalmill check --help"],
  [["run", "night.ini", "-q"], "unknown option '-q'; see goalmill run --help"],
  [["run", "night.ini", "--workers"], "--workers lacks its N"],
  [["run", "night.ini", "--quiet=1"], "--quiet takes no value"],
  [["run", "night.ini", "--batch-rows", "0"], "--batch-rows 0: expected a number from 1 to 65536"],
  [["run", "night.ini", "--batch-rows", "65537"], "--batch-rows 65537: expected a number from 1 to 65536"],
  [["run", "night.ini", "--batch-rows=x"], "--batch-rows x: expected a number from 1 to 65536"],
  [["run", "night.ini", "--fail-on", "misssed"], "--fail-on: unknown status 'misssed'; there are met, on_track, at_risk, "
    + "missed, no_target, low_n, no_data, error"],
  [["help", "nope"], "no help on 'nope'; there is help on the commands, on 'configuration' and on 'man'"],
]) {
  test(`usage: goalmill ${args.join(" ")}`, (t) => {
    const p = project(t);
    const done = run(args, { cwd: p.path });
    assert.equal(done.stderr, `goalmill: error: ${message}\n`);
    assert.deepEqual([done.code, done.stdout], [2, ""]);
    assert.ok(!existsSync(p.out));
  });
}

test("usage: without a command, the help and exit code 2", () => {
  const done = run([]);
  assert.equal(done.code, 2);
  assert.match(done.stdout + done.stderr, /^usage: goalmill COMMAND/);
});

// ---- what goes where -----------------------------------------------------------------------------------------

test("a good run: the table on stdout, no escape codes, nothing that belongs to a terminal on stderr", (t) => {
  const p = project(t);
  const done = p.run();
  assert.equal(done.code, 0);
  assert.match(done.stdout, /^Goal +Status +Score +Value/);
  assert.match(done.stdout, /\nreport: out\/\S+\/report\.md\n$/);
  assert.doesNotMatch(done.stdout + done.stderr, /[\x1b\r]/);
  for (const line of done.stderr.split("\n")) assert.match(line, /^(goalmill: .*)?$/);
});

test("--quiet: nothing on stderr of a good run, and errors all the same", (t) => {
  const p = project(t, { "logs/bad.gz": "" });
  assert.match(p.run().stderr, /warning/);
  const done = p.run(["--quiet"]);
  assert.deepEqual([done.code, done.stderr], [3, ""]);
  writeFileSync(join(p.path, "night.ini"), "[nonsense]\n");
  assert.match(p.run(["--quiet"]).stderr, /^goalmill: error: night\.ini:1:1: /m);
});

test("--json: one JSON object, the same as the files", (t) => {
  const p = project(t, { "logs/bad.gz": "" });
  const done = p.run(["--json"]);
  const answer = JSON.parse(done.stdout);
  const o = p.latest();
  assert.deepEqual(Object.keys(answer), ["run", "folder", "exit_code", "summary", "scorecards"]);
  assert.equal(answer.run, o.run.run);
  assert.equal(answer.folder, `out/${o.run.run}`);
  assert.equal(answer.exit_code, 3);
  assert.equal(done.code, 3);
  assert.deepEqual(answer.scorecards, o.scorecards);
  assert.deepEqual(answer.summary, o.areas);
  const failed = p.run(["--json", "--date", "nonsense"]);
  assert.deepEqual([failed.code, failed.stdout], [2, ""]);
});

test("--date moves the period, --out the outputs; variables do the same, flags win", (t) => {
  const p = project(t);
  assert.equal(p.run(["--date", "2026-03-09", "--out", "elsewhere"]).code, 0);
  assert.ok(!existsSync(p.out));
  const o = outputs(join(p.path, "elsewhere"));
  assert.deepEqual([o.run.period.start, o.run.period.end], ["2026-03-09T00:00:00Z", "2026-03-10T00:00:00Z"]);
  assert.equal(o.run.logs[0].events.period, 0);
  assert.equal(p.run(["--date=2026-03-10", "--out=a/b", "--workers=1"]).code, 0);
  assertValues(outputs(join(p.path, "a/b")));
  assert.equal(outputs(join(p.path, "a/b")).run.workers, 1);
  const env = { ...process.env, GOALMILL_UNTIL: "2026-03-09", GOALMILL_OUT_DIR: "byvariable", GOALMILL_WORKERS: "3" };
  assert.equal(p.run([], { env }).code, 0);
  assert.equal(outputs(join(p.path, "byvariable")).run.period.start, "2026-03-09T00:00:00Z");
  assert.equal(outputs(join(p.path, "byvariable")).run.workers, 3);
  assert.equal(p.run(["--out", "byflag", "--date", "2026-03-10", "--workers", "1"], { env }).code, 0);
  assertValues(outputs(join(p.path, "byflag")));
});

test("a goal that names no area is in the area 'other'", (t) => {
  const p = project(t);
  writeFileSync(join(p.path, "night.ini"), configuration().replace("area = load\n", ""));
  const done = p.run();
  assert.equal(done.code, 0, done.stderr);
  assertValues(p.latest());
  assert.equal(p.latest().goal("load.size").area, "other");
  assert.match(p.latest().report, /load\.size/);
});

test("paths are relative to the configuration, not to where one stands", (t) => {
  const p = project(t);
  assert.equal(run(["run", join(p.path, "night.ini")], { cwd: "/" }).code, 0);
  assertValues(p.latest());
});

// ---- a terminal ----------------------------------------------------------------------------------------------

const onTerminal = (p, env) => spawnSync("script", ["-qec", `'${program}' run night.ini --quiet`, "/dev/null"],
  { cwd: p.path, encoding: "utf8", env: { ...process.env, NO_COLOR: undefined, ...env } });

test("a terminal gets colours, NO_COLOR takes them away", (t) => {
  const p = project(t);
  const done = onTerminal(p, {});
  if (done.error || done.status !== 0) return t.skip("no script(1)");
  assert.match(done.stdout, /\x1b\[/);
  const plain = onTerminal(p, { NO_COLOR: "1" });
  assert.equal(plain.status, 0);
  assert.match(plain.stdout, /load\.events/);
  assert.doesNotMatch(plain.stdout, /\x1b/);
});

// ---- streams that are closed or full ---------------------------------------------------------------------------

// By the shell: only it can start a program without a stream. A run that hangs is ended, and fails.
const shell = (p, redirection, args = "run night.ini") => spawnSync("sh",
  ["-c", `exec '${program}' ${args} ${redirection}`], { cwd: p.path, encoding: "utf8", timeout: 20000, killSignal: "SIGKILL" });

for (const redirection of [">/dev/full", ">&-", "<&- >&-"]) {
  for (const args of ["run night.ini", "run night.ini --json"]) {
    test(`stdout ${redirection}: goalmill ${args} writes its files and exits with 6`, (t) => {
      const more = Array.from({ length: 100 }, (_, i) => `[goal load.g${i}]\nmetric = events.count\ntarget = 20\n`).join("");
      const p = project(t, {}, { sections: more });
      const done = shell(p, redirection, args);
      assert.equal(done.status, 6, done.stderr);
      assert.match(done.stderr, /^goalmill: error: .*standard output/m, "and says why");
      assertValues(p.latest());
      assert.equal(statSync(join(p.path, "state/lock")).size, 0, "what was for stdout is in no other file");
    });
  }
}

for (const args of ["--help", "--version", "run --help", "help", "help run", "help man", "help configuration", "check night.ini"]) {
  test(`stdout >/dev/full: goalmill ${args} exits with 6`, (t) => {
    assert.equal(shell(project(t), ">/dev/full", args).status, 6);
  });
}

for (const redirection of ["2>&-", ">/dev/null 2>&-", "<&- 2>&-", "<&- >/dev/null 2>&-", "2>/dev/full", "<&-"]) {
  test(`streams ${redirection}: warnings have nowhere to go, the run is right all the same`, (t) => {
    const p = project(t, { "logs/bad.gz": "" });
    const done = shell(p, redirection);
    assert.deepEqual([done.signal, done.status], [null, 3]);
    assertValues(p.latest());
    assert.equal(statSync(join(p.path, "state/lock")).size, 0, "what was for stderr is in no other file");
  });
}

test("a reader that goes away does not kill the run", (t) => {
  const p = project(t);
  const done = spawnSync("bash", ["-c", `'${program}' run night.ini --json | true; exit \${PIPESTATUS[0]}`], { cwd: p.path });
  if (done.error) return t.skip("no bash");
  assert.ok([0, 6].includes(done.status), "128 + SIGPIPE it must not be");
  assertValues(p.latest());
});

// ---- exit codes ------------------------------------------------------------------------------------------------

const badRule = { "ours.lua": "return rule { inputs = { value = 'v' }, score = function() error('x') end }" };
const ruleGoal = "[goal load.ours]\nmetric = events.count\nrule = ours.lua\n";
for (const [what, logs, sections, args, code, causes] of [
  ["nothing", {}, "", [], 0, []],
  ["--fail-on that is not met", {}, "", ["--fail-on", "met,error"], 0, []],
  ["--fail-on", {}, "", ["--fail-on", "missed"], 1, [1, 1]],
  ["--fail-on with several", {}, "", ["--fail-on", "at_risk,missed"], 1, [1, 1, 1]],
  ["a bad log", { "logs/bad.gz": "" }, "", [], 3, [3]],
  ["a bad log and --fail-on", { "logs/bad.gz": "" }, "", ["--fail-on", "at_risk"], 3, [1, 3]],
  ["a bad rule", badRule, ruleGoal, [], 5, [5]],
  ["a bad rule and --fail-on", badRule, ruleGoal, ["--fail-on", "error"], 5, [1, 5]],
  ["a bad rule, a bad log and --fail-on", { ...badRule, "logs/bad.gz": "" }, ruleGoal, ["--fail-on", "at_risk"], 5, [1, 3, 5]],
]) {
  test(`exit code of ${what}: ${code}, with all causes in run.json`, (t) => {
    const p = project(t, logs, { sections });
    assert.equal(p.run(args).code, code);
    const o = p.latest();
    assert.equal(o.run.exit_code, code);
    assert.deepEqual(o.run.causes.map((c) => c.exit_code).sort(), causes);
    assertValues(o);
  });
}

test("a failed write wins over all that went wrong before it", (t) => {
  const p = project(t, { ...badRule, "logs/bad.gz": "" }, { sections: ruleGoal });
  assert.equal(shell(p, ">/dev/full").status, 6);
  assert.equal(p.latest().run.causes.length, 2);
});

test("check prints the plan, opens no log and writes nothing", (t) => {
  const p = project(t, { "logs/bad.gz": "" });
  const done = p.check(["--date", "2026-03-09"]);
  assert.deepEqual([done.code, done.stderr], [0, ""]);
  assert.match(done.stdout, /^period +2026-03-09 to 2026-03-09 \(1 day\)$/m);
  for (const name of ["source    app: 3 logs", "metric    events: count ", "goal      load.size: rule toward_target of size.sum", "writes to out"])
    assert.ok(done.stdout.includes(`\n${name}`), name);
  assert.deepEqual(readdirSync(p.path).sort(), ["logs", "night.ini"]);
});

test("a configuration that is wrong leaves the outputs of the night before as they are", (t) => {
  const p = project(t);
  assert.equal(p.run().code, 0);
  const before = fingerprint(p.out);
  writeFileSync(join(p.path, "night.ini"), configuration({ run: "nonsense = 1" }));
  assert.equal(p.run().code, 2);
  assert.equal(fingerprint(p.out), before);
  assertTidy(p.out);
});
