// SPDX-License-Identifier: Apache-2.0
// bad_rules.test.mjs - rules that are wrong, endless, greedy or curious. What can be seen in the file is
// said before a log is opened (exit 2); what goes wrong while scoring costs that goal alone: it is an
// error with file, line and inputs, all other goals are scored as if it were not there, exit 5.
import assert from "node:assert/strict";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { assertValues, configuration, fingerprint, project } from "./small_run.mjs";

const goal = `[goal load.ours]
metric = events.count
rule = ours.lua
target = 20
`;
const ini = (more = "") => ({ sections: goal + more });
// The body of a score function; its first line is line 4 of the file.
const rule = (body) => `return rule {\n  inputs = { value = "a value" },\n  score = function(ctx)\n${body}\n  end,\n}\n`;
const row = configuration(ini()).split("\n").indexOf("rule = ours.lua") + 1;

const atLoad = {
  "a syntax error": ["return rule {\n  inputs = { value = 1\n", "ours.lua:3: '}' expected (to close '{' at line 2) near <eof>"],
  "another": ["-- a rule\nlocal x = = 1\n", "ours.lua:2: unexpected symbol near '='"],
  "no rule{}": ["local x = 1\n", "ours.lua: the file must return rule { … }, not nothing"],
  "a number": ["return 5\n", "ours.lua: the file must return rule { … }, not number"],
  "an empty file": ["", "ours.lua: the file must return rule { … }, not nothing"],
  "no score function": ['return rule { inputs = { value = "v" } }', "ours.lua:1: a rule has score = function(ctx) … end"],
  "a misspelt key": ['return rule { inputs = { value = "v" },\n  scoer = 1,\n  score = function() end }',
    "ours.lua:2: a rule has no 'scoer' (did you mean 'score'?)"],
  "an endless loop": ["while true do end", "ours.lua:1: used more than 5,000,000 steps"],
  "an endless text": ["local s = 'x'\nwhile true do s = s .. s end", "ours.lua:2: made a text longer than 64 KiB"],
  "an endless table": ["local t = {}\nfor i = 1, 1e9 do t[i] = i end", "ours.lua:2: made a table or a text that takes more than 4 MiB"],
  "require": ["local socket = require('socket')", "ours.lua:1: unknown name 'require'; a rule has no clock, no files and no libraries"],
  "io": ["io.open('/etc/passwd')", "ours.lua:1: unknown name 'io'; a rule has no clock, no files and no libraries"],
  "compiled Lua": ["\x1bLuaT\0\x19\x93\r\n\x1a\n", "ours.lua: attempt to load a binary chunk (mode is 't')"],
  "a NUL": ["return rule\0{}", "ours.lua:1: <eof> expected"],
  "300 KB of comment": ["-- " + "x".repeat(300000), "'ours.lua' is larger than 262144 bytes"],
};
for (const [what, [source, message]] of Object.entries(atLoad)) {
  test(`refused before a log is opened: ${what}`, (t) => {
    const p = project(t, { "ours.lua": source }, ini());
    for (const done of [p.run(), p.check()]) {
      assert.equal(done.stderr, `goalmill: error: night.ini:${row}:8: rule 'ours.lua': ${message}\n`
        + "goalmill: error: 1 error; nothing was read\n");
      assert.equal(done.code, 2);
      assert.ok(!existsSync(p.out));
    }
  });
}

test("refused: no such file, a folder", (t) => {
  const p = project(t, {}, ini());
  const refused = (message) => {
    const done = p.run();
    assert.equal(done.code, 2);
    assert.equal(done.stderr.split("\n")[0], `goalmill: error: night.ini:${row}:8: rule 'ours.lua': ${message}`);
  };
  refused("cannot open 'ours.lua': No such file or directory");
  const q = project(t, { "ours.lua/x": "" }, ini());
  assert.match(q.run().stderr, /rule 'ours\.lua': 'ours\.lua' is no regular file/);
});

// [the body, the message, the line that it names (0: none)]
const nothing = "; a rule has no clock, no files and no libraries";
const whileScoring = {
  "an endless loop": ["while true do end", "used more than 5,000,000 steps (raise `fuel` of the goal up to 50,000,000)", 4],
  "an endless loop in pcall": ["\npcall(function() while true do end end)\nreturn score(100)",
    "used more than 5,000,000 steps (raise `fuel` of the goal up to 50,000,000)", 5],
  "endless recursion": ["local function f() return f() + 1 end\nreturn score(f())", "calls nest too deep, or pass too many values", 4],
  "an index of nil": ["local x = nil\nreturn score(x.y)", "attempt to index a nil value (local 'x')", 5],
  "error()": ['\n\nerror("no luck")', "no luck", 6],
  "error() with a table": ["error({})", "raised an error that is a table, not a text", 4],
  "a misspelt input": ["return score(ctx.m.vlaue.value)", "ctx.m has no field 'vlaue' (did you mean 'value'? has: value)", 4],
  "a global": ["x = 1", "'x' would be global: write 'local x'", 4],
  "a memory bomb": ["local t = {}\nfor i = 1, 1e9 do t[i] = i end", "made a table or a text that takes more than 4 MiB", 5],
  "many small tables": ["local t = {}\nfor i = 1, 1e9 do t = { t } end", "needs more than 32 MiB of memory", 5],
  "a string bomb": ['local s = "x"\nwhile true do s = s .. s end', "made a text longer than 64 KiB", 5],
  "string.rep of a gigabyte": ['return score(#string.rep("x", 1e9))', "string.rep would make a text longer than 64 KiB", 4],
  "a score of 101": ["return score(101)", "a score must be from 0 to 100, not 101", 4],
  "a score of 100.00000000000001": ["return score(100.00000000000001)", "a score must be from 0 to 100, not 100.00000000000001", 4],
  "a score of -0.1": ["return score(-0.1)", "a score must be from 0 to 100, not -0.1", 4],
  "a score of NaN": ["return score(0/0)", "a score must be a number from 0 to 100, not NaN (0/0?)", 4],
  "a score of infinity": ["return score(1/0)", "a score must be from 0 to 100, not inf", 4],
  "a score in a text": ['return score("50")', "a score must be a number from 0 to 100, not string", 4],
  "nothing returned": ["local x = score(50)", "score must return score(…), no_data(…) or low_n(…), not nothing", 0],
  "a bare number": ["return 50", "score must return score(…), no_data(…) or low_n(…), not number", 0],
  "os.exit": ["os.exit(0)", `unknown name 'os'${nothing}`, 4],
  "io.write": ["io.write('x')", `unknown name 'io'${nothing}`, 4],
  "require": ["require('x')", `unknown name 'require'${nothing}`, 4],
  "load": ["load('x')()", `unknown name 'load'${nothing}`, 4],
  "dofile": ["dofile('/etc/passwd')", `unknown name 'dofile'${nothing}`, 4],
  "debug": ["debug.getregistry()", `unknown name 'debug'${nothing}`, 4],
  "setmetatable": ["setmetatable({}, {})", `unknown name 'setmetatable'${nothing}`, 4],
  "collectgarbage": ["collectgarbage('stop')", `unknown name 'collectgarbage'${nothing}`, 4],
};
for (const [what, [body, message, line]] of Object.entries(whileScoring)) {
  test(`costs its goal alone: ${what}`, (t) => {
    const p = project(t, { "ours.lua": rule(body) }, ini());
    const done = p.run();
    assert.equal(done.code, 5, done.stderr);
    const o = p.latest();
    assertValues(o);
    const card = o.goal("load.ours");
    assert.deepEqual([card.status, card.score, card.value], ["error", null, 10], "the value is there all the same");
    const head = card.error.split("\n")[0];
    const place = `ours.lua:${line ? `${line}:` : ""} `;
    assert.ok(head.startsWith(place), head);
    assert.equal(head.slice(place.length), message);
    assert.match(card.error, /inputs: value=10 events \(n=10\)$/);
    if (line) assert.ok(card.error.includes(`> ${String(line).padStart(3)} | `), "with the line itself");
    const others = o.scorecards.filter((c) => c.goal !== "load.ours").map((c) => [c.goal, c.status, c.score]);
    assert.deepEqual(others, [["load.events", "missed", 50], ["load.people", "at_risk", 75], ["load.size", "missed", 50]]);
    assert.deepEqual(o.run.causes, [{ exit_code: 5, text: `goal load.ours: ${card.error}` }]);
    assert.equal(o.run.summary.error, 1);
    assert.ok(done.stdout.includes("warning: goal load.ours: ours.lua:"), "below the table");
  });
}

test("a goal that could not be scored is named on stderr too, whatever stdout is for", (t) => {
  const p = project(t, { "ours.lua": rule("error('no luck')") }, ini());
  for (const args of [[], ["--json"]])
    assert.match(p.run(args).stderr, /^goalmill: (warning|error): .*load\.ours.*ours\.lua:4: no luck/m);
});

test("the roll-up goes on over the goals that have a score, and says so", (t) => {
  const p = project(t, { "ours.lua": rule("error('x')") }, ini());
  p.run();
  const area = p.latest().areas;
  assert.match(JSON.stringify(area), /"coverage": ?0?\.75/);
});

test("fuel is the goal's: the same rule passes with more of it, and stops at the same place each time", (t) => {
  const body = "local n = 0\nfor i = 1, 1000 do n = n + 1 end\nreturn score(50)";
  const p = project(t, { "ours.lua": rule(body) }, ini("fuel = 1000\n"));
  for (let i = 0; i < 3; i++) {
    assert.equal(p.run(["--workers", String(i + 1)]).code, 5);
    assert.match(p.latest().goal("load.ours").error, /^ours\.lua:5: used more than 1,000 steps/);
  }
  const q = project(t, { "ours.lua": rule(body) }, ini("fuel = 50000\n"));
  assert.equal(q.run().code, 0);
  assert.equal(q.latest().goal("load.ours").score, 50);
});

test("several bad rules: each is told, each of their goals is an error", (t) => {
  const more = ["loop", "crash"].map((n) => `[goal load.${n}]\nmetric = events.count\nrule = ${n}.lua\n`).join("");
  const p = project(t, { "ours.lua": rule("return score(1)"), "loop.lua": rule("while true do end"),
                         "crash.lua": rule("local x; return x.y") }, ini(more));
  assert.equal(p.run().code, 5);
  const o = p.latest();
  assert.deepEqual(o.run.causes.map((c) => [c.exit_code, c.text.split("\n")[0].slice(0, 24)]),
                   [[5, "goal load.loop: loop.lua"], [5, "goal load.crash: crash.l"]]);
  assert.equal(o.goal("load.ours").score, 1);
});

test("an error text cannot break the outputs: control characters, Markdown, size", (t) => {
  const p = project(t, { "ours.lua": rule('error("\\27[31m|**x**`\\n" .. string.rep("y", 60000))') }, ini());
  assert.equal(p.run().code, 5);
  const o = p.latest();
  assert.doesNotMatch(o.report, /\x1b/);
  assert.doesNotMatch(o.bytes("run.json").toString(), /\x1b/);
  assert.ok(o.goal("load.ours").error.length < 20000);
});

test("a refused rule leaves the outputs of the night before as they are", (t) => {
  const p = project(t, { "ours.lua": rule("return score(1)") }, ini());
  assert.equal(p.run().code, 0);
  const before = fingerprint(p.out);
  writeFileSync(join(p.path, "ours.lua"), "return");
  assert.equal(p.run().code, 2);
  assert.equal(fingerprint(p.out), before);
});
