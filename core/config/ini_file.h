/* SPDX-License-Identifier: Apache-2.0
 * ini_file.h - an ini file, read by two readers that must agree.
 *
 * iniparser is the format's reference: what it reads is what the file says. ini_scan knows the
 * places. A difference between them is an error with advice, so no value is ever silently another
 * one. */
#ifndef GM_CONFIG_INI_FILE_H
#define GM_CONFIG_INI_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"
#include "config/ini_scan.h"

/* Reads path into out (zeroed; ini_scan_deinit() is the caller's, also on failure). path is
 * borrowed for the life of the scan. False: at least one entry was added to errors. */
bool ini_file_read(ini_scan *out, const char *path, arena *memory, error_list *errors);

/* The same of a text that is in memory already; path is what errors call it. */
bool ini_file_parse(ini_scan *out, const char *path, const char *text, size_t n, arena *memory,
                    error_list *errors);

/* Lets iniparser read the text that scan came from, without errors, and compares every section, key
 * and value. False: at least one entry was added to errors. Not for several threads at once. */
bool ini_file_compare(const ini_scan *scan, const char *path, const char *text, size_t n,
                      error_list *errors);

#endif
