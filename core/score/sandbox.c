/* SPDX-License-Identifier: Apache-2.0
 * sandbox.c - the meter, the allocator and the jump out; see sandbox.h.
 *
 * All blocks of a state hang on one list, which is how an abandoned state is freed. lua_close() is
 * never called: there is nothing to finalise. Lua has to be built as C; the self-test finds out. */
#include "score/sandbox.h"

#include <locale.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <lauxlib.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/quantity_text.h"

enum {
    HOOK_STEPS = 1000,
    BYTES_A_STEP = 64,
    ARRAY_BYTES_A_STEP = 16, /* of new arrays: the nodes of a table are filled at random */
    WEIGHT_TEXT_SHIFT = 8,   /* each 256 bytes of the longest text make instructions dearer */
    WEIGHT_STACK_SHIFT = 13, /* each 8 KiB of stack likewise */
    PROBE_TEXT = 100,
    PROBE_SLOTS = 200
};

typedef struct sandbox_block sandbox_block;
struct sandbox_block {
    _Alignas(16) sandbox_block *next;
    sandbox_block *prev;
};

struct sandbox {
    lua_State *L;
    void *user;
    sandbox_block blocks; /* head of a ring */
    size_t used;
    uint64_t fuel, spent;
    uint64_t weight; /* of one instruction, from 1 */
    size_t longest_text, stack_bytes;
    size_t text_overhead; /* bytes that Lua's block of a text has beside the text */
    const void *stack;    /* the block that holds the Lua stack */
    const void *newest;   /* the block that was made or moved last, and its size */
    size_t newest_bytes;
    bool is_armed, is_dead;
    bool was_refused;   /* the last growth: Lua collects garbage and asks again */
    uint32_t last_line; /* that the hook saw */
    locale_t c_locale, locale_before;
    jmp_buf out;
    char name[SANDBOX_NAME_MAX + 1];
    sandbox_fault fault;
};

static sandbox *sandbox_of(lua_State *L)
{
    return *(sandbox **)lua_getextraspace(L);
}

/* ---- stopping ------------------------------------------------------------------------------- */

/* The frames of the rule file, innermost first. Allocates nothing. */
static void look_at_frames(sandbox *sb)
{
    sandbox_fault *f = &sb->fault;
    lua_Debug ar;
    f->n_frames = 0;
    for (int level = 0; f->n_frames < SANDBOX_FRAMES_MAX && lua_getstack(sb->L, level, &ar);
         level++) {
        if (lua_getinfo(sb->L, "Sln", &ar) == 0 || ar.currentline <= 0)
            continue;
        sandbox_frame *frame = &f->frames[f->n_frames++];
        frame->line = (uint32_t)ar.currentline;
        text_excerpt(frame->function, sizeof frame->function, ar.name,
                     ar.name != NULL ? strlen(ar.name) : 0);
    }
    if (f->line == 0 && f->n_frames > 0)
        f->line = f->frames[0].line;
}

static void describe_end(sandbox *sb, sandbox_end end)
{
    char fuel[QUANTITY_TEXT_SIZE];
    const char *text = "";
    switch (end) {
    case SANDBOX_OUT_OF_FUEL:
        quantity_text_count(sb->fuel, fuel);
        (void)snprintf(sb->fault.message, sizeof sb->fault.message, "used more than %s steps",
                       fuel);
        return;
    case SANDBOX_OUT_OF_MEMORY:
        text = "needs more than 32 MiB of memory";
        break;
    case SANDBOX_BLOCK_TOO_LARGE:
        text = "made a table or a text that takes more than 4 MiB";
        break;
    case SANDBOX_TEXT_TOO_LONG:
        text = "made a text longer than 64 KiB";
        break;
    case SANDBOX_TOO_DEEP:
        text = "calls nest too deep, or pass too many values";
        break;
    case SANDBOX_RETURNED:
    case SANDBOX_RAISED:
    case SANDBOX_LEFT:
        break;
    }
    (void)snprintf(sb->fault.message, sizeof sb->fault.message, "%s", text);
}

_Static_assert(LIMIT_RULE_MEMORY_BYTES == LIMIT_MIB(32) && LIMIT_RULE_BLOCK_BYTES == LIMIT_MIB(4) &&
                   LIMIT_RULE_STRING_BYTES == LIMIT_KIB(64),
               "describe_end() names these");

/* can_look: the state is consistent. It is not while Lua moves its stack. */
static _Noreturn void stop(sandbox *sb, sandbox_end end, bool can_look)
{
    GM_ASSERT(sb->is_armed || end == SANDBOX_LEFT);
    sb->fault.end = end;
    sb->fault.line = 0;
    describe_end(sb, end);
    if (can_look)
        look_at_frames(sb);
    if (sb->fault.line == 0)
        sb->fault.line = sb->last_line;
    longjmp(sb->out, 1);
}

_Noreturn void sandbox_leave(lua_State *L)
{
    stop(sandbox_of(L), SANDBOX_LEFT, true);
}

/* ---- the meter ------------------------------------------------------------------------------ */

/* Does what was spent stay within the fuel? */
static bool spend(sandbox *sb, uint64_t steps)
{
    uint64_t left = sb->fuel - sb->spent;
    sb->spent = steps > left ? sb->fuel : sb->spent + steps;
    return steps <= left;
}

void sandbox_charge(lua_State *L, uint64_t steps)
{
    sandbox *sb = sandbox_of(L);
    if (sb->is_armed && !spend(sb, steps))
        stop(sb, SANDBOX_OUT_OF_FUEL, true);
}

void sandbox_charge_texts(lua_State *L, uint64_t steps)
{
    uint64_t weight = sandbox_of(L)->weight;
    sandbox_charge(L, steps > UINT64_MAX / weight ? UINT64_MAX : steps * weight);
}

static void count_hook(lua_State *L, lua_Debug *ar)
{
    sandbox *sb = sandbox_of(L);
    if (lua_getinfo(L, "l", ar) != 0 && ar->currentline > 0)
        sb->last_line = (uint32_t)ar->currentline;
    sandbox_charge(L, HOOK_STEPS * sb->weight);
}

static void update_weight(sandbox *sb)
{
    sb->weight = 1 + (uint64_t)(sb->longest_text >> WEIGHT_TEXT_SHIFT) +
                 (uint64_t)(sb->stack_bytes >> WEIGHT_STACK_SHIFT);
}

/* ---- memory --------------------------------------------------------------------------------- */

/* A new text of so many bytes as Lua's block. */
static void admit_text(sandbox *sb, size_t n)
{
    size_t length = n > sb->text_overhead ? n - sb->text_overhead : 0;
    if (length > LIMIT_RULE_STRING_BYTES)
        stop(sb, SANDBOX_TEXT_TOO_LONG, true);
    if (length > sb->longest_text) {
        sb->longest_text = length;
        update_weight(sb);
    }
}

/* May a block grow from old to n bytes? Stops the rule when a limit is passed; false makes Lua
 * collect garbage and ask once more. The Lua stack is never looked at while it is being moved. */
static bool admit_growth(sandbox *sb, bool is_stack, bool is_array, size_t old, size_t n)
{
    size_t steps = 1 + n / (is_array ? ARRAY_BYTES_A_STEP : BYTES_A_STEP);
    if (n > LIMIT_RULE_BLOCK_BYTES)
        stop(sb, SANDBOX_BLOCK_TOO_LARGE, true);
    if (!spend(sb, steps))
        stop(sb, SANDBOX_OUT_OF_FUEL, !is_stack);
    if (sb->used + (n - old) <= LIMIT_RULE_MEMORY_BYTES) {
        sb->was_refused = false;
        return true;
    }
    if (sb->was_refused)
        stop(sb, SANDBOX_OUT_OF_MEMORY, !is_stack);
    sb->was_refused = true;
    if (!spend(sb, sb->used / BYTES_A_STEP)) /* the garbage collection to come walks through all */
        stop(sb, SANDBOX_OUT_OF_FUEL, !is_stack);
    return false;
}

/* The stack is now in the newest block. */
static void note_stack(sandbox *sb, bool can_look)
{
    sb->stack = sb->newest;
    if (sb->newest_bytes > sb->stack_bytes) {
        sb->stack_bytes = sb->newest_bytes;
        update_weight(sb);
    }
    if (sb->is_armed && sb->newest_bytes > LIMIT_RULE_STACK_BYTES)
        stop(sb, SANDBOX_TOO_DEEP, can_look);
}

static void release(sandbox *sb, void *p, size_t n)
{
    if (p == NULL)
        return;
    bool was_stack = p == sb->stack;
    sandbox_block *b = (sandbox_block *)p - 1;
    b->prev->next = b->next;
    b->next->prev = b->prev;
    sb->used -= n;
    mem_free(b);
    if (was_stack) /* Lua 5.4.4 copies its stack to a new block and frees the old one at the end */
        note_stack(sb, true);
}

static void *resize(sandbox *sb, void *p, size_t old, size_t n)
{
    bool was_stack = p != NULL && p == sb->stack;
    sandbox_block *b = p != NULL ? (sandbox_block *)p - 1 : NULL;
    b = mem_realloc(b, sizeof *b + n);
    if (p == NULL) {
        b->next = &sb->blocks;
        b->prev = sb->blocks.prev;
    }
    b->next->prev = b;
    b->prev->next = b;
    sb->used += n - old;
    sb->newest = b + 1;
    sb->newest_bytes = n;
    if (was_stack) /* other releases let it be moved, with all pointers into it in between */
        note_stack(sb, false);
    return b + 1;
}

/* lua_Alloc. For a new block old is a tag of what it will be. */
static void *allocate(void *ud, void *p, size_t old, size_t n)
{
    sandbox *sb = ud;
    size_t had = p != NULL ? old : 0;
    if (n == 0) {
        release(sb, p, had);
        return NULL;
    }
    if (sb->is_armed && n > had) {
        if (p == NULL && old == LUA_TSTRING)
            admit_text(sb, n);
        bool is_stack = p != NULL && p == sb->stack;
        bool is_array = p == NULL && old == 0;
        if (!admit_growth(sb, is_stack, is_array, had, n))
            return NULL;
    }
    return resize(sb, p, had, n);
}

/* ---- life ----------------------------------------------------------------------------------- */

/* An error outside of a protected call, which is a mistake of ours. */
static int panic(lua_State *L)
{
    (void)L;
    GM_ASSERT(false);
    return 0;
}

/* Learns what Lua does not tell: how long the block of a text is, and which block is the stack. */
static void probe(sandbox *sb)
{
    char text[PROBE_TEXT];
    memset(text, '.', sizeof text);
    lua_pushlstring(sb->L, text, sizeof text);
    GM_ASSERT(sb->newest_bytes > PROBE_TEXT);
    sb->text_overhead = sb->newest_bytes - PROBE_TEXT;
    const void *before = sb->newest;
    int has_room = lua_checkstack(sb->L, PROBE_SLOTS);
    GM_ASSERT(has_room != 0 && sb->newest != before);
    note_stack(sb, false);
    lua_settop(sb->L, 0);
}

sandbox *sandbox_new(uint64_t fuel, void *user)
{
    GM_ASSERT(fuel > 0);
    sandbox *sb = mem_zalloc(sizeof *sb);
    sb->blocks.next = sb->blocks.prev = &sb->blocks;
    sb->fuel = fuel;
    sb->user = user;
    sb->weight = 1;
    sb->c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    GM_ASSERT(sb->c_locale != (locale_t)0);
    sb->L = lua_newstate(allocate, sb);
    GM_ASSERT(sb->L != NULL); /* the allocator refuses nothing yet */
    *(sandbox **)lua_getextraspace(sb->L) = sb;
    lua_atpanic(sb->L, panic);
    probe(sb);
    return sb;
}

void sandbox_free(sandbox *sb)
{
    if (sb == NULL)
        return;
    for (sandbox_block *b = sb->blocks.next; b != &sb->blocks;) {
        sandbox_block *next = b->next;
        mem_free(b);
        b = next;
    }
    freelocale(sb->c_locale);
    mem_free(sb);
}

void sandbox_arm(sandbox *sb)
{
    sb->is_armed = true;
    lua_sethook(sb->L, count_hook, LUA_MASKCOUNT, HOOK_STEPS);
}

void *sandbox_user(lua_State *L)
{
    return sandbox_of(L)->user;
}

const sandbox_fault *sandbox_get_fault(const sandbox *sb)
{
    return &sb->fault;
}

uint64_t sandbox_fuel_used(const sandbox *sb)
{
    return sb->spent;
}

/* ---- calls ---------------------------------------------------------------------------------- */

/* Splits "name:12: text" that Lua and luaL_error() put before a message. */
static const char *split_position(const sandbox *sb, const char *message, uint32_t *line)
{
    size_t n = strlen(sb->name);
    if (n == 0 || strncmp(message, sb->name, n) != 0 || message[n] != ':')
        return message;
    const char *p = message + n + 1;
    uint32_t number = 0;
    for (; *p >= '0' && *p <= '9' && number < 100000000; p++)
        number = number * 10 + (uint32_t)(*p - '0');
    if (number == 0 || strncmp(p, ": ", 2) != 0)
        return message;
    *line = number;
    return p + 2;
}

/* Keeps what an error says; an object that is no text is shown by its type only. */
static void keep_message(sandbox *sb, int index)
{
    sandbox_fault *f = &sb->fault;
    if (lua_type(sb->L, index) != LUA_TSTRING) {
        (void)snprintf(f->message, sizeof f->message, "raised an error that is a %s, not a text",
                       luaL_typename(sb->L, index));
        return;
    }
    const char *text = split_position(sb, lua_tostring(sb->L, index), &f->line);
    text_excerpt(f->message, sizeof f->message, text, strlen(text));
}

static int handle_error(lua_State *L)
{
    sandbox *sb = sandbox_of(L);
    sb->fault.end = SANDBOX_RAISED;
    sb->fault.line = 0;
    keep_message(sb, 1);
    look_at_frames(sb);
    return 1;
}

/* In a function of its own: what setjmp returns to has no locals that could be lost. */
static void call_protected(sandbox *sb, lua_CFunction body, void *arg)
{
    lua_State *L = sb->L;
    lua_settop(L, 0);
    lua_pushcfunction(L, handle_error);
    lua_pushcfunction(L, body);
    lua_pushlightuserdata(L, arg);
    int rc = lua_pcall(L, 1, 0, 1);
    if (rc == LUA_OK) {
        sb->fault.end = SANDBOX_RETURNED;
    } else if (rc == LUA_ERRMEM) {
        sb->fault.end = SANDBOX_OUT_OF_MEMORY;
        sb->fault.line = sb->last_line;
        describe_end(sb, SANDBOX_OUT_OF_MEMORY);
    } else if (rc != LUA_ERRRUN) { /* an error in the handler: it has kept nothing */
        sb->fault.end = SANDBOX_RAISED;
        keep_message(sb, -1);
    }
}

sandbox_end sandbox_call(sandbox *sb, lua_CFunction body, void *arg)
{
    GM_ASSERT(!sb->is_dead);
    memset(&sb->fault, 0, sizeof sb->fault);
    sb->locale_before = uselocale(sb->c_locale);
    if (setjmp(sb->out) == 0)
        call_protected(sb, body, arg);
    (void)uselocale(sb->locale_before);
    sb->is_dead = sb->fault.end != SANDBOX_RETURNED;
    return sb->fault.end;
}

void sandbox_load(lua_State *L, const char *name, const void *source, size_t n)
{
    sandbox *sb = sandbox_of(L);
    const char *text = source;
    size_t length = strlen(name);
    if (n >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {
        text += 3;
        n -= 3;
    }
    if (length <= SANDBOX_NAME_MAX) {
        memcpy(sb->name, name, length + 1);
    } else { /* its end tells more than its beginning */
        const char *tail = name + length - (SANDBOX_NAME_MAX - 3);
        while (((unsigned char)*tail & 0xC0) == 0x80)
            tail++;
        (void)snprintf(sb->name, sizeof sb->name, "...%s", tail);
    }
    const char *chunk = lua_pushfstring(L, "=%s", sb->name);
    int rc = luaL_loadbufferx(L, text, n, chunk, "t");
    if (rc != LUA_OK)
        (void)lua_error(L);
    lua_remove(L, -2);
    lua_insert(L, -2);
    const char *upvalue = lua_setupvalue(L, -2, 1);
    GM_ASSERT(upvalue != NULL); /* a chunk has _ENV */
}

/* ---- self-test ------------------------------------------------------------------------------ */

static int run_text(lua_State *L)
{
    const char *source = lua_touserdata(L, 1);
    lua_newtable(L);
    sandbox_load(L, "self-test", source, strlen(source));
    lua_call(L, 0, 0);
    return 0;
}

gm_status sandbox_self_test(gm_error *err)
{
    static char loop[] = "while true do end";
    static char bomb[] = "local s = 'x' while true do s = s .. s end";
    static const struct {
        char *source;
        sandbox_end end;
    } cases[] = {{loop, SANDBOX_OUT_OF_FUEL}, {bomb, SANDBOX_TEXT_TOO_LONG}};
    gm_status status = GM_OK;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sandbox *sb = sandbox_new(100000, NULL);
        sandbox_arm(sb);
        if (sandbox_call(sb, run_text, cases[i].source) != cases[i].end)
            status = error_set(err, GM_E_INTERNAL,
                               "this Lua library (%s) does not let a runaway rule be stopped",
                               LUA_RELEASE);
        sandbox_free(sb);
    }
    return status;
}
