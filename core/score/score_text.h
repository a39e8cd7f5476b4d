/* SPDX-License-Identifier: Apache-2.0
 * score_text.h - numbers in the sentences of a scorecard, as reports write them: rounded to what a
 * reader can use, a comma between thousands, no locale. Texts go to the caller's buffer. */
#ifndef GM_SCORE_SCORE_TEXT_H
#define GM_SCORE_SCORE_TEXT_H

#include <stdint.h>

enum { SCORE_TEXT_SIZE = 160, SCORE_TEXT_DECIMALS_MAX = 9 };

/* decimals: that many, zeros at the end kept; below 0: as many as give significant digits enough
 * (4 for a number, 3 for a share), zeros at the end cut. Infinite and NaN are "infinite" and
 * "not a number". */
void score_text_number(double v, int decimals, char text[SCORE_TEXT_SIZE]);
/* 0.241 is "24.1 %". Never rounded up to 100 %. */
void score_text_share(double v, int decimals, char text[SCORE_TEXT_SIZE]);
/* The two largest parts: 5400 is "1 h 30 min", 0.412 is "412 ms". */
void score_text_duration(double seconds, char text[SCORE_TEXT_SIZE]);
/* Of minor units: 19990, "CNY" is "199.90 CNY"; as many decimals as the currency has (ISO 4217).
 * currency NULL or "": two decimals, no name. */
void score_text_money(double minor, const char *currency, char text[SCORE_TEXT_SIZE]);
/* By the unit of a value: "1" a share; s, ms, us, min, h, d a duration; three capitals money in
 * minor units; "" or NULL the number alone; any other name stands behind the number. */
void score_text_unit(double v, const char *unit, char text[SCORE_TEXT_SIZE]);
/* 5000000 is "5,000,000". */
void score_text_count(uint64_t n, char text[SCORE_TEXT_SIZE]);

#endif
