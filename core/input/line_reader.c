/* SPDX-License-Identifier: Apache-2.0
 * line_reader.c - one buffer that holds data[begin..end): bytes that were read and not yet
 * delivered.
 *
 * A call releases what the call before delivered, then delivers the whole lines that are there.
 * When there is none, the partial line moves to the front (the only copy) and the codec fills the
 * rest. The window that is filled is block_bytes; it doubles for a line that does not fit, up to
 * max_line_bytes, and is block_bytes again afterwards. CR as line end is rewritten to LF as soon as
 * it is read, so that all behind this file knows one line end. */
#include "input/line_reader.h"

#include <stdbool.h>
#include <string.h>

#include "base/mem.h"

/* Beyond the longest line: its CR and LF, or a BOM. */
enum { WINDOW_SLACK = 4 };

typedef enum line_end { LINE_END_UNKNOWN, LINE_END_LF, LINE_END_CR } line_end;

struct line_reader {
    char *data; /* of window + 1 (for a last LF) + LINE_BLOCK_PADDING bytes */
    size_t window, block_bytes;
    size_t begin, end;
    codec *source;
    log_counts *counts;
    size_t max_line_bytes;
    uint64_t line; /* number of the line at begin */
    line_end line_end;
    bool is_start;    /* a BOM may stand at begin */
    bool is_skipping; /* at begin goes on a line that is too long */
    bool at_end;      /* nothing comes behind end */
};

static void set_window(line_reader *r, size_t window)
{
    if (window == r->window)
        return;
    r->data = mem_realloc(r->data, window + 1 + LINE_BLOCK_PADDING);
    memset(r->data + r->end, 0, window + 1 + LINE_BLOCK_PADDING - r->end);
    r->window = window;
}

line_reader *line_reader_new(size_t block_bytes)
{
    GM_ASSERT(block_bytes > 0);
    line_reader *r = mem_zalloc(sizeof *r);
    r->block_bytes = block_bytes;
    set_window(r, block_bytes);
    return r;
}

void line_reader_free(line_reader *r)
{
    if (r == NULL)
        return;
    mem_free(r->data);
    mem_free(r);
}

void line_reader_start(line_reader *r, codec *c, uint64_t max_line_bytes, log_counts *counts)
{
    GM_ASSERT(max_line_bytes <= LIMIT_LINE_BYTES_MAX);
    r->begin = 0;
    r->end = 0;
    set_window(r, r->block_bytes);
    r->source = c;
    r->counts = counts;
    r->max_line_bytes = max_line_bytes == 0 ? LIMIT_LINE_BYTES : (size_t)max_line_bytes;
    r->line = 1;
    r->line_end = LINE_END_UNKNOWN;
    r->is_start = true;
    r->is_skipping = false;
    r->at_end = false;
}

static void cr_to_lf(char *p, size_t n)
{
    for (char *end = p + n; (p = memchr(p, '\r', (size_t)(end - p))) != NULL;)
        *p = '\n';
}

/* data[from..end) is new. LF decides at once; CR alone only when something other than LF follows.
 */
static void mend_line_ends(line_reader *r, size_t from)
{
    const char *data = r->data + r->begin;
    size_t n = r->end - r->begin;
    if (r->line_end == LINE_END_UNKNOWN && n != 0) {
        if (memchr(data, '\n', n) != NULL)
            r->line_end = LINE_END_LF;
        else if (memchr(data, '\r', r->at_end ? n : n - 1) != NULL)
            r->line_end = LINE_END_CR;
        from = r->begin;
    }
    if (r->line_end == LINE_END_CR)
        cr_to_lf(r->data + from, r->end - from);
}

/* Moves the rest to the front and reads until the window is full or the log ends. What came before
 * an error stays: the codec reports the error again. */
static gm_status fill(line_reader *r, gm_error *err)
{
    size_t rest = r->end - r->begin;
    size_t window = r->block_bytes;
    size_t window_max = r->max_line_bytes + WINDOW_SLACK;
    if (rest != 0 && r->begin != 0)
        memmove(r->data, r->data + r->begin, rest);
    r->begin = 0;
    r->end = rest;
    if (rest >= window) {
        GM_ASSERT(rest < window_max);
        while (window <= rest)
            window = window > window_max / 2 ? window_max : window * 2;
    }
    set_window(r, window);
    gm_status status = GM_OK;
    while (r->end < r->window && !r->at_end) {
        size_t n;
        status = codec_read(r->source, r->data + r->end, r->window - r->end, &n, err);
        if (status != GM_OK)
            break;
        r->at_end = n == 0;
        r->end += n;
    }
    const codec_stats *stats = codec_get_stats(r->source);
    r->counts->bytes_in = stats->bytes_in;
    r->counts->bytes_out = stats->bytes_out;
    r->counts->members = stats->members;
    r->counts->trailing_bytes = stats->trailing_bytes;
    mend_line_ends(r, rest);
    return r->end > rest ? GM_OK : status;
}

/* A line's length without its CR. */
static size_t content_len(const char *s, size_t n)
{
    return n != 0 && s[n - 1] == '\r' ? n - 1 : n;
}

/* Drops what belongs to a line that is too long. A last CR stays while it may still be a line end.
 */
static void skip_rest(line_reader *r)
{
    const char *from = r->data + r->begin;
    const char *lf = memchr(from, '\n', r->end - r->begin);
    r->is_skipping = lf == NULL;
    if (lf != NULL)
        r->begin = (size_t)(lf - r->data) + 1;
    else if (r->line_end == LINE_END_UNKNOWN && r->begin != r->end && r->data[r->end - 1] == '\r')
        r->begin = r->end - 1;
    else
        r->begin = r->end;
}

/* The whole lines at begin, up to one that is too long. */
static void take_lines(line_reader *r, line_block *block)
{
    const char *from = r->data + r->begin;
    const char *end = r->data + r->end;
    const char *lf;
    uint64_t n_lines = 0;
    while (from != end && (lf = memchr(from, '\n', (size_t)(end - from))) != NULL) {
        size_t len = (size_t)(lf - from);
        if (len > r->max_line_bytes && content_len(from, len) > r->max_line_bytes)
            break;
        from = lf + 1;
        n_lines++;
    }
    block->data = r->data + r->begin;
    block->len = (size_t)(from - block->data);
    block->first_line = r->line;
    r->begin += block->len;
    r->line += n_lines;
    r->counts->lines += n_lines;
}

/* What stands at begin is a whole line that is too long, or no whole line. True when that changed
 * something: then it is to be looked at again before more is read. */
static bool take_partial(line_reader *r)
{
    char *from = r->data + r->begin;
    const char *lf = memchr(from, '\n', r->end - r->begin);
    size_t len = content_len(from, lf == NULL ? r->end - r->begin : (size_t)(lf - from));
    if (len > r->max_line_bytes) {
        log_counts_outcome(r->counts, LOG_TOO_LONG, r->line, from, len);
        r->counts->lines++;
        r->line++;
        r->is_skipping = true;
        return true;
    }
    if (!r->at_end || r->begin == r->end)
        return false;
    r->data[r->end++] = '\n';
    return true;
}

static void drop_bom(line_reader *r)
{
    if (r->end - r->begin >= 3 && memcmp(r->data + r->begin, "\xef\xbb\xbf", 3) == 0)
        r->begin += 3;
    r->is_start = false;
}

gm_status line_reader_next(line_reader *r, line_block *block, gm_error *err)
{
    *block = (line_block){0};
    for (;;) {
        if (r->is_start && (r->at_end || r->end - r->begin >= 3))
            drop_bom(r);
        if (r->is_skipping)
            skip_rest(r);
        if (!r->is_start && !r->is_skipping) {
            take_lines(r, block);
            if (block->len != 0)
                return GM_OK;
            if (take_partial(r))
                continue;
        }
        if (r->at_end)
            return GM_OK;
        gm_status status = fill(r, err);
        if (status != GM_OK)
            return status;
    }
}
