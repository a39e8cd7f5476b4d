// SPDX-License-Identifier: Apache-2.0
// bad_lines.test.mjs - lines that are no events, or not quite, in a log beside two good ones. Every line
// has one outcome that is counted in run.json by reason, with an example of file and line; what a metric
// cannot use is counted for that metric; whatever is right beside it counts exactly.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { gz, ndjson } from "../lib/goalmill.mjs";
import { assertValues, day, event, fingerprint, project } from "./small_run.mjs";

const t0 = `"t":"${day}T11:00:00Z"`;
const line = (rest) => `{${t0},"a":"new",${rest}}`;
const bytes = (...parts) => Buffer.concat(parts.map((p) => (typeof p === "string" ? Buffer.from(p) : Buffer.from(p))));

// One log of the given content, as it is described in run.json. more.source: lines of [source app].
function read(t, content, more = {}) {
  const p = project(t, { "logs/odd.ndjson": content },
                    { ...more, source: `max_bad_lines = ${more.max ?? "100%"}\n${more.source ?? ""}` });
  const done = p.run(more.args);
  assert.ok([0, 3].includes(done.code), done.stderr);
  const o = p.latest();
  const l = o.run.logs.find((x) => x.path === "logs/odd.ndjson");
  assert.equal(l.outcome, "read", l.message);
  const rejected = Object.values(l.rejected).reduce((a, b) => a + b, 0);
  assert.equal(l.lines, l.accepted + l.blank + rejected, "each line has one outcome");
  return { p, o, done, log: l, source: o.run.sources[0] };
}

const counted = (n, size = n) => ({ events: n, people: n > 0 ? 1 : 0, size });
const nested = (depth, open, close) => open.repeat(depth) + close.repeat(depth);

// ---- lines that are rejected -----------------------------------------------------------------------

const rejected = {
  "no JSON": ["not_json", "hello world"],
  "a cut line": ["not_json", `{${t0},"a":"n`],
  "two values on a line": ["not_json", `${line('"s":1')} ${line('"s":1')}`],
  "a comma too many": ["not_json", `{${t0},"s":1,}`],
  "a single quote": ["not_json", `{'t':1}`],
  "NaN": ["not_json", line('"s":NaN')],
  "a leading zero": ["not_json", line('"s":012')],
  "a hexadecimal number": ["not_json", line('"s":0x10')],
  "a NUL between tokens": ["not_json", `{${t0},\0"s":1}`],
  "a NUL in a text": ["not_json", `{${t0},"a":"x\0y"}`],
  "a bare control character": ["not_json", `{${t0},"a":"x\x01y"}`],
  "a wrong escape": ["not_json", line('"x":"\\q"')],
  "a short \\u": ["not_json", line('"x":"\\u12"')],
  "a JSON list": ["not_object", `[${line('"s":1')}]`],
  "a JSON text": ["not_object", '"text"'],
  "a JSON number": ["not_object", "42"],
  "null": ["not_object", "null"],
  "true": ["not_object", "true"],
  "65 lists deep": ["too_deep", line(`"x":${nested(64, "[", "]")}`)],
  "100,000 lists deep": ["too_deep", line(`"x":${nested(100000, "[", "]")}`)],
  "100,000 open brackets": ["too_deep", "[".repeat(100000)],
  "65 objects deep": ["too_deep", `{${t0},"x":${'{"y":'.repeat(64)}1${"}".repeat(64)}}`],
  "no time": ["no_time", '{"a":"new","s":1}'],
  "time is null": ["no_time", '{"t":null,"a":"new"}'],
  "time is empty": ["no_time", '{"t":"","a":"new"}'],
  "time is a word": ["bad_time", '{"t":"yesterday","a":"new"}'],
  "time is an object": ["bad_time", '{"t":{"$date":1},"a":"new"}'],
  "time is true": ["bad_time", '{"t":true}'],
  "a month 13": ["bad_time", '{"t":"2026-13-10T00:00:00Z"}'],
  "a 29th of February": ["bad_time", '{"t":"2026-02-29T00:00:00Z"}'],
  "an hour 25": ["bad_time", '{"t":"2026-03-10T25:00:00Z"}'],
  "a time without a zone": ["bad_time", '{"t":"2026-03-10T10:00:00"}'],
  "a year 99999": ["bad_time", '{"t":"99999-01-01T00:00:00Z"}'],
  "a time beyond int64": ["bad_time", '{"t":99999999999999999999}'],
  "a time of 1e999": ["bad_time", '{"t":1e999}'],
};
for (const [what, [reason, bad]] of Object.entries(rejected)) {
  test(`rejected: ${what}`, (t) => {
    const { o, done, log, source } = read(t, `${line('"s":1')}\n${bad}\n${line('"s":1')}\n`);
    assert.deepEqual(log.rejected, { [reason]: 1 });
    assert.deepEqual([log.lines, log.accepted, log.blank], [3, 2, 0]);
    assertValues(o, counted(2));
    const [example, ...others] = source.examples;
    assert.deepEqual(others, []);
    assert.deepEqual([example.kind, example.what, example.path, example.line],
                     ["rejected", reason, "logs/odd.ndjson", 2]);
    assert.ok(Buffer.byteLength(example.text) < 160, "an example is short");
    assert.ok(o.report.includes(`\`logs/odd.ndjson\` line 2 (${reason})`), "the report shows it");
    assert.equal(o.goal("load.size").data_quality.lines_rejected, 1);
    assert.ok(o.report.includes("1 of 13 lines of source app were rejected."));
    assert.equal(done.code, 0, "max_bad_lines allows it");
  });
}

test("64 levels are read, in what is skipped and in what is used", (t) => {
  const path = Array.from({ length: 15 }, (_, i) => `p${i}`);
  const deep = path.reduceRight((inner, key) => ({ [key]: inner }), 7);
  const { log, o } = read(t, `${line(`"x":${nested(63, "[", "]")},"s":1`)}\n${line(`"s":1,"d":${JSON.stringify(deep)}`)}\n`,
    { source: `map.deep = d.${path.join(".")}`, sections: "[metric deep]\nplugin = sum\nfield = deep\n" });
  assert.deepEqual(log.rejected, {});
  assertValues(o, counted(2));
  assert.equal(o.value("deep", "sum").value, 7);
});

// ---- max_line_bytes ----------------------------------------------------------------------------------

for (const [what, pack] of [["plain", (b) => b], ["gzip", gz]]) {
  test(`a line of 100 MB is skipped in bounded memory (${what})`, (t) => {
    const long = Buffer.concat([Buffer.from(`{${t0},"a":"`), Buffer.alloc(100 << 20, "x"), Buffer.from('","s":1}')]);
    const { o, log, source } = read(t, pack(bytes(line('"s":1'), "\n", long, "\n", line('"s":1'), "\n")));
    assert.deepEqual(log.rejected, { too_long: 1 });
    assert.equal(log.accepted, 2);
    assertValues(o, counted(2));
    assert.equal(source.examples[0].line, 2);
    assert.match(source.examples[0].text, /^\{"t":"2026-03-10T11:00:00Z","a":"xxx/);
  });
}

test("max_line_bytes: at and above, with CRLF, and as last line without LF", (t) => {
  const exact = line(`"s":1,"x":"${"y".repeat(100)}"`);
  const over = line(`"s":1,"x":"${"y".repeat(101)}"`);
  for (const end of ["\n", "\r\n"]) {
    const content = [exact, over, exact, over].join(end);
    const { log, o } = read(t, content, { source: `max_line_bytes = ${exact.length}B` });
    assert.deepEqual([log.lines, log.accepted, log.rejected], [4, 2, { too_long: 2 }]);
    assertValues(o, counted(2));
  }
});

// ---- line ends, blank lines, BOM -----------------------------------------------------------------------

const three = [1, 2, 3].map((s) => line(`"s":${s}`));
const ends = {
  "LF": three.join("\n") + "\n",
  "the last line without LF": three.join("\n"),
  "CRLF": three.join("\r\n") + "\r\n",
  "CRLF, the last line without": three.join("\r\n"),
  "CR only": three.join("\r") + "\r",
  "CR only, the last line without": three.join("\r"),
  "a BOM": "\ufeff" + three.join("\n"),
  "a BOM and CRLF": "\ufeff" + three.join("\r\n"),
  "blanks and tabs around": three.map((l) => ` \t${l}\t `).join("\n"),
};
for (const [what, content] of Object.entries(ends)) {
  test(`line ends: ${what}`, (t) => {
    const { o, log, done } = read(t, content);
    assert.deepEqual([log.lines, log.accepted, log.rejected], [3, 3, {}]);
    assertValues(o, counted(3, 6));
    assert.equal(done.code, 0);
  });
}

test("blank lines are counted and no fault", (t) => {
  const { o, log } = read(t, `\n${three[0]}\n\n  \t\n\r\n${three[1]}\n${three[2]}\n\n`, { max: "0%" });
  assert.deepEqual([log.lines, log.accepted, log.blank, log.rejected], [8, 3, 5, {}]);
  assertValues(o, counted(3, 6));
});

test("a log of nothing but line ends has no events and is no error", (t) => {
  const { o, log, done } = read(t, "\n\n\n", { max: "0%" });
  assert.deepEqual([log.lines, log.accepted, log.blank], [3, 0, 3]);
  assertValues(o);
  assert.equal(done.code, 0);
});

test("a BOM in the middle is no BOM", (t) => {
  const { log } = read(t, `${three[0]}\n\ufeff${three[1]}\n`);
  assert.deepEqual(log.rejected, { not_json: 1 });
});

test("UTF-16 is told line by line, not taken for events", (t) => {
  const { log, o } = read(t, Buffer.from("\ufeff" + three.join("\n") + "\n", "utf16le"));
  assert.equal(log.accepted, 0);
  assert.ok(Object.values(log.rejected).reduce((a, b) => a + b, 0) >= 3);
  assertValues(o);
});

// ---- lines that are accepted, with something mended --------------------------------------------------

const noSize = (n) => [{ metric: "size", field: "size", events: n }];
const noActor = (n) => [{ metric: "people", field: "actor", events: n }];
// what: [the line, notices, events without a size, events without an actor, the size it adds]
const mended = {
  "a word for a number": [line('"s":"many"'), { wrong_type: 1 }, 1, 0, 0],
  "an object for a number": [line('"s":{"v":1}'), { wrong_type: 1 }, 1, 0, 0],
  "a list for a number": [line('"s":[1]'), { wrong_type: 1 }, 1, 0, 0],
  "true for a number": [line('"s":true'), { wrong_type: 1 }, 1, 0, 0],
  "a number in a text": [line('"s":"2.5"'), {}, 0, 0, 2.5],
  "an empty text for a number": [line('"s":""'), {}, 1, 0, 0],
  "null for a number": [line('"s":null'), {}, 1, 0, 0],
  "no number": [`{${t0},"a":"new"}`, {}, 1, 0, 0],
  "1e999": [line('"s":1e999'), { out_of_range: 1 }, 1, 0, 0],
  "-1e999": [line('"s":-1e999'), { out_of_range: 1 }, 1, 0, 0],
  "1e-999 is 0": [line('"s":1e-999'), {}, 0, 0, 0],
  "-0": [line('"s":-0.0'), {}, 0, 0, 0],
  "2^53 + 1": [line('"s":9007199254740992'), {}, 0, 0, 9007199254740992],
  "the last of two keys wins": [line('"s":1,"s":2'), { duplicate_key: 1 }, 0, 0, 2],
  "a key that is the same after unescaping": [line('"s":1,"\\u0073":2'), { duplicate_key: 1 }, 0, 0, 2],
  "the last of two keys wins when it is null": [line('"s":1,"s":null'), { duplicate_key: 1 }, 1, 0, 0],
  "duplicate keys that nobody reads": [line('"s":1,"x":1,"x":2'), {}, 0, 0, 1],
  "an object for a text": [`{${t0},"a":{"n":1},"s":1}`, { wrong_type: 1 }, 0, 1, 1],
  "a lone surrogate in a used field": [`{${t0},"a":"x\\ud800y","s":1}`, { utf8_repaired: 1 }, 0, 0, 1],
  "a lone low surrogate": [`{${t0},"a":"x\\udc00y","s":1}`, { utf8_repaired: 1 }, 0, 0, 1],
  "a pair of surrogates": [`{${t0},"a":"x\\ud83d\\ude00y","s":1}`, {}, 0, 0, 1],
  "an escaped NUL in a text": [`{${t0},"a":"x\\u0000y","s":1}`, {}, 0, 0, 1],
  "a lone surrogate in an unused field": [line('"s":1,"x":"\\ud800"'), {}, 0, 0, 1],
  "bytes of no UTF-8 in a used field": [bytes(`{${t0},"a":"x`, [0xff, 0xc3], `y","s":1}`), { utf8_repaired: 1 }, 0, 0, 1],
  "an overlong NUL": [bytes(`{${t0},"a":"`, [0xc0, 0x80], `","s":1}`), { utf8_repaired: 1 }, 0, 0, 1],
  "bytes of no UTF-8 in an unused field": [bytes(`{${t0},"a":"new","s":1,"x":"`, [0xff], `"}`), {}, 0, 0, 1],
  "bytes of no UTF-8 in a key": [bytes(`{${t0},"a":"new","s":1,"`, [0xff], `":1}`), {}, 0, 0, 1],
};
for (const [what, [content, notices, withoutSize, withoutActor, size]] of Object.entries(mended)) {
  test(`mended: ${what}`, (t) => {
    const { o, log, source, done } = read(t, bytes(content, "\n"));
    assert.deepEqual([log.accepted, log.rejected, log.notices], [1, {}, notices]);
    assertValues(o, { events: 1, people: withoutActor ? 0 : 1, size });
    assert.deepEqual(o.run.missing_fields,
                     [...(withoutActor ? noActor(1) : []), ...(withoutSize ? noSize(1) : [])]);
    assert.deepEqual(source.examples.map((e) => [e.kind, e.what, e.path, e.line]),
                     Object.keys(notices).map((n) => ["notice", n, "logs/odd.ndjson", 1]));
    // Only the goal whose metric lost an event says so.
    const note = "Metric size could not use 1 event: field size was missing.";
    assert.deepEqual(o.goal("load.size").data_quality.notes, withoutSize ? [note] : []);
    assert.equal(o.goal("load.size").data_quality.events_missing_field, withoutSize);
    assert.deepEqual(o.goal("load.events").data_quality.notes, []);
    assert.equal(o.report.includes(note), withoutSize === 1);
    assert.equal(done.code, 0);
  });
}

test("integers: 2^63 and fractions are no whole number; 3.0 is", (t) => {
  const sizes = ["9223372036854775807", "9223372036854775808", "-9223372036854775809", "3.0", "3.5", "1e2", "1e18"];
  const { log, o } = read(t, sizes.map((s) => line(`"s":1,"n":${s}`)).join("\n"),
    { source: "map.n = n", sections: "[metric n]\nplugin = sum\nfield = n\n" });
  assert.equal(log.accepted, 7);
  assertValues(o, counted(7));
  // As a number it is a double: nothing is out of its range, and sums are exact before rounding.
  const exact = [2n ** 63n, 2n ** 63n, -(2n ** 63n), 3n, 100n, 10n ** 18n].reduce((a, b) => a + b);
  assert.equal(o.value("n", "sum").value, Number(exact * 2n + 7n) / 2);
});

// ---- times beyond the period ---------------------------------------------------------------------------

test("events outside of the period do not count; those of the future are counted and told", (t) => {
  const at = (time) => `{"t":${JSON.stringify(time)},"a":"new","s":1000}`;
  const { o, log } = read(t, [
    at("2026-03-10T00:00:00Z"), // the first instant of the day
    at("2026-03-10T23:59:59.999999Z"), // and its last
    at("2026-03-11T00:00:00Z"), at("2026-03-09T23:59:59.999999Z"), // just outside
    at("2026-03-11T23:59:59Z"), // tomorrow is late work of another zone, not future
    at("2026-03-12T00:00:01Z"), at("2126-03-10T00:00:00Z"), at("9999-12-31T23:59:59Z"), // future
    at("1970-01-01T00:00:00Z"), at("1901-01-01T00:00:00Z"), at("0001-01-01T00:00:00Z"), at(-1), at(0),
  ].join("\n"));
  assert.deepEqual(log.events, { period: 2, previous: 0, outside: 11, future: 3 });
  assertValues(o, counted(2, 2000));
  assert.match(o.report, /\b3\b.* future/, "the report tells of them: most likely a clock is wrong");
});

test("a leap second and offsets fall on the right day", (t) => {
  const at = (time) => `{"t":"${time}","a":"new","s":1}`;
  const { log } = read(t, [at("2026-03-10T23:59:60Z"), at("2026-03-11T05:00:00+08:00"),
    at("2026-03-09T20:00:00-05:00"), at("2026-03-10T07:59:59+08:00")].join("\n"));
  // The leap second is the first of the next day.
  assert.deepEqual(log.events, { period: 2, previous: 0, outside: 2, future: 0 });
});

// ---- max_bad_lines ---------------------------------------------------------------------------------------

const share = (bad, goodOnes) => "nonsense\n".repeat(bad) + `${line('"s":1')}\n`.repeat(goodOnes);
// 10 lines stand in the good logs beside.
for (const [what, max, bad, n, isOver] of [
  ["the default of 0.1%, reached exactly", "0.1%", 1, 989, false],
  ["the default of 0.1%, passed", "0.1%", 1, 988, true],
  ["10%, reached exactly", "10%", 10, 80, false],
  ["10%, passed", "0.1", 10, 79, true],
  ["0%, one bad line", "0%", 1, 5000, true],
  ["100%, nothing but bad lines", "100%", 50, 0, false],
]) {
  test(`max_bad_lines: ${what}`, (t) => {
    const { o, done, source } = read(t, share(bad, n), { max });
    assertValues(o, counted(n));
    assert.equal(source.too_many_bad_lines, isOver);
    assert.equal(done.code, isOver ? 3 : 0);
    for (const card of o.scorecards) assert.equal(card.data_quality.degraded, isOver);
    const total = bad + n + 10;
    assert.deepEqual(o.run.causes, !isOver ? [] : [{ exit_code: 3,
      text: `source app: ${bad} of ${total} lines were rejected, more than max_bad_lines` }]);
    assert.equal(/lines of source app were rejected, more than max.{1,3}bad.{1,3}lines allows/.test(o.report), isOver);
  });
}

test("ten thousand kinds of nonsense: three examples of each reason, all counted", (t) => {
  const kinds = ["x", "[1]", '{"a":1}', '{"t":"no"}'];
  const { log, source, o } = read(t, Array.from({ length: 10000 }, (_, i) => kinds[i % 4]).join("\n"));
  assert.deepEqual(log.rejected, { not_json: 2500, not_object: 2500, no_time: 2500, bad_time: 2500 });
  assert.equal(source.examples.length, 12);
  assert.deepEqual(source.examples.map((e) => e.line).sort((a, b) => a - b), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  assertValues(o);
});

test("examples of hostile lines do not break the outputs", (t) => {
  const { o, p } = read(t, bytes("<script>alert(1)</script>\n", "`|**[x](y)\n", "\x1b[31mred\x1b[0m\n", [0xff, 0xfe, 0x00, 0x0a],
                                 "{\u202e\n"));
  assert.doesNotMatch(o.report, /\x1b|\x00|\ufffd\ufffd\ufffd\ufffd/);
  assert.doesNotMatch(o.bytes("run.json").toString(), /[\x00-\x09\x0b-\x1f]/);
  assert.notEqual(fingerprint(join(p.out, "latest/")), "absent");
});

test("the bad lines of a night do not depend on workers or on the size of batches", (t) => {
  const content = Object.values(rejected).map(([, l]) => l).concat(three).join("\n");
  const { p, o, log } = read(t, content);
  const first = [o.bytes("metrics.ndjson"), log.rejected, o.run.sources[0].examples];
  for (const args of [["--workers", "1"], ["--workers", "4"], ["--batch-rows", "1"], ["--batch-rows", "65536"]]) {
    assert.equal(p.run(args).code, 0);
    const next = p.latest();
    const l = next.run.logs.find((x) => x.path === "logs/odd.ndjson");
    assert.deepEqual([next.bytes("metrics.ndjson"), l.rejected, next.run.sources[0].examples], first);
  }
});
