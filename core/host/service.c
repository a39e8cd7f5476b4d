/* SPDX-License-Identifier: Apache-2.0
 * service.c - see service.h. Each block carries its size in front, so that the budget is exact. */
#include "host/service.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <goalmill/version.h>

#include "base/error.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/message.h"
#include "base/text.h"

#include "host/extension.h"

enum { HEAD_BYTES = 16 }; /* keeps blocks 16-byte aligned */
/* Longer than what is kept, so that text_excerpt() sees that there was more and cuts between
 * letters. */
enum { RAW_TEXT_BYTES = LIMIT_ERROR_TEXT + 8 };

static service *self_of(const gm_host *host)
{
    return host->ctx;
}

static bool admit(service *s, uint64_t more, uint64_t less)
{
    if (more > s->budget || s->used - less > s->budget - more) {
        s->over_budget = true;
        return false;
    }
    s->used = s->used - less + more;
    if (s->used > s->used_max)
        s->used_max = s->used;
    return true;
}

static void *host_alloc(const gm_host *host, size_t n)
{
    service *s = self_of(host);
    if (n > SIZE_MAX - HEAD_BYTES || !admit(s, n, 0))
        return NULL;
    uint8_t *block = mem_try_alloc(n + HEAD_BYTES);
    if (block == NULL) {
        s->used -= n;
        s->over_budget = true;
        return NULL;
    }
    uint64_t size = n;
    memcpy(block, &size, sizeof size);
    return block + HEAD_BYTES;
}

static uint64_t size_of(const uint8_t *block)
{
    uint64_t size;
    memcpy(&size, block, sizeof size);
    return size;
}

static void *host_realloc(const gm_host *host, void *p, size_t n)
{
    if (p == NULL)
        return host_alloc(host, n);
    service *s = self_of(host);
    uint8_t *block = (uint8_t *)p - HEAD_BYTES;
    uint64_t old = size_of(block);
    if (n > SIZE_MAX - HEAD_BYTES || !admit(s, n, old))
        return NULL;
    uint8_t *grown = mem_try_realloc(block, n + HEAD_BYTES);
    if (grown == NULL) {
        s->used = s->used - n + old;
        s->over_budget = true;
        return NULL;
    }
    uint64_t size = n;
    memcpy(grown, &size, sizeof size);
    return grown + HEAD_BYTES;
}

static void host_free(const gm_host *host, void *p)
{
    if (p == NULL)
        return;
    service *s = self_of(host);
    uint8_t *block = (uint8_t *)p - HEAD_BYTES;
    GM_ASSERT(size_of(block) <= s->used);
    s->used -= size_of(block);
    mem_free(block);
}

static void host_log(const gm_host *host, int32_t level, const char *fmt, ...) GM_PRINTF(3, 4);

static void host_log(const gm_host *host, int32_t level, const char *fmt, ...)
{
    char text[RAW_TEXT_BYTES], clean[LIMIT_ERROR_TEXT];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(text, sizeof text, fmt, args); /* cut is fine */
    va_end(args);
    text_excerpt(clean, sizeof clean, text, strlen(text));
    const service *s = self_of(host);
    if (level >= GM_LOG_ERROR)
        message_error("metric '%s': %s", s->owner, clean);
    else if (level == GM_LOG_WARN)
        message_warn("metric '%s': %s", s->owner, clean);
    else if (level == GM_LOG_INFO)
        message_info("metric '%s': %s", s->owner, clean);
}

static gm_status host_error(const gm_host *host, gm_status code, const char *fmt, ...)
    GM_PRINTF(3, 4);

static gm_status host_error(const gm_host *host, gm_status code, const char *fmt, ...)
{
    service *s = self_of(host);
    char text[RAW_TEXT_BYTES];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(text, sizeof text, fmt, args); /* cut is fine */
    va_end(args);
    text_excerpt(s->error, sizeof s->error, text, strlen(text));
    return code;
}

static uint64_t host_hash64(const void *p, size_t n, uint64_t seed)
{
    return hash_64(p, n, seed);
}

/* Folded calls are short: nothing asks for an early end yet. */
static int32_t host_cancelled(const gm_host *host)
{
    (void)host; /* the answer does not depend on who asks */
    return 0;
}

static const void *host_get_extension(const gm_host *host, const char *id)
{
    (void)host; /* every plugin gets the same services */
    return extension_find(id);
}

void service_init(service *s, const char *owner, uint64_t budget)
{
    memset(s, 0, sizeof *s);
    s->owner = owner;
    s->budget = budget;
    s->host = (gm_host){
        .struct_size = sizeof s->host,
        .abi_major = GM_ABI_MAJOR,
        .abi_minor = GM_ABI_MINOR,
        .name = "goalmill",
        .version = GOALMILL_VERSION,
        .ctx = s,
        .alloc = host_alloc,
        .realloc = host_realloc,
        .free = host_free,
        .log = host_log,
        .error = host_error,
        .hash64 = host_hash64,
        .cancelled = host_cancelled,
        .get_extension = host_get_extension,
    };
}

const char *service_error_text(const service *s)
{
    return s->error;
}

void service_clear_error(service *s)
{
    s->error[0] = '\0';
    s->over_budget = false;
}
