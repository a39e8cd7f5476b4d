/* SPDX-License-Identifier: Apache-2.0
 * config_heading.c - which names each kind of section may have; see config_heading.h. */
#include "config/config_heading.h"

#include <stdarg.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "config/config_keys.h"

enum { EXCERPT_BYTES = 64 };

config_kind config_heading_kind(const ini_section *section)
{
    for (unsigned i = 0; i < CONFIG_KIND_UNKNOWN; i++) {
        if (strcmp(section->kind, config_keys_sections[i]) == 0)
            return (config_kind)i;
    }
    return CONFIG_KIND_UNKNOWN;
}

bool config_heading_fits(const char *pattern, const char *name)
{
    /* "*" stands for all, "brand.*" for what begins with "brand." */
    return strncmp(pattern, name, strlen(pattern) - 1) == 0;
}

/* Adds an error at the heading; false. */
static bool fault(const ini_section *at, error_list *errors, const char *fmt, ...) GM_PRINTF(3, 4);

static bool fault(const ini_section *at, error_list *errors, const char *fmt, ...)
{
    char message[GM_ERROR_MESSAGE_MAX];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(message, sizeof message, fmt, args); /* cut is fine */
    va_end(args);
    error_list_addf(errors, at->path, at->line, at->column, "%s", message);
    return false;
}

static bool unknown_kind(const ini_section *section, error_list *errors)
{
    char excerpt[EXCERPT_BYTES];
    if (section->kind[0] == '\0')
        return false; /* reported when it was read */
    text_excerpt(excerpt, sizeof excerpt, section->kind, strlen(section->kind));
    const char *near = text_suggest(section->kind, config_keys_sections, CONFIG_KIND_UNKNOWN);
    if (near != NULL)
        return fault(section, errors, "unknown section '%s'; did you mean '%s'?", excerpt, near);
    return fault(section, errors,
                 "unknown section '%s'; there are run, source, metric, goal and area", excerpt);
}

static bool check_run(const ini_section *section, const char *main_path, error_list *errors)
{
    if (section->name[0] != '\0')
        return fault(section, errors,
                     "[run] takes no name; write [run] and 'name = \xE2\x80\xA6' below");
    if (strcmp(section->path, main_path) != 0)
        return fault(section, errors, "an included file has no [run]; move its keys to %s",
                     main_path);
    return true;
}

/* "*", and for goals "brand.*". */
static bool is_pattern_of(config_kind kind, const char *name)
{
    size_t n = strlen(name);
    if (strcmp(name, "*") == 0)
        return true;
    return kind == CONFIG_KIND_GOAL && n > 2 && n <= LIMIT_NAME_BYTES &&
           strcmp(name + n - 2, ".*") == 0 && text_is_name(name, n - 2, true);
}

bool config_heading_check(const ini_section *section, const char *main_path, bool *is_pattern,
                          error_list *errors)
{
    config_kind kind = config_heading_kind(section);
    *is_pattern = false;
    if (kind == CONFIG_KIND_UNKNOWN)
        return unknown_kind(section, errors);
    if (kind == CONFIG_KIND_RUN)
        return check_run(section, main_path, errors);
    bool has_defaults = kind == CONFIG_KIND_SOURCE || kind == CONFIG_KIND_GOAL;
    bool has_dots = kind == CONFIG_KIND_GOAL || kind == CONFIG_KIND_AREA;
    size_t n = strlen(section->name);
    *is_pattern = is_pattern_of(kind, section->name);
    if (*is_pattern && !has_defaults)
        return fault(section, errors, "[%s *]: only sources and goals have defaults",
                     section->kind);
    if (*is_pattern)
        return true;
    if (n == 0)
        return fault(section, errors, "[%s] needs a name: [%s NAME]", section->kind, section->kind);
    if (n > LIMIT_NAME_BYTES)
        return fault(section, errors, "a name of %zu bytes; at most %u are possible", n,
                     (unsigned)LIMIT_NAME_BYTES);
    if (text_is_name(section->name, n, has_dots))
        return true;
    char excerpt[EXCERPT_BYTES];
    text_excerpt(excerpt, sizeof excerpt, section->name, n);
    return fault(section, errors,
                 "'%s' is not a name: names begin with a letter and are made of a-z, 0-9 and '_'%s",
                 excerpt, has_dots ? ", with dots between parts" : " (dots: goals and areas only)");
}
