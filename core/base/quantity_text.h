/* SPDX-License-Identifier: Apache-2.0
 * quantity_text.h - numbers for people, in sentences and tables: by unit, rounded to what a reader
 * can use, a comma between thousands, no locale. Texts go to the caller's buffer. Exact figures
 * stand in the JSON files. */
#ifndef GM_BASE_QUANTITY_TEXT_H
#define GM_BASE_QUANTITY_TEXT_H

#include <stdint.h>

enum { QUANTITY_TEXT_SIZE = 160, QUANTITY_TEXT_DECIMALS_MAX = 9 };

/* decimals: that many, zeros at the end kept; below 0: as many as give significant digits enough
 * (4 for a number, 3 for a share), zeros at the end cut. Infinite and NaN are "infinite" and
 * "not a number". */
void quantity_text_number(double v, int decimals, char text[QUANTITY_TEXT_SIZE]);
/* 0.241 is "24.1 %". Never rounded up to 100 %. */
void quantity_text_share(double v, int decimals, char text[QUANTITY_TEXT_SIZE]);
/* The two largest parts: 5400 is "1 h 30 min", 0.412 is "412 ms". */
void quantity_text_duration(double seconds, char text[QUANTITY_TEXT_SIZE]);
/* Of minor units: 19990, "CNY" is "199.90 CNY"; as many decimals as the currency has (ISO 4217).
 * currency NULL or "": two decimals, no name. */
void quantity_text_money(double minor, const char *currency, char text[QUANTITY_TEXT_SIZE]);
/* By the unit of a value: "1" a share; s, ms, us, min, h, d a duration; three capitals money in
 * minor units. A word in lower case ("events") names what is counted, which a title says already:
 * the number alone, as for "" and NULL. Any other name stands behind the number: "0.084
 * events/actor". */
void quantity_text_unit(double v, const char *unit, char text[QUANTITY_TEXT_SIZE]);
/* quantity_text_unit() without the name of a unit, for the second of two numbers. */
void quantity_text_bare(double v, const char *unit, char text[QUANTITY_TEXT_SIZE]);
/* 5000000 is "5,000,000". */
void quantity_text_count(uint64_t n, char text[QUANTITY_TEXT_SIZE]);

#endif
