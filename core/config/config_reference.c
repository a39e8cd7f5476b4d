/* SPDX-License-Identifier: Apache-2.0
 * config_reference.c - docs/configuration.md from the key table; see config_keys.h. */
#include "config/config_keys.h"

#include <string.h>

#include "base/error.h"
#include "base/limits.h"

static const char introduction[] =
    "# Configuration\n"
    "\n"
    "<!-- Made from the key table in core/config/config_keys.c. Do not edit. -->\n"
    "\n"
    "A run is described by an ini file: sections in brackets, below them `key = value`.\n"
    "\n"
    "```ini\n"
    "; a comment stands on a line of its own,\n"
    "[source web]\n"
    "files = logs/*.ndjson.gz       ; or behind a value, after a blank\n"
    "time  = meta.created_at\n"
    "map.actor = user.id\n"
    "\n"
    "[metric stories]\n"
    "plugin = count\n"
    "where  = 'text contains \"#story#\"'\n"
    "\n"
    "[goal *]\n"
    "owner  = brand team\n"
    "\n"
    "[goal brand.stories]\n"
    "metric = stories.count\n"
    "target = 1200\n"
    "```\n"
    "\n"
    "## Rules\n"
    "\n"
    "- A key stands once in a section, a section once in all files. Names and keys are in lower "
    "case.\n"
    "- Names are made of `a-z`, `0-9` and `_` and begin with a letter; goals and areas may have "
    "dots\n"
    "  between parts.\n"
    "- A value with `;` or `#` in it stands in single quotes as a whole. No value begins with a "
    "double\n"
    "  quote.\n"
    "- A line that ends with a backslash goes on in the next one. Together they have at most %u "
    "bytes.\n"
    "- A list has commas between its items. When it grows long, use numbered keys, each with one "
    "item:\n"
    "  `files.1 = a.ndjson`, `files.2 = b.ndjson`.\n"
    "- Paths are relative to the file they stand in.\n"
    "- `[source *]` and `[goal *]` give defaults to all sources and goals, `[goal brand.*]` to the "
    "goals\n"
    "  whose names begin with `brand.`. The longest pattern wins, key by key; a list is replaced "
    "as a\n"
    "  whole.\n"
    "- Files are UTF-8 and have at most %zu MiB. `include` names more of them.\n"
    "- Flags win over `GOALMILL_*` variables, and these over the keys of `[run]`.\n";

typedef struct section_text {
    const char *kind, *title, *text;
} section_text;

static const section_text section_texts[] = {
    {"run", "[run]", "The run as a whole. Only the main file has this section."},
    {"source", "[source NAME]", "Where logs are, and how their lines become events."},
    {"metric", "[metric NAME]", "What to compute."},
    {"goal", "[goal NAME]", "What to score, and against what."},
    {"area", "[area NAME]",
     "A group of goals. One that only goals name has its name as title and the weight 1."},
};

static void put(bytes *out, const char *text)
{
    bytes_put(out, text, strlen(text));
}

/* In a cell of a table: a bar would end it. */
static void put_cell(bytes *out, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '|')
            put(out, "\\");
        bytes_put(out, text, 1);
    }
}

static const char *type_text(const config_key *key)
{
    switch (key->type) {
    case CONFIG_TEXT:
    case CONFIG_ITEM:
    case CONFIG_FAMILY:
        return "text";
    case CONFIG_TEXTS:
        return "list of texts";
    case CONFIG_FIELDS:
        return "list of fields";
    case CONFIG_NAME:
        return "name";
    case CONFIG_LABEL:
        return "letters, digits, `.`, `_`, `-`";
    case CONFIG_PLUGIN:
        return "`a-z`, `0-9`, `.`, `_`, `-`";
    case CONFIG_ZONE:
        return "time zone";
    case CONFIG_PATHNAME:
        return "path";
    case CONFIG_PATHNAMES:
        return "list of paths";
    case CONFIG_BOOL:
        return "`yes` or `no`";
    case CONFIG_COUNT:
        return "whole number";
    case CONFIG_WORKERS:
        return "`auto`, or from 1 to 1024";
    case CONFIG_NUMBER:
        return "number above 0";
    case CONFIG_SHARE:
        return "share, such as `0.1%` or `0.001`";
    case CONFIG_SIZE:
        return "size, such as `64MiB`";
    case CONFIG_DATE:
        return "date, such as `2026-11-21`";
    case CONFIG_PERIOD:
        return "days, such as `28d`, or `week`, `month`, `quarter`, `month_to_date`, "
               "`quarter_to_date`, `year_to_date`";
    case CONFIG_BANDS_3:
        return "three falling numbers";
    case CONFIG_CHOICE:
    case CONFIG_SWITCH:
        break;
    }
    return NULL; /* its choices say it */
}

static void put_type(bytes *out, const config_key *key)
{
    const char *text = type_text(key);
    if (text != NULL)
        put_cell(out, text);
    for (size_t i = 0; text == NULL && key->choices[i] != NULL; i++)
        bytes_printf(out, "%s`%s`", i == 0 ? "" : ", ", key->choices[i]);
    if (key->type == CONFIG_COUNT && key->max != 0)
        bytes_printf(out, " from %llu to %llu", (unsigned long long)key->min,
                     (unsigned long long)key->max);
    else if (key->type == CONFIG_FIELDS)
        bytes_printf(out, ", at most %llu", (unsigned long long)key->max);
    else if (key->type == CONFIG_SIZE && key->max != UINT64_MAX)
        bytes_printf(out, ", at most `%lluMiB`", (unsigned long long)(key->max >> 20));
}

static void put_key(bytes *out, const config_key *key)
{
    bytes_printf(out, "| `%s", key->name);
    if (key->type == CONFIG_FAMILY)
        bytes_printf(out, ".%s", key->item);
    put(out, "` | ");
    put_type(out, key);
    put(out, " | ");
    if (key->required)
        put(out, "*needed*");
    else if (key->def != NULL)
        bytes_printf(out, "`%s`", key->def);
    put(out, " | ");
    put_cell(out, key->doc);
    put(out, " |\n");
}

void config_keys_reference(bytes *out)
{
    bytes_printf(out, introduction, (unsigned)LIMIT_CONFIG_LINE_BYTES, LIMIT_CONFIG_BYTES >> 20);
    for (size_t i = 0; config_keys_sections[i] != NULL; i++) {
        const section_text *section = &section_texts[i];
        GM_ASSERT(strcmp(section->kind, config_keys_sections[i]) == 0);
        bytes_printf(out, "\n## %s\n\n%s\n\n", section->title, section->text);
        put(out, "| key | value | default | what it is |\n|---|---|---|---|\n");
        for (size_t k = 0; k < config_keys_n; k++) {
            if (strcmp(config_keys[k].section, section->kind) == 0)
                put_key(out, &config_keys[k]);
        }
    }
}
