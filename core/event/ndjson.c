/* SPDX-License-Identifier: Apache-2.0
 * ndjson.c - a recursive grammar walked with a stack of our own; see ndjson.h.
 *
 * The LF that ends the line is the sentinel: no token of JSON has one inside, so each scan stops at
 * it and none checks for an end. Strings are scanned eight bytes at a time. */
#include "event/ndjson.h"

#include <endian.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "event/json_text.h"

typedef struct frame {
    uint32_t node; /* of the trie; PATH_TRIE_NONE: nothing in it is projected */
    bool is_array;
    uint64_t stamp; /* a number of its own: tells keys of this object from those of others */
} frame;

struct ndjson_parser {
    const path_trie *paths;
    const path_trie_node *nodes;
    ndjson_value *values; /* by slot */
    uint64_t *seen;       /* by node: stamp of the object in which its key came last */
    char *key;            /* a key without its escapes */
    size_t key_size;
    uint64_t stamp, n_duplicates;
    uint32_t depth;
    frame stack[LIMIT_JSON_DEPTH];
};

typedef struct string_traits {
    bool is_escaped, is_wide;
} string_traits;

ndjson_parser *ndjson_new(const path_trie *paths)
{
    ndjson_parser *j = mem_zalloc(sizeof *j);
    j->paths = paths;
    j->nodes = paths->nodes;
    j->values = mem_array(paths->n_slots, sizeof *j->values);
    j->seen = mem_array(paths->n, sizeof *j->seen);
    j->key_size = (size_t)6 * paths->key_len_max; /* all of it as \uXXXX */
    j->key = mem_zalloc(j->key_size + NDJSON_PADDING);
    return j;
}

void ndjson_free(ndjson_parser *j)
{
    if (j == NULL)
        return;
    mem_free(j->values);
    mem_free(j->seen);
    mem_free(j->key);
    mem_free(j);
}

ndjson_value *ndjson_values(ndjson_parser *j)
{
    return j->values;
}

uint64_t ndjson_duplicates(const ndjson_parser *j)
{
    return j->n_duplicates;
}

/* ---- tokens: each scan returns what follows the token, or NULL when there is none -------------
 */

static const char *skip_space(const char *p)
{
    while (*p == ' ' || *p == '\t' || *p == '\r')
        p++;
    return p;
}

#define EACH_BYTE(b) (UINT64_C(0x0101010101010101) * (b))
#define HIGH_BITS    EACH_BYTE(0x80)

static uint64_t load_8(const char *p)
{
    uint64_t w;
    memcpy(&w, p, sizeof w);
    return le64toh(w);
}

/* The lowest high bit that is set marks the first byte of w that is " or \ or a control character.
 * (Higher ones may be wrong: the subtraction borrows.) */
static uint64_t special_bytes(uint64_t w)
{
    uint64_t quote = w ^ EACH_BYTE('"');
    uint64_t backslash = w ^ EACH_BYTE('\\');
    quote = (quote - EACH_BYTE(1)) & ~quote;
    backslash = (backslash - EACH_BYTE(1)) & ~backslash;
    uint64_t control = (w - EACH_BYTE(0x20)) & ~w;
    return (quote | backslash | control) & HIGH_BITS;
}

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static const char *scan_escape(const char *p)
{
    switch (p[1]) {
    case '"':
    case '\\':
    case '/':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't':
        return p + 2;
    case 'u':
        /* In order: the first that is no digit may be the LF, behind which nothing is read. */
        return is_hex(p[2]) && is_hex(p[3]) && is_hex(p[4]) && is_hex(p[5]) ? p + 6 : NULL;
    default:
        return NULL;
    }
}

/* p is behind the opening quote; returns the closing one. */
static const char *scan_string(const char *p, string_traits *traits)
{
    uint64_t bits = 0;
    traits->is_escaped = false;
    for (;;) {
        uint64_t w = load_8(p);
        uint64_t special = special_bytes(w);
        if (special == 0) {
            bits |= w;
            p += 8;
            continue;
        }
        bits |= w & ((special ^ (special - 1)) >> 8); /* the bytes before it */
        p += __builtin_ctzll(special) >> 3;
        if (*p == '"') {
            traits->is_wide = (bits & HIGH_BITS) != 0;
            return p;
        }
        if (*p != '\\')
            return NULL;
        traits->is_escaped = true;
        p = scan_escape(p);
        if (p == NULL)
            return NULL;
    }
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static const char *scan_digits(const char *p)
{
    if (!is_digit(*p))
        return NULL;
    while (is_digit(*p))
        p++;
    return p;
}

static const char *scan_number(const char *p)
{
    if (*p == '-')
        p++;
    p = *p == '0' ? p + 1 : scan_digits(p);
    if (p != NULL && *p == '.')
        p = scan_digits(p + 1);
    if (p != NULL && (*p == 'e' || *p == 'E')) {
        p++;
        p = scan_digits(*p == '+' || *p == '-' ? p + 1 : p);
    }
    return p;
}

static const char *scan_word(const char *p, const char *word, size_t n)
{
    return memcmp(p, word, n) == 0 ? p + n : NULL;
}

/* Any value but objects and lists. */
static const char *scan_scalar(const char *p, ndjson_value *v)
{
    *v = (ndjson_value){.text = p};
    string_traits traits;
    switch (*p) {
    case '"':
        v->kind = NDJSON_STRING;
        v->text = ++p;
        p = scan_string(p, &traits);
        if (p == NULL)
            return NULL;
        v->len = (uint32_t)(p - v->text);
        v->is_escaped = traits.is_escaped;
        v->is_wide = traits.is_wide;
        return p + 1;
    case 'n':
        v->kind = NDJSON_NULL;
        return scan_word(p, "null", 4);
    case 't':
        v->kind = NDJSON_TRUE;
        return scan_word(p, "true", 4);
    case 'f':
        v->kind = NDJSON_FALSE;
        return scan_word(p, "false", 5);
    default:
        v->kind = NDJSON_NUMBER;
        p = scan_number(p);
        v->len = p == NULL ? 0 : (uint32_t)(p - v->text);
        return p;
    }
}

/* ---- keys and values against the trie ----------------------------------------------------------
 */

/* Keys of up to eight bytes are told apart by their prefix alone. */
static uint32_t find_child(const ndjson_parser *j, uint32_t parent, const char *key, size_t n)
{
    const path_trie_node *nodes = j->nodes;
    if ((nodes[parent].child_lengths & path_trie_length_bit(n)) == 0)
        return PATH_TRIE_NONE;
    uint64_t prefix = load_8(key);
    if (n < sizeof prefix)
        prefix &= (UINT64_C(1) << (8 * n)) - 1;
    for (uint32_t i = nodes[parent].first_child; i != PATH_TRIE_NONE; i = nodes[i].next_sibling)
        if (nodes[i].prefix == prefix && nodes[i].key_len == n &&
            (n <= sizeof prefix || memcmp(nodes[i].key, key, n) == 0))
            return i;
    return PATH_TRIE_NONE;
}

static void clear_slots(ndjson_parser *j, uint32_t begin, uint32_t end)
{
    if (begin != end)
        memset(&j->values[begin], 0, (end - begin) * sizeof *j->values);
}

/* The node of a key in the object on top of the stack. */
static uint32_t match_key(ndjson_parser *j, const char *key, size_t n, bool is_escaped)
{
    const frame *top = &j->stack[j->depth - 1];
    if (top->node == PATH_TRIE_NONE)
        return PATH_TRIE_NONE;
    if (is_escaped) {
        if (n > j->key_size)
            return PATH_TRIE_NONE;
        uint64_t n_lone = 0;
        n = json_text_unescape(j->key, key, n, &n_lone);
        key = j->key;
    }
    uint32_t node = find_child(j, top->node, key, n);
    if (node == PATH_TRIE_NONE)
        return node;
    if (j->seen[node] == top->stamp) {
        j->n_duplicates++;
        clear_slots(j, j->nodes[node].slots_begin, j->nodes[node].slots_end);
    }
    j->seen[node] = top->stamp;
    return node;
}

/* A key and its colon; p then is at the value, which *node is for. */
static const char *read_key(ndjson_parser *j, const char *p, uint32_t *node)
{
    if (*p != '"')
        return NULL;
    const char *key = p + 1;
    string_traits traits;
    const char *quote = scan_string(key, &traits);
    if (quote == NULL)
        return NULL;
    *node = match_key(j, key, (size_t)(quote - key), traits.is_escaped);
    p = skip_space(quote + 1);
    return *p == ':' ? skip_space(p + 1) : NULL;
}

static void keep_value(ndjson_parser *j, uint32_t node, const ndjson_value *v)
{
    if (node != PATH_TRIE_NONE && j->nodes[node].slot != PATH_TRIE_NONE)
        j->values[j->nodes[node].slot] = *v;
}

static void push(ndjson_parser *j, uint32_t node, bool is_array)
{
    ndjson_value v = {.kind = is_array ? NDJSON_ARRAY : NDJSON_OBJECT};
    keep_value(j, node, &v);
    j->stack[j->depth++] = (frame){
        .node = is_array ? PATH_TRIE_NONE : node, .is_array = is_array, .stamp = ++j->stamp};
}

/* A value, and what is in it, from p on. Inside the loop p stands at a value that is for node. */
static log_outcome read_value(ndjson_parser *j, const char *p, const char **end)
{
    uint32_t node = 0;
    for (;;) {
        bool is_open = *p == '{' || *p == '[';
        bool is_array = *p == '[';
        if (is_open) {
            if (j->depth == LIMIT_JSON_DEPTH)
                return LOG_TOO_DEEP;
            push(j, node, is_array);
            p = skip_space(p + 1);
            is_open = *p != (is_array ? ']' : '}');
        } else {
            ndjson_value v;
            p = scan_scalar(p, &v);
            if (p == NULL)
                return LOG_NOT_JSON;
            keep_value(j, node, &v);
        }
        /* Up through all that ends here, to the next value. */
        while (!is_open) {
            p = skip_space(p);
            if (j->depth == 0) {
                *end = p;
                return LOG_ACCEPTED;
            }
            is_array = j->stack[j->depth - 1].is_array;
            if (*p == ',')
                is_open = true;
            else if (*p == (is_array ? ']' : '}'))
                j->depth--;
            else
                return LOG_NOT_JSON;
            p++;
        }
        p = skip_space(p);
        node = PATH_TRIE_NONE;
        if (!is_array)
            p = read_key(j, p, &node);
        if (p == NULL)
            return LOG_NOT_JSON;
    }
}

log_outcome ndjson_parse(ndjson_parser *j, const char *line, const char **end)
{
    clear_slots(j, 0, j->paths->n_slots);
    j->depth = 0;
    j->n_duplicates = 0;
    const char *p = skip_space(line);
    *end = p;
    if (*p == '\n')
        return LOG_BLANK;
    bool is_object = *p == '{';
    log_outcome outcome = read_value(j, p, end);
    if (outcome == LOG_ACCEPTED && **end != '\n')
        outcome = LOG_NOT_JSON;
    if (outcome == LOG_ACCEPTED)
        return is_object ? LOG_ACCEPTED : LOG_NOT_OBJECT;
    *end = rawmemchr(*end, '\n'); /* it was left in its middle */
    return outcome;
}
