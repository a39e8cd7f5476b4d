/* SPDX-License-Identifier: Apache-2.0
 * terminal_table.c - the table that a run ends with: goals by area, then a summary and what was
 * left out. Widths are columns of the terminal, not bytes. When it is narrow the interval goes
 * first, then the change, the target and the value; titles are cut, but never below a few columns.
 */
#include <string.h>

#include "base/arena.h"
#include "base/limits.h"
#include "base/text.h"
#include "report/figure_text.h"
#include "report/goal_view.h"
#include "report/report.h"
#include "report/report_text.h"
#include "report/terminal_notes.h"

typedef enum table_column {
    COLUMN_TITLE,
    COLUMN_STATUS,
    COLUMN_SCORE,
    COLUMN_VALUE,    /* without the interval */
    COLUMN_INTERVAL, /* value and interval; stands in place of VALUE */
    COLUMN_TARGET,
    COLUMN_CHANGE,
    COLUMNS
} table_column;

enum {
    WIDTH_MIN = 40, /* a terminal that says it is narrower is treated as this wide */
    TITLE_MIN = 20, /* a column goes rather than that titles get narrower */
    GAP = 2,
    INDENT = 2 /* of goals below their area */
};

typedef enum row_kind { ROW_HEAD, ROW_AREA, ROW_GOAL } row_kind;

typedef struct table_row {
    row_kind kind;
    scorecard_status status;
    const char *cells[COLUMNS];
    size_t widths[COLUMNS]; /* in columns; the title's with its indent */
} table_row;

typedef struct table {
    arena memory; /* owns rows and texts */
    table_row *rows;
    uint32_t n_rows;
    bool is_shown[COLUMNS];
    size_t widths[COLUMNS];
} table;

static const char *const none = "–";

static void set_cell(table_row *row, table_column column, const char *text)
{
    row->cells[column] = text;
    row->widths[column] = text_width(text, strlen(text));
    if (column == COLUMN_TITLE && row->kind == ROW_GOAL)
        row->widths[column] += INDENT;
}

/* A text of users, made fit for a terminal. */
static const char *plain_text(table *t, const char *s)
{
    bytes text;
    bytes_init(&text, LIMIT_MIB(1));
    report_text_plain(&text, s);
    const char *copy = arena_strndup(&t->memory, (const char *)text.data, text.len);
    bytes_deinit(&text);
    return copy;
}

static const char *score_text(table *t, bool has_score, double score)
{
    char text[FIGURE_TEXT_SIZE];
    if (!has_score)
        return none;
    figure_text_score(score, text);
    return arena_strdup(&t->memory, text);
}

static table_row *add_row(table *t, row_kind kind, const char *title)
{
    table_row *row = &t->rows[t->n_rows++];
    row->kind = kind;
    for (uint32_t c = 0; c < COLUMNS; c++)
        set_cell(row, (table_column)c, "");
    set_cell(row, COLUMN_TITLE, title);
    return row;
}

static void add_head(table *t)
{
    static const char *const names[COLUMNS] = {"Goal",  "Status", "Score", "Value",
                                               "Value", "Target", "Change"};
    table_row *row = add_row(t, ROW_HEAD, names[0]);
    for (uint32_t c = 0; c < COLUMNS; c++)
        set_cell(row, (table_column)c, names[c]);
}

static void add_area(table *t, const report *r, uint32_t index)
{
    const scorecard_area *area = &r->scorecards->areas[index];
    table_row *row = add_row(t, ROW_AREA, plain_text(t, goal_view_area_title(r, index)));
    row->status = area->status;
    set_cell(row, COLUMN_STATUS, goal_view_status_words(area->status));
    set_cell(row, COLUMN_SCORE, score_text(t, area->has_score, area->score));
}

static void set_figures(table *t, table_row *row, const goal_view *view)
{
    const char *unit = view->first != NULL ? view->first->unit : "";
    char text[FIGURE_TEXT_SIZE], interval[FIGURE_TEXT_SIZE];
    set_cell(row, COLUMN_VALUE, none);
    set_cell(row, COLUMN_INTERVAL, none);
    if (view->first != NULL) {
        figure_text_value(&view->first->current, unit, text);
        figure_text_interval(&view->first->current, unit, interval);
        set_cell(row, COLUMN_VALUE, plain_text(t, text));
        set_cell(row, COLUMN_INTERVAL, row->cells[COLUMN_VALUE]);
        if (*interval != '\0')
            set_cell(row, COLUMN_INTERVAL,
                     arena_printf(&t->memory, "%s (%s)", row->cells[COLUMN_VALUE], interval));
    }
    set_cell(row, COLUMN_TARGET, none);
    if (view->goal->has_target) {
        figure_text_number(view->goal->target, unit, text);
        set_cell(row, COLUMN_TARGET, plain_text(t, text));
    }
    figure_text_change(view->change, text);
    set_cell(row, COLUMN_CHANGE, *text != '\0' ? arena_strdup(&t->memory, text) : none);
}

static void add_goal(table *t, const report *r, uint32_t index)
{
    goal_view view = goal_view_of(r, index);
    table_row *row = add_row(t, ROW_GOAL, plain_text(t, view.title));
    row->status = view.card->status;
    set_cell(row, COLUMN_STATUS, goal_view_status_words(view.card->status));
    set_cell(row, COLUMN_SCORE, score_text(t, view.card->has_score, view.card->score));
    set_figures(t, row, &view);
}

static void fill(table *t, const report *r)
{
    const scorecard_set *set = r->scorecards;
    size_t n_rows = 1; /* the head */
    for (uint32_t i = 0; i < set->n_areas; i++)
        n_rows += 1 + (size_t)set->areas[i].n_children;
    arena_init(&t->memory, 0);
    t->rows = arena_zpush(&t->memory, n_rows * sizeof *t->rows);
    add_head(t);
    for (uint32_t i = 0; i < set->n_areas; i++) {
        add_area(t, r, i);
        for (uint32_t k = 0; k < set->areas[i].n_children; k++)
            add_goal(t, r, set->areas[i].children[k].goal);
    }
    GM_ASSERT(t->n_rows == n_rows);
}

static size_t widest(const table *t, table_column column)
{
    size_t width = 0;
    for (uint32_t i = 0; i < t->n_rows; i++)
        if (t->rows[i].widths[column] > width)
            width = t->rows[i].widths[column];
    return width;
}

static size_t total_width(const table *t)
{
    size_t width = t->widths[COLUMN_TITLE];
    for (uint32_t c = COLUMN_TITLE + 1; c < COLUMNS; c++)
        if (t->is_shown[c])
            width += GAP + t->widths[c];
    return width;
}

/* Which columns are shown, and how wide: takes away until the rest fits. */
static void lay_out(table *t, uint32_t width)
{
    static const table_column order[] = {COLUMN_INTERVAL, COLUMN_CHANGE, COLUMN_TARGET,
                                         COLUMN_VALUE};
    for (uint32_t c = 0; c < COLUMNS; c++) {
        t->widths[c] = widest(t, (table_column)c);
        t->is_shown[c] = c != COLUMN_VALUE;
    }
    if (width == 0)
        return;
    size_t title = t->widths[COLUMN_TITLE];
    t->widths[COLUMN_TITLE] = title < TITLE_MIN ? title : TITLE_MIN;
    for (size_t i = 0; i < sizeof order / sizeof *order && total_width(t) > width; i++) {
        t->is_shown[order[i]] = false;
        if (order[i] == COLUMN_INTERVAL)
            t->is_shown[COLUMN_VALUE] = true;
    }
    GM_ASSERT(total_width(t) <= width);
    size_t left = width - (total_width(t) - t->widths[COLUMN_TITLE]);
    t->widths[COLUMN_TITLE] = title < left ? title : left;
}

static void put_blanks(size_t n, bytes *out)
{
    for (size_t i = 0; i < n; i++)
        bytes_u8(out, ' ');
}

/* Returns the blanks that fill up its column. */
static size_t put_title(const table *t, const table_row *row, bytes *out)
{
    size_t room = t->widths[COLUMN_TITLE];
    size_t indent = row->kind == ROW_GOAL ? INDENT : 0;
    const char *title = row->cells[COLUMN_TITLE];
    size_t n = strlen(title);
    put_blanks(indent, out);
    if (row->widths[COLUMN_TITLE] <= room) {
        bytes_put(out, title, n);
        return room - row->widths[COLUMN_TITLE];
    }
    size_t cut = text_fit(title, n, room - indent - 1);
    bytes_put(out, title, cut);
    bytes_printf(out, "…");
    return room - indent - 1 - text_width(title, cut);
}

static const char *color_of(const table_row *row, table_column column)
{
    if (row->kind == ROW_HEAD)
        return "\x1b[2m";
    if (column == COLUMN_TITLE)
        return row->kind == ROW_AREA ? "\x1b[1m" : NULL;
    if (column != COLUMN_STATUS)
        return NULL;
    switch (row->status) {
    case SCORECARD_MET:
    case SCORECARD_ON_TRACK:
        return "\x1b[32m";
    case SCORECARD_AT_RISK:
        return "\x1b[33m";
    case SCORECARD_MISSED:
    case SCORECARD_ERROR:
        return "\x1b[31m";
    case SCORECARD_NO_TARGET:
    case SCORECARD_LOW_N:
    case SCORECARD_NO_DATA:
    case SCORECARD_STATUSES:
        break;
    }
    return "\x1b[2m";
}

static void put_row(const table *t, const table_row *row, bool color, bytes *out)
{
    size_t pending = 0; /* blanks that stand only if something follows */
    for (uint32_t c = 0; c < COLUMNS; c++) {
        if (!t->is_shown[c])
            continue;
        bool is_right = c == COLUMN_SCORE || c == COLUMN_TARGET || c == COLUMN_CHANGE;
        const char *code = color ? color_of(row, (table_column)c) : NULL;
        bool is_empty = *row->cells[c] == '\0';
        size_t pad = c == COLUMN_TITLE ? 0 : t->widths[c] - row->widths[c];
        if (c != COLUMN_TITLE)
            pending += GAP;
        if (is_empty && c != COLUMN_TITLE) {
            pending += pad;
            continue;
        }
        put_blanks(pending + (is_right ? pad : 0), out);
        pending = is_right ? 0 : pad;
        bytes_printf(out, "%s", code != NULL ? code : "");
        if (c == COLUMN_TITLE)
            pending = put_title(t, row, out);
        else
            bytes_printf(out, "%s", row->cells[c]);
        bytes_printf(out, "%s", code != NULL ? "\x1b[0m" : "");
    }
    bytes_u8(out, '\n');
}

void terminal_table_write(const report *r, const terminal_options *options, bytes *out)
{
    terminal_options fitted = *options;
    if (fitted.width > 0 && fitted.width < WIDTH_MIN)
        fitted.width = WIDTH_MIN;
    table t = {0};
    fill(&t, r);
    lay_out(&t, fitted.width);
    for (uint32_t i = 0; i < t.n_rows; i++)
        put_row(&t, &t.rows[i], fitted.color, out);
    bytes_u8(out, '\n');
    terminal_notes_summary(r, &fitted, out);
    terminal_notes_warnings(r, &fitted, out);
    arena_deinit(&t.memory);
}
