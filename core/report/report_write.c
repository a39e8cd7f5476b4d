/* SPDX-License-Identifier: Apache-2.0
 * report_write.c - all files of a run into its folder, which is still aside, then one sync for all.
 */
#include "base/file.h"
#include "base/limits.h"
#include "base/mem.h"
#include "report/report.h"

/* Writes what text holds as folder/name. */
static gm_status save(const char *folder, const char *name, const bytes *text, gm_error *err)
{
    char *path = file_join(folder, name);
    gm_status status;
    if (text->failed)
        status = error_set(err, GM_E_LIMIT, "'%s' would be larger than %zu bytes", path, text->max);
    else
        status = file_put(path, text->data, text->len, err);
    mem_free(path);
    return status;
}

static gm_status save_one(const report *r, const char *folder, const char *name,
                          void (*write)(const report *, bytes *), gm_error *err)
{
    bytes text;
    bytes_init(&text, LIMIT_REPORT_BYTES);
    write(r, &text);
    gm_status status = save(folder, name, &text, err);
    bytes_deinit(&text);
    return status;
}

/* A line for each goal. */
static void scorecards_write(const report *r, bytes *out)
{
    for (uint32_t i = 0; i < r->plan->n_goals; i++)
        scorecard_json_write(r, i, false, out);
}

static gm_status save_scorecards(const report *r, const char *folder, gm_error *err)
{
    char *cards = file_join(folder, "scorecards");
    bytes text;
    bytes_init(&text, LIMIT_REPORT_BYTES);
    gm_status status = file_make_folders(cards, err);
    for (uint32_t i = 0; status == GM_OK && i < r->plan->n_goals; i++) {
        char *name = mem_printf("%s.json", r->plan->goals[i].config->name);
        bytes_clear(&text);
        scorecard_json_write(r, i, true, &text);
        status = save(cards, name, &text, err);
        mem_free(name);
    }
    bytes_deinit(&text);
    mem_free(cards);
    return status;
}

gm_status report_write(const report *r, const char *folder, gm_error *err)
{
    static const struct {
        const char *name;
        void (*write)(const report *, bytes *);
    } files[] = {
        {"metrics.ndjson", metrics_ndjson_write},
        {"scorecards.ndjson", scorecards_write},
        {"areas.json", areas_json_write},
        {"report.md", report_md_write},
        {"run.json", run_json_write},
    };
    gm_status status = save_scorecards(r, folder, err);
    for (size_t i = 0; status == GM_OK && i < sizeof files / sizeof *files; i++)
        status = save_one(r, folder, files[i].name, files[i].write, err);
    if (status == GM_OK)
        status = file_sync_all(folder, err);
    return status;
}
