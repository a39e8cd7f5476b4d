/* SPDX-License-Identifier: Apache-2.0
 * report_text.h - texts of users, logs and plugins into the outputs. Any bytes may come in; what
 * goes out is well-formed UTF-8 and can neither break the format nor move the cursor of a terminal.
 */
#ifndef GM_REPORT_REPORT_TEXT_H
#define GM_REPORT_REPORT_TEXT_H

#include "base/bytes.h"
#include "base/json_writer.h"

/* NULL is null. */
void report_text_json(json_writer *w, const char *s);
void report_text_json_pair(json_writer *w, const char *key, const char *s);
void report_text_json_key(json_writer *w, const char *key);

/* One line: line breaks and tabs become blanks, other control characters and those that turn the
 * direction of writing become '.'. */
void report_text_plain(bytes *out, const char *s);
/* The same for Markdown: nothing in it is markup. The second is for a text that starts a line or a
 * bullet, where "1. x" would be a list; it is never empty. */
void report_text_markdown(bytes *out, const char *s);
void report_text_markdown_line(bytes *out, const char *s);
/* The same as a code span. */
void report_text_code(bytes *out, const char *s);

#endif
