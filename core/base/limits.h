/* SPDX-License-Identifier: Apache-2.0
 * limits.h - every ceiling of goalmill, in one place. Each has a test at, below and above it. */
#ifndef GM_BASE_LIMITS_H
#define GM_BASE_LIMITS_H

#define LIMIT_KIB(n) ((size_t)(n) << 10)
#define LIMIT_MIB(n) ((size_t)(n) << 20)

/* Configuration */
#define LIMIT_CONFIG_BYTES      LIMIT_MIB(4)
#define LIMIT_CONFIG_LINE_BYTES 1000 /* iniparser 4.1 cuts at 1024, continuations included */
#define LIMIT_NAME_BYTES        64
#define LIMIT_CONFIG_INCLUDES   1000
#define LIMIT_SECTIONS          20000
#define LIMIT_EXPRESSION_OPS    1024
#define LIMIT_EXPRESSION_DEPTH  64

/* Input */
#define LIMIT_LOGS           1000000
#define LIMIT_BLOCK_BYTES    LIMIT_KIB(512)
#define LIMIT_LINE_BYTES     LIMIT_MIB(16) /* default of max_line_bytes */
#define LIMIT_LINE_BYTES_MAX LIMIT_MIB(256)
#define LIMIT_JSON_DEPTH     64
#define LIMIT_PATH_ELEMENTS  16
#define LIMIT_EXAMPLES       3
#define LIMIT_EXAMPLE_BYTES  160

/* Time zones */
#define LIMIT_ZONE_BYTES       LIMIT_KIB(256) /* of a TZif file; the largest is 4 KiB */
#define LIMIT_ZONE_INDEX_BYTES LIMIT_MIB(1)   /* of tzdata.zi, read for suggestions */

/* Events */
#define LIMIT_BATCH_ROWS   65536
#define LIMIT_COLUMNS      512
#define LIMIT_DICT_ENTRIES 65536
#define LIMIT_DICT_BYTES   LIMIT_MIB(4) /* of text, of one column in one log; passed by one entry */
#define LIMIT_GROUPS       1000000      /* of one metric in one bundle of logs */
#define LIMIT_CELLS        4000000      /* groups times buckets, likewise */
#define LIMIT_GROUP_BY     8

/* Plugins */
#define LIMIT_PLUGIN_BYTES   LIMIT_MIB(256)
#define LIMIT_PLUGIN_METRICS 256
#define LIMIT_PLUGIN_PARAMS  256 /* likewise fields and outputs */
#define LIMIT_PLUGIN_ENUM    256
#define LIMIT_PLUGIN_TEXT    LIMIT_KIB(64)

/* Metrics */
#define LIMIT_METRICS     4096
#define LIMIT_BUCKETS     20000 /* of a period: each is a point of every series */
#define LIMIT_GOALS       20000
#define LIMIT_STATE_BYTES LIMIT_MIB(512) /* default of metric_memory_max */
#define LIMIT_ERROR_TEXT  1024           /* bytes of a plugin's error */

/* Parts */
#define LIMIT_PART_BLOCK_BYTES     LIMIT_KIB(64) /* raw, unless a single entry is larger */
#define LIMIT_PART_STATE_BYTES     LIMIT_MIB(1024)
#define LIMIT_PART_DIRECTORY_BYTES LIMIT_MIB(1024)
#define LIMIT_PART_SLOTS           16 /* ranges of the hash of groups; fixed by the format */

/* Between processes */
#define LIMIT_ANSWER_BYTES LIMIT_MIB(1024)

/* Rules */
#define LIMIT_RULE_SOURCE_BYTES LIMIT_KIB(256)
#define LIMIT_RULE_MEMORY_BYTES LIMIT_MIB(32)
#define LIMIT_RULE_BLOCK_BYTES  LIMIT_MIB(4)
#define LIMIT_RULE_STRING_BYTES LIMIT_KIB(64)
#define LIMIT_RULE_FUEL         5000000
#define LIMIT_RULE_FUEL_MAX     50000000
#define LIMIT_RULE_REASONS      16
#define LIMIT_RULE_EVIDENCE     64
#define LIMIT_RULE_STACK_BYTES  LIMIT_KIB(512)
#define LIMIT_RULE_TEXT_BYTES   1024 /* a reason, a text of evidence, a doc */
#define LIMIT_RULE_ITEMS        64   /* inputs, params, values of one_of, numbers of a param */

/* Outputs */
#define LIMIT_REPORT_BYTES LIMIT_MIB(2048) /* of one file */

#endif
