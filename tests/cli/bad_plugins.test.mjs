// SPDX-License-Identifier: Apache-2.0
// bad_plugins.test.mjs - plugins that cannot be loaded, and plugins that crash, hang, lie or waste. The
// first are refused before anything is read, with the reason (exit 2). Of the second the night loses the
// values of that plugin and nothing else: all other values and scorecards are, byte by byte, those of a
// run without it, and the message names the plugin, its version, the function and the log (exit 4).
import assert from "node:assert/strict";
import { copyFileSync, existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { program, start } from "../lib/goalmill.mjs";
import { shared } from "./compile.mjs";
import { assertTidy, assertValues, configuration, fingerprint, project } from "./small_run.mjs";

const source = "tests/cli/bad_plugin.c";
const plugin = shared(source, "plugins/bad.so");

const sections = (at, how, more = "") => `[metric bad]
plugin = test.bad
${at ? `at = ${at}\nhow = ${how}` : ""}
${more}
[goal load.bad]
metric = bad.count
target = 100
`;

function withPlugin(t, at, how, more = {}) {
  const p = project(t, more.logs, { run: `plugin_dirs = plugins\n${more.run ?? ""}`,
                                    sections: sections(at, how, more.metric) + (more.sections ?? "") });
  mkdirSync(join(p.path, "plugins"));
  copyFileSync(plugin, join(p.path, "plugins/bad.so"));
  return p;
}

// A plugin that hangs is waited for: this run starts now, and is looked at by the last test.
const hanging = withPlugin({ after }, "update", "loop");
const hung = start(["run", "night.ini"], { cwd: hanging.path }).done;

// Everything of the outputs that is not the plugin's.
const rest = (o) => [
  o.bytes("metrics.ndjson").toString().split("\n").filter((l) => !l.startsWith('{"metric":"bad"')),
  o.bytes("scorecards.ndjson").toString().split("\n").filter((l) => !l.startsWith('{"goal":"load.bad"')),
];

let without;
function assertRestIsTheSame(t, o) {
  without ??= (() => {
    const p = project(t);
    assert.equal(p.run().code, 0);
    return rest(p.latest());
  })();
  assert.deepEqual(rest(o), without);
}

test("the plugin, asked for nothing bad, counts", (t) => {
  const p = withPlugin(t);
  const done = p.run();
  assert.equal(done.code, 0, done.stderr);
  assert.equal(p.latest().value("bad", "count").value, 10);
  assert.equal(p.latest().goal("load.bad").score, 10);
  assertRestIsTheSame(t, p.latest());
});

// ---- at run time -----------------------------------------------------------------------------------------

// The metric is gone, and only the metric: text says what happened, wherever it is told.
function assertLost(t, p, done, text) {
  assert.equal(done.code, 4, done.stderr);
  const o = p.latest();
  assertValues(o);
  assertRestIsTheSame(t, o);
  const failure = o.run.metric_failures.find((f) => f.metric === "bad");
  assert.match(failure.message, text);
  assert.ok(done.stderr.includes(`goalmill: warning: ${failure.message}\n`), done.stderr);
  assert.deepEqual(o.run.causes, [{ exit_code: 4, text: failure.message }]);
  const values = o.metrics.filter((v) => v.metric === "bad" && v.output === "count");
  assert.equal(values.length, 1);
  assert.deepEqual([values[0].value, values[0].status, values[0].error], [null, "error", failure.message]);
  const card = o.goal("load.bad");
  assert.deepEqual([card.status, card.score, card.value, card.error], ["error", null, null, failure.message]);
  assert.equal(card.data_quality.degraded, true);
  assert.ok(/etric bad failed/.test(o.report) && o.goal("load.size").data_quality.notes.length === 0);
  return o;
}

// Under AddressSanitizer a crash ends a process with an exit code of its own.
const ended = (signal) => `(was ended by ${signal}|exited with code [1-9]\\d*)`;
const inMap = ["create", "state_new", "update", "serialize", "state_free"];
const functions = [...inMap, "merge", "deserialize", "finalize"];
const deaths = [
  ...functions.map((at) => [at, "segv", ended("SIGSEGV")]),
  ["update", "abort", ended("SIGABRT")], ["finalize", "abort", ended("SIGABRT")],
  ["update", "exit", "exited with code 0"], ["merge", "exit", "exited with code 0"],
  ["update", "wild", ended("SIGSEGV")],
  ["update", "sigkill", "was ended by SIGKILL"], ["merge", "sigkill", "was ended by SIGKILL"],
];
for (const [at, how, end] of deaths) {
  test(`${how} in ${at}: only this plugin's values are lost`, (t) => {
    const p = withPlugin(t, at, how);
    const place = inMap.includes(at) ? "a map worker .* at logs/good\\S+, batch \\d+" : "a reduce worker .*";
    const text = new RegExp(`^${place.replace(".*", end)}, in ${at} of plugin test\\.bad 1\\.2\\.3 \\(metric 'bad'\\)$`);
    const o = assertLost(t, p, p.run(), text);
    assert.ok(o.run.deaths.length >= 1 && o.run.deaths.every((d) => text.test(d)));
    assert.match(o.run.plugins.find((x) => x.path === "plugins/bad.so").failure, text);
    assert.ok(o.report.includes("The plugin of metric bad failed and was taken out of the run."));
    for (const l of o.run.logs) assert.equal(l.outcome, "read", `${l.path} is not to blame`);
  });
}

// What happens while a log is read names it.
const where = (at) => (inMap.includes(at) && at !== "create" ? " \\(at logs/good\\S+\\)" : at === "create" ? "( \\(at logs/good\\S+\\))?" : "");
const failed = (at, said) => new RegExp(`^metric 'bad': plugin test\\.bad 1\\.2\\.3 failed in ${at}: ${said}${where(at)}$`);
const wrong = (output, what) => new RegExp(`^metric 'bad': plugin test\\.bad 1\\.2\\.3 emitted a wrong value for '${output}': ${what}$`);
const overBudget = (at) => new RegExp(`^metric 'bad': needs more than its budget of 8 MiB in ${at}; raise metric_memory_max, `
  + `or choose a bounded mode of plugin test\\.bad 1\\.2\\.3${where(at)}$`);
const refusals = [
  ...functions.filter((f) => f !== "state_free").map((at) => [at, "error", failed(at, "the moon is in the wrong.quarter .\\[31m")]),
  ["update", "silent", failed("update", "internal error")],
  ["merge", "unknown", failed("merge", "unknown error")],
  ["create", "null", failed("create", "internal error")],
  ["state_new", "null", failed("state_new", "internal error")],
  ["deserialize", "null", failed("deserialize", "internal error")],
  ["create", "large", overBudget("create")],
  ["update", "large", overBudget("update")],
  ["update", "greedy", overBudget("update")],
  ["merge", "greedy", overBudget("merge")],
  ["finalize", "nan", wrong("share", "not a finite number")],
  ["finalize", "infinity", wrong("share", "not a finite number")],
  ["finalize", "undeclared", wrong("\\?", "an output that is not declared")],
  ["finalize", "type", wrong("count", "of another type than declared")],
  ["finalize", "null_ok", wrong("count", "null with status ok")],
  ["finalize", "status", wrong("count", "an unknown status")],
  ["finalize", "label", wrong("count", "a label, but it is no family")],
  ["finalize", "bucket", wrong("count", "a bucket; .*")],
  ["finalize", "short", wrong("\\?", "a struct too short for ABI 1\\.0")],
  ["finalize", "interval", wrong("count", "an interval whose limits are not in order")],
  ["finalize", "endless", wrong("count", "an interval without end")],
  ["finalize", "twice", /^metric 'bad': plugin test\.bad 1\.2\.3 emitted 'count' twice$/],
];
for (const [at, how, text] of refusals) {
  test(`${how} in ${at}: only this metric is lost`, (t) => {
    const p = withPlugin(t, at, how, { run: "metric_memory_max = 8MiB" });
    const o = assertLost(t, p, p.run(), text);
    assert.deepEqual(o.run.deaths, []);
  });
}

test("the message of a plugin that returns an error names its version and the log too", (t) => {
  const p = withPlugin(t, "update", "error");
  p.run();
  assert.match(p.latest().run.metric_failures[0].message, /test\.bad 1\.2\.3.*update.*logs\/good/);
});

test("parameters that a plugin refuses are told before a log is opened", (t) => {
  const p = withPlugin(t, "create", "config");
  const done = p.run();
  assert.equal(done.code, 2);
  assert.match(done.stderr, /night\.ini:\d+:1: \[metric bad\] plugin test\.bad 1\.2\.3: at = create makes no sense$/m);
  assert.match(done.stderr, /1 error; nothing was read/);
});

test("what happened is said once on stderr", (t) => {
  const done = withPlugin(t, "merge", "abort").run();
  const lines = done.stderr.trimEnd().split("\n");
  assert.equal(new Set(lines).size, lines.length, done.stderr);
});

test("a value that a plugin does not give is null with a status, not absent", (t) => {
  const p = withPlugin(t, "finalize", "nothing");
  const done = p.run();
  const o = p.latest();
  assertRestIsTheSame(t, o);
  assert.equal(o.goal("load.bad").status, done.code === 0 ? "no_data" : "error");
  assert.ok(o.goal("load.bad").because.length + String(o.goal("load.bad").error ?? "").length > 0, "with a reason");
  assert.equal(o.value("bad", "count")?.value, null);
});

test("what a plugin prints does not get into the scorecards on stdout", (t) => {
  const p = withPlugin(t, "update", "print");
  const done = p.run(["--json"]);
  assert.equal(done.code, 0);
  assert.equal(JSON.parse(done.stdout).scorecards.length, 4);
  assert.doesNotMatch(done.stdout, /printed/);
});

test("a plugin that changes the working folder costs nothing else", (t) => {
  for (const at of ["create", "update", "finalize"]) {
    const p = withPlugin(t, at, "chdir");
    const done = p.run();
    assert.ok([0, 4].includes(done.code), `${at}: exit ${done.code}: ${done.stderr}`);
    assertRestIsTheSame(t, p.latest());
  }
});

test("two metrics of a plugin: a crash in one takes both, an error only one", (t) => {
  const other = "[metric other]\nplugin = test.bad\n[goal load.other]\nmetric = other.count\ntarget = 10\n";
  const values = (how) => {
    const p = withPlugin(t, "update", how, { sections: other });
    assert.equal(p.run().code, 4);
    return [p.latest().value("bad", "count").value, p.latest().value("other", "count").value];
  };
  assert.deepEqual(values("error"), [null, 10]);
  assert.deepEqual(values("segv"), [null, null]);
});

test("groups and totals of a metric that failed are one error, not many", (t) => {
  const p = withPlugin(t, "update", "segv", { metric: "by = actor\ntotal = yes" });
  assertLost(t, p, p.run(), /in update of plugin test\.bad/);
});

test("a crash beside damaged logs and a bad rule: all causes are listed, 4 comes first", (t) => {
  const p = withPlugin(t, "update", "segv", {
    logs: { "logs/bad.gz": "", "ours.lua": "return rule { inputs = { value = 'v' }, score = function() error('x') end }" },
    sections: "[goal load.ours]\nmetric = events.count\nrule = ours.lua\n" });
  assert.equal(p.run(["--fail-on", "missed"]).code, 4);
  const o = p.latest();
  assertValues(o);
  assert.deepEqual(o.run.causes.map((c) => c.exit_code).sort(), [1, 1, 3, 4, 5]);
});

test("on_plugin_failure = stop: nothing is published, the night before stays", (t) => {
  const p = withPlugin(t);
  assert.equal(p.run().code, 0);
  const before = fingerprint(p.out);
  for (const how of ["segv", "error"]) {
    writeFileSync(join(p.path, "night.ini"), configuration({ run: "plugin_dirs = plugins\non_plugin_failure = stop",
                                                             sections: sections("update", how) }));
    const done = p.run();
    assert.equal(done.code, 4);
    assert.match(done.stderr, /^goalmill: error: .*test\.bad.*; stopped, as on_plugin_failure says$/m);
    assert.equal(done.stdout, "");
    assert.equal(fingerprint(p.out), before);
    assertTidy(p.out);
  }
});

// ---- at load time ----------------------------------------------------------------------------------------

// The program says this of plugins/bad.so, for run and for check, and touches nothing.
function assertRefused(t, prepare, message) {
  const p = project(t, {}, { run: "plugin_dirs = plugins", sections: sections().replace("test.bad", "bad") });
  mkdirSync(join(p.path, "plugins"));
  prepare(join(p.path, "plugins/bad.so"));
  const row = readFileSync(join(p.path, "night.ini"), "utf8").split("\n").indexOf("plugin = bad") + 1;
  for (const done of [p.run(), p.check()]) {
    const [first, ...others] = done.stderr.split("\n").filter((l) => !/^(=|\s|$|AddressSan|SUMMARY)/.test(l));
    assert.match(first, new RegExp(`^goalmill: error: night\\.ini:${row}:10: (plugin )?'plugins/bad\\.so':? ${message}$`));
    assert.deepEqual(others, ["goalmill: error: 1 error; nothing was read"]);
    assert.equal(done.code, 2);
    assert.ok(!existsSync(p.out));
  }
}

const lacks = "metric 'test\\.bad'";
const compiled = {
  NO_ENTRY: "exports no function gm_entry_v1; it is no goalmill plugin, or one for another ABI",
  UNDEFINED_SYMBOL: "cannot be loaded: .*undefined symbol: goalmill_has_no_such_function",
  CRASH_IN_CONSTRUCTOR: `its worker ${ended("SIGSEGV")} while loading it`,
  CRASH_IN_ENTRY: `its worker ${ended("SIGSEGV")} while loading it`,
  EXIT_IN_ENTRY: "its worker exited with code 0 while loading it",
  LOOP_IN_ENTRY: "its worker took longer than 2 s while loading it",
  REFUSES: "refused to load: no licence for this machine",
  REFUSES_SILENTLY: "refused to load: it gave no reason",
  OTHER_MAJOR: "ABI major 2, this host has 1",
  SHORT_PLUGIN: "its gm_plugin has 8 bytes, ABI 1\\.0 has \\d+; build it against this version's headers",
  NO_METRICS: "has 0 metrics, expected 1 to 256",
  SHORT_METRIC: ".*(too short|has \\d+ bytes).*",
  NO_UPDATE: `${lacks} lacks a function`,
  SHORT_DESCRIPTOR: "metric '\\?': its descriptor has 40 bytes, ABI 1\\.0 has \\d+; build it against this version's headers",
  NEWER_HOST: `${lacks}: needs host ABI 1\\.99, this one is 1\\.\\d+; update goalmill`,
  BAD_ID: "metric '\\?': its id is no name such as count or vendor\\.count",
  BAD_VERSION: `${lacks}: its version is no semantic version such as 1\\.2\\.0`,
  NO_OUTPUTS: `${lacks}: has 2 parameters, 0 fields, 0 outputs; expected at most \\d+, and an output`,
  TWO_OUTPUTS_OF_ONE_NAME: `${lacks}: has two outputs 'count'`,
  ORDER_SENSITIVE: `${lacks}: depends on the order of events; such a metric cannot be merged`,
  UNKNOWN_LAW: `${lacks}: declares laws that this host does not know; it needs a newer goalmill`,
};
for (const [fault, message] of Object.entries(compiled)) {
  test(`refused: ${fault.toLowerCase().replaceAll("_", " ")}`, (t) => {
    const flags = [`-DFAULT_${fault}`, ...(fault === "UNDEFINED_SYMBOL" ? [] : ["-Wl,-z,defs"])];
    assertRefused(t, (at) => copyFileSync(shared(source, `${fault}.so`, flags), at), message);
  });
}

const files = {
  "a text": [(at) => writeFileSync(at, "this is no plugin\n"), "cannot be loaded: .*(invalid ELF header|file too short).*"],
  "an empty file": [(at) => writeFileSync(at, ""), "cannot be loaded: .*file too short.*"],
  "a folder": [(at) => mkdirSync(at), "is no regular file"],
  "half of a plugin": [(at) => { copyFileSync(plugin, at); truncateSync(at, 6000); }, "cannot be loaded: .*|its worker .* while loading it"],
  "a plugin of another machine": [(at) => {
    const bytes = readFileSync(plugin);
    bytes.writeUInt16LE(0x1234, 18); // e_machine
    writeFileSync(at, bytes);
  }, "cannot be loaded: .*"],
  "a program": [(at) => copyFileSync(program, at), "cannot be loaded: .*"],
};
for (const [what, [prepare, message]] of Object.entries(files))
  test(`refused: ${what} named bad.so`, (t) => assertRefused(t, prepare, `(${message})`));

test("a broken file beside does not matter to those who do not name it", (t) => {
  const p = withPlugin(t);
  writeFileSync(join(p.path, "plugins/broken.so"), "no ELF");
  copyFileSync(shared(source, "CRASH_IN_CONSTRUCTOR.so", ["-DFAULT_CRASH_IN_CONSTRUCTOR"]), join(p.path, "plugins/aaa.so"));
  assert.equal(p.run().code, 0);
  assert.equal(p.latest().value("bad", "count").value, 10);
});

test("a folder of plugins that is not there is told", (t) => {
  const p = project(t, {}, { run: "plugin_dirs = nowhere" });
  const done = p.run();
  assert.match(done.stderr, /nowhere/);
});

test("an endless loop in update: the worker is stopped after ten seconds", async (t) => {
  assertLost(t, hanging, await hung, /^a map worker took longer than 10 s at logs\/good\S+, batch \d+, in update of plugin test\.bad 1\.2\.3 \(metric 'bad'\)$/);
});
