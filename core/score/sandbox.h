/* SPDX-License-Identifier: Apache-2.0
 * sandbox.h - a Lua state that a rule cannot abuse by mistake: metered, bounded, thrown away.
 *
 * Fuel is a count of steps, not of time, so a rule that is stopped is stopped everywhere at the
 * same place. Instructions, allocated bytes and library calls draw on it. An instruction may walk
 * through all of a text (a comparison) or of the arguments (a vararg); so what one costs grows with
 * the longest text and the deepest stack that the rule has made so far.
 *
 * When fuel runs out, a limit is passed or sandbox_leave() is called, control goes to
 * sandbox_call() by longjmp: no pcall can catch it. The state is never touched again, its memory is
 * freed as a whole. For that reason C code that runs inside must own nothing outside of the Lua
 * state or an arena.
 *
 * One sandbox is used by one thread, for one goal. Text runs in the C locale. */
#ifndef GM_SCORE_SANDBOX_H
#define GM_SCORE_SANDBOX_H

#include <stddef.h>
#include <stdint.h>

#include <lua.h>

#include "base/error.h"

typedef struct sandbox sandbox;

typedef enum sandbox_end {
    SANDBOX_RETURNED,
    SANDBOX_RAISED, /* an error that nobody caught */
    SANDBOX_OUT_OF_FUEL,
    SANDBOX_OUT_OF_MEMORY,
    SANDBOX_BLOCK_TOO_LARGE,
    SANDBOX_TEXT_TOO_LONG,
    SANDBOX_TOO_DEEP,
    SANDBOX_LEFT /* sandbox_leave() */
} sandbox_end;

enum { SANDBOX_FRAMES_MAX = 20, SANDBOX_FUNCTION_MAX = 48, SANDBOX_NAME_MAX = 59 };
enum { SANDBOX_MESSAGE_MAX = 400 };

typedef struct sandbox_frame {
    uint32_t line;
    char function[SANDBOX_FUNCTION_MAX]; /* "" unless the code that calls it has a name for it */
} sandbox_frame;

/* Why a call did not return. */
typedef struct sandbox_fault {
    sandbox_end end;
    uint32_t line;                            /* of the rule file; 0: not known */
    char message[SANDBOX_MESSAGE_MAX];        /* without file and line */
    sandbox_frame frames[SANDBOX_FRAMES_MAX]; /* innermost first */
    uint32_t n_frames;
} sandbox_fault;

/* Owned: sandbox_free(). user is handed to the functions inside, borrowed. Nothing is metered until
 * sandbox_arm(). */
sandbox *sandbox_new(uint64_t fuel, void *user);
void sandbox_free(sandbox *sb);
void sandbox_arm(sandbox *sb);

/* Runs body with arg as a light userdata, in protected mode. After any end but SANDBOX_RETURNED
 * only sandbox_get_fault(), sandbox_fuel_used() and sandbox_free() may follow. */
sandbox_end sandbox_call(sandbox *sb, lua_CFunction body, void *arg);
const sandbox_fault *sandbox_get_fault(const sandbox *sb); /* borrowed */
uint64_t sandbox_fuel_used(const sandbox *sb);

/* For functions inside. */
void *sandbox_user(lua_State *L);
void sandbox_charge(lua_State *L, uint64_t steps);
/* The same, for steps that each may walk through a whole text. */
void sandbox_charge_texts(lua_State *L, uint64_t steps);
_Noreturn void sandbox_leave(lua_State *L);
/* Compiles source (text only) and pushes the function; its globals are the table on the top of the
 * stack, which is popped. Errors are raised. name: how messages call the file. */
void sandbox_load(lua_State *L, const char *name, const void *source, size_t n);

/* Does the jump out of this Lua library work? GM_E_INTERNAL when it does not. */
gm_status sandbox_self_test(gm_error *err);

#endif
