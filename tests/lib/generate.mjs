// SPDX-License-Identifier: Apache-2.0
// generate.mjs - logs of made-up events, the same for the same seed: two systems that write the same
// facts in different ways, "web" (RFC 3339 with all sorts of offsets, nested fields) and "shop" (epoch
// milliseconds).
//   node generate.mjs DIR --events N --logs K --seed S [--from DAY] [--days D] [--plain]
// writes DIR/web-*.ndjson.gz, DIR/shop-*.ndjson.gz and DIR/nightly.ini, which reads them.
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";

export const DAY_US = 86400e6;
const CHUNK_EVENTS = 20000;

// How the lines of each system become events: the keys of a [source] without files.
export const sourceKeys = {
  web: `time        = at
map.type    = kind
map.actor   = user.id
map.channel = channel
map.amount  = basket.amount
`,
  shop: `time        = ts
time_format = epoch_ms
map.type    = event
map.actor   = customer
map.channel = via.channel
map.amount  = amount
value.type  = buy -> order
`,
};

// Numbers from 0 to 1 from a seed: sfc32 (Chris Doty-Humphrey), public domain.
export function random(seed) {
  let a = 0x9e3779b9, b = 0x243f6a88, c = 0xb7e15162, d = seed | 0;
  const next = () => {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + t) | 0;
    return (t >>> 0) / 4294967296;
  };
  for (let i = 0; i < 20; i++) next();
  return {
    next,
    below: (n) => Math.floor(next() * n),
    chance: (p) => next() < p,
    pick: (list) => list[Math.floor(next() * list.length)],
  };
}

export function shuffle(list, rng) {
  const out = [...list];
  for (let i = out.length - 1; i > 0; i--) {
    const k = rng.below(i + 1);
    [out[i], out[k]] = [out[k], out[i]];
  }
  return out;
}

const channels = ["weibo", "weibo", "weibo", "forum", "forum", "mail \"news\"", "微信", "store"];
const offsets = ["Z", "+02:00", "-05:00", "+01:00", "+05:45", "-00:30"];

// Amounts with decimals, some of them refunds; a few are so large that a plain sum would lose the rest.
function amount(rng) {
  if (rng.chance(0.02)) return (rng.chance(0.5) ? 1 : -1) * (1e12 + rng.below(1e6));
  const decimals = rng.chance(0.1) ? 1e4 : 100;
  return (Math.floor(rng.next() * 500 * decimals) / decimals) * (rng.chance(0.07) ? -1 : 1);
}

// One event at an instant (microseconds since 1970), or somewhere in [from, to).
function event(rng, number, from, to, at) {
  const system = rng.chance(0.3) ? "shop" : "web";
  const us = at ?? from + Math.floor(rng.next() * (to - from));
  const kind = rng.next();
  return {
    system,
    id: `${system}-${number}`,
    us: system === "shop" ? Math.floor(us / 1000) * 1000 : us,
    type: kind < 0.55 ? "visit" : kind < 0.8 ? "order" : "comment",
    actor: rng.chance(0.02) ? undefined : `user${Math.floor(1500 * rng.next() ** 2)}`,
    channel: rng.chance(0.1) ? (rng.chance(0.5) ? null : undefined) : rng.pick(channels),
    amount: kind < 0.55 || kind >= 0.8 || rng.chance(0.03) ? undefined : amount(rng),
  };
}

// options: seed, events, from and to (microseconds), and edges: instants that get two events each.
export function* events(options) {
  const rng = random(options.seed);
  let number = 0;
  for (const at of options.edges ?? [])
    for (let i = 0; i < 2; i++) yield event(rng, ++number, options.from, options.to, at);
  while (number < options.events) yield event(rng, ++number, options.from, options.to);
}

// RFC 3339 with the offset, and as many decimals as it takes, or six.
export function rfc3339(us, offset, all) {
  const sign = offset[0] === "-" ? -1 : 1;
  const minutes = offset === "Z" ? 0 : sign * (Number(offset.slice(1, 3)) * 60 + Number(offset.slice(4)));
  const local = us + minutes * 60e6;
  const rest = ((local % 1e6) + 1e6) % 1e6;
  const seconds = new Date((local - rest) / 1000).toISOString().slice(0, 19);
  const decimals = String(rest).padStart(6, "0");
  const shown = all ? decimals : decimals.replace(/0+$/, "");
  return seconds + (shown === "" ? "" : `.${shown}`) + offset;
}

// An event as its system writes it, without the end of line.
export function line(e) {
  if (e.system === "shop")
    return JSON.stringify({
      id: e.id, ts: e.us / 1000, event: e.type === "order" ? "buy" : e.type, customer: e.actor,
      via: { channel: e.channel }, amount: e.amount,
    });
  const n = Number(e.id.slice(4));
  return JSON.stringify({
    id: e.id, at: rfc3339(e.us, offsets[n % offsets.length], n % 3 === 0), kind: e.type,
    user: e.actor === undefined ? null : { id: e.actor, name: `Jörg ${n % 97}` }, channel: e.channel,
    basket: { items: n % 5, amount: e.amount },
  });
}

// The first instant of a day in UTC.
export const dayStart = (day) => Date.parse(`${day}T00:00:00Z`) * 1000;

// Writes logs of each system, one after the other; only a chunk is in memory at a time.
function writeLogs(folder, options) {
  const perLog = Math.ceil(options.events / options.logs);
  const ending = options.plain ? "ndjson" : "ndjson.gz";
  const source = events(options);
  mkdirSync(folder, { recursive: true });
  for (let log = 0; log < options.logs; log++) {
    const names = { web: null, shop: null };
    for (const system of Object.keys(names))
      names[system] = openSync(join(folder, `${system}-${String(log).padStart(4, "0")}.${ending}`), "w");
    for (let left = perLog; left > 0; left -= CHUNK_EVENTS) {
      const text = { web: "", shop: "" };
      for (let i = Math.min(left, CHUNK_EVENTS); i > 0; i--) {
        const { value: e, done } = source.next();
        if (done) break;
        text[e.system] += line(e) + "\n";
      }
      for (const [system, part] of Object.entries(text))
        if (part !== "") writeSync(names[system], options.plain ? Buffer.from(part) : gzipSync(part));
    }
    for (const file of Object.values(names)) closeSync(file);
  }
  return ending;
}

function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      events: { type: "string", default: "100000" }, logs: { type: "string", default: "8" },
      seed: { type: "string", default: "1" }, from: { type: "string", default: "2025-03-01" },
      days: { type: "string", default: "60" }, plain: { type: "boolean", default: false },
    },
  });
  const [folder] = positionals;
  const [count, logs, seed, days] = ["events", "logs", "seed", "days"].map((name) => Number(values[name]));
  const from = dayStart(values.from);
  if (folder === undefined || positionals.length > 1 ||
      ![count, logs, seed, days, from].every(Number.isSafeInteger) || logs < 1 || days < 1) {
    console.error("usage: node generate.mjs DIR [--events N] [--logs K] [--seed S] [--from DAY] [--days D] [--plain]");
    process.exit(2);
  }
  const to = from + days * DAY_US;
  const ending = writeLogs(folder, { events: count, logs, seed, from, to, plain: values.plain });
  const sources = Object.entries(sourceKeys)
    .map(([system, keys]) => `[source ${system}]\nfiles       = ${system}-*.${ending}\n${keys}`);
  const until = new Date(to / 1000 - 1).toISOString().slice(0, 10);
  writeFileSync(join(folder, "nightly.ini"), `[run]
period = ${Math.max(1, Math.floor(days / 2))}d
until  = ${until}

${sources.join("\n")}
[metric activity]
plugin = count
by     = channel
total  = yes

[metric revenue]
plugin = sum
field  = amount
by     = channel
total  = yes

[metric orders_per_person]
plugin = ratio
num    = count(type == order)
den    = distinct(actor)

[metric basket]
plugin = dist
field  = amount
mode   = sketch

[goal activity]
metric = activity.count
target = ${count}
`);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) main();
