/* SPDX-License-Identifier: Apache-2.0
 * terminal_notes.h - what stands below the table on the terminal: the summary, and what was left
 * out. */
#ifndef GM_REPORT_TERMINAL_NOTES_H
#define GM_REPORT_TERMINAL_NOTES_H

#include "report/report.h"

/* "5 goals: 2 met, 1 at risk, … · overall 72". width 0: no line breaks; likewise below. */
void terminal_notes_summary(const report *r, const terminal_options *options, bytes *out);
/* A line for each thing that was left out; bad logs by name. Nothing when there is nothing. */
void terminal_notes_warnings(const report *r, const terminal_options *options, bytes *out);

#endif
