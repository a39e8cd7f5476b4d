// SPDX-License-Identifier: Apache-2.0
// validate.mjs - are all files of a run what docs/schema says?
//   node validate.mjs RUN_FOLDER [SCHEMA_FOLDER]
// Exit code 0: they are; 1: they are not, a line on stderr for each mistake; 2: wrong usage.
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import Ajv2020 from "ajv/dist/2020.js";

const MISTAKES_SHOWN_MAX = 50;
const here = dirname(fileURLToPath(import.meta.url));
const [folder, schemas = join(here, "../../docs/schema")] = process.argv.slice(2);
if (folder === undefined) {
  console.error("usage: node validate.mjs RUN_FOLDER [SCHEMA_FOLDER]");
  process.exit(2);
}

const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true });
const mistakes = [];
let checked = 0;

function compile(name) {
  return ajv.compile(JSON.parse(readFileSync(join(schemas, `${name}.schema.json`), "utf8")));
}

function describe(error) {
  const at = error.instancePath === "" ? "/" : error.instancePath;
  const { additionalProperty, allowedValues, allowedValue } = error.params;
  const detail = additionalProperty ?? allowedValues ?? allowedValue;
  return `${at} ${error.message}${detail === undefined ? "" : `: ${JSON.stringify(detail)}`}`;
}

// The value of a text, or undefined when it is no JSON or not what the schema says.
function check(validate, text, where) {
  let value;
  checked++;
  try {
    value = JSON.parse(text);
  } catch (error) {
    mistakes.push(`${where}: ${error.message}`);
    return undefined;
  }
  if (validate(value)) return value;
  for (const error of validate.errors) mistakes.push(`${where}: ${describe(error)}`);
  return undefined;
}

function read(name) {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(join(folder, name)));
  } catch (error) {
    mistakes.push(`${name}: ${error.message}`);
    return undefined;
  }
}

function checkFile(validate, name) {
  const text = read(name);
  return text === undefined ? undefined : check(validate, text, name);
}

// Every line of an ndjson file, the last one ended too.
function checkLines(validate, name) {
  const text = read(name);
  if (text === undefined || text === "") return [];
  const lines = text.split("\n");
  if (lines.pop() !== "") mistakes.push(`${name}: the last line has no end`);
  return lines.map((line, i) => check(validate, line, `${name}:${i + 1}`));
}

function checkScorecards(validate) {
  const cards = checkLines(validate, "scorecards.ndjson").filter((card) => card !== undefined);
  const names = new Set(cards.map((card) => `${card.goal}.json`));
  let files = [];
  try {
    files = readdirSync(join(folder, "scorecards"));
  } catch (error) {
    mistakes.push(`scorecards: ${error.message}`);
  }
  for (const file of files)
    if (!names.has(file)) mistakes.push(`scorecards/${file}: scorecards.ndjson has no such goal`);
  for (const card of cards) {
    const name = `scorecards/${card.goal}.json`;
    const alone = checkFile(validate, name);
    if (alone !== undefined && !isDeepStrictEqual(alone, card))
      mistakes.push(`${name}: differs from its line in scorecards.ndjson`);
  }
  return cards;
}

const run = checkFile(compile("run"), "run.json");
checkLines(compile("metric"), "metrics.ndjson");
const cards = checkScorecards(compile("scorecard"));
checkFile(compile("areas"), "areas.json");
if (run !== undefined)
  for (const [status, n] of Object.entries(run.summary)) {
    const found = cards.filter((card) => card.status === status).length;
    if (found !== n) mistakes.push(`run.json: summary says ${n} ${status}, there are ${found}`);
  }

for (const mistake of mistakes.slice(0, MISTAKES_SHOWN_MAX)) console.error(mistake);
if (mistakes.length > MISTAKES_SHOWN_MAX)
  console.error(`and ${mistakes.length - MISTAKES_SHOWN_MAX} more`);
if (mistakes.length === 0) console.log(`${folder}: ${checked} values are as docs/schema says`);
process.exitCode = mistakes.length === 0 ? 0 : 1;
