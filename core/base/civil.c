/* SPDX-License-Identifier: Apache-2.0
 * civil.c - calendar dates; see civil.h. Time zones are in civil_zone.c.
 *
 * Days are counted in eras of 400 years = 146,097 days that start on 1 March, so that the leap day
 * is the last of its year (Hinnant, "chrono-compatible low-level date algorithms"). */
#include "base/civil.h"

#include <stdio.h>

#define DAYS_PER_ERA  146097
#define DAYS_TO_1970  719468 /* from 0000-03-01 */
#define YEARS_PER_ERA 400

int32_t civil_to_days(civil_date date)
{
    GM_ASSERT(date.month >= 1 && date.month <= 12);
    int64_t year = (int64_t)date.year - (date.month <= 2 ? 1 : 0);
    int64_t era = (year >= 0 ? year : year - (YEARS_PER_ERA - 1)) / YEARS_PER_ERA;
    int64_t of_era = year - era * YEARS_PER_ERA;
    int64_t from_march = (date.month + 9) % 12;
    int64_t day = (153 * from_march + 2) / 5 + (int64_t)date.day - 1;
    day += of_era * 365 + of_era / 4 - of_era / 100;
    return (int32_t)(era * DAYS_PER_ERA + day - DAYS_TO_1970);
}

civil_date civil_from_days(int32_t days)
{
    int64_t z = (int64_t)days + DAYS_TO_1970;
    int64_t era = (z >= 0 ? z : z - (DAYS_PER_ERA - 1)) / DAYS_PER_ERA;
    int64_t of_era = z - era * DAYS_PER_ERA;
    int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
    int64_t from_march = (5 * of_year + 2) / 153;
    civil_date date;
    date.day = (uint32_t)(of_year - (153 * from_march + 2) / 5 + 1);
    date.month = (uint32_t)(from_march < 10 ? from_march + 3 : from_march - 9);
    date.year = (int32_t)(year + era * YEARS_PER_ERA + (date.month <= 2 ? 1 : 0));
    return date;
}

static uint32_t month_length(int32_t year, uint32_t month)
{
    static const uint8_t lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return month == 2 && is_leap ? 29 : lengths[month - 1];
}

bool civil_is_valid(civil_date date)
{
    return date.year >= 1 && date.year <= 9999 && date.month >= 1 && date.month <= 12 &&
           date.day >= 1 && date.day <= month_length(date.year, date.month);
}

uint32_t civil_weekday(int32_t days)
{
    int64_t from_monday = ((int64_t)days + 3) % 7; /* 1970-01-01 was a Thursday */
    return (uint32_t)(from_monday < 0 ? from_monday + 7 : from_monday);
}

int32_t civil_add_months(int32_t days, int32_t months)
{
    civil_date date = civil_from_days(days);
    int64_t n = (int64_t)date.year * 12 + (int64_t)date.month - 1 + months;
    int64_t year = (n >= 0 ? n : n - 11) / 12;
    date.year = (int32_t)year;
    date.month = (uint32_t)(n - year * 12 + 1);
    uint32_t length = month_length(date.year, date.month);
    if (date.day > length)
        date.day = length;
    return civil_to_days(date);
}

bool civil_parse_date(const char *text, int32_t *days)
{
    uint32_t parts[3] = {0, 0, 0};
    static const char shape[] = "0000-11-22";
    for (size_t i = 0; i < sizeof shape; i++) {
        char c = text[i];
        if (shape[i] < '0') {
            if (c != shape[i])
                return false; /* also the end of text before its time */
            continue;
        }
        if (c < '0' || c > '9')
            return false;
        uint32_t *part = &parts[shape[i] - '0'];
        *part = *part * 10 + (uint32_t)(c - '0');
    }
    civil_date date = {.year = (int32_t)parts[0], .month = parts[1], .day = parts[2]};
    if (!civil_is_valid(date))
        return false;
    *days = civil_to_days(date);
    return true;
}

void civil_format_date(int32_t days, char text[CIVIL_DATE_SIZE])
{
    civil_date date = civil_from_days(days);
    int n = snprintf(text, CIVIL_DATE_SIZE, "%04d-%02u-%02u", date.year, date.month, date.day);
    GM_ASSERT(n > 0 && n < CIVIL_DATE_SIZE);
}
