/* SPDX-License-Identifier: Apache-2.0
 * test_config_hash.c - what changes the hash of a configuration and what does not. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <sys/stat.h>

#include <xxhash.h>

#include "config/config_fixture.h"

#include "base/hash.h"
#include "config/config.h"

static hash128 hash_of(const char *path)
{
    config *c = fixture_load(path, NULL, 0);
    hash128 hash = c->hash;
    config_free(c);
    return hash;
}

static hash128 hash_of_text(const char *text)
{
    fixture_save("night.ini", text);
    return hash_of("night.ini");
}

static const char text[] = "[run]\nname = x\n" BASE "where = a == 1\n[goal g]\nmetric = m.n\n";

/* The bytes that are hashed, written down by hand, and XXH3 asked directly. */
static void test_bytes(void **state)
{
    (void)state;
    static const char lines[] = "metric\0m\0\0\0"
                                "metric\0m\0plugin\0count\0"
                                "source\0web\0\0\0"
                                "source\0web\0files\0a.ndjson\0"
                                "source\0web\0time\0ts";
    XXH128_hash_t expected = XXH3_128bits(lines, sizeof lines);
    hash128 hash = hash_of_text(BASE);
    assert_true(hash.low == expected.low64 && hash.high == expected.high64);
}

static void test_same(void **state)
{
    (void)state;
    static const char *const same[] = {
        "; c\n[run]\nname   = x   ; c\n\n" BASE "where = a == 1\n[goal g]\nmetric = m.n\n",
        "[goal g]\nmetric = m.n\n[metric m]\nwhere = 'a == 1'\nplugin = count\n" SOURCE
        "[run]\nname = x",
        "[run]\nname = \\\nx\n" BASE "where = a == 1\n[goal g]\nmetric = m.n\n",
    };
    hash128 hash = hash_of_text(text);
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++)
        assert_int_equal(hash_compare(hash, hash_of_text(same[i])), 0);
    assert_int_equal(mkdir("moved", 0700), 0);
    fixture_save("moved/other.ini", text);
    assert_int_equal(hash_compare(hash, hash_of("moved/other.ini")), 0);
    /* The same sections in two files. */
    fixture_save("night.ini",
                 "[run]\nname = x\ninclude.1 = moved/goals.ini\n" BASE "where = a == 1\n");
    fixture_save("moved/goals.ini", "[goal g]\nmetric = m.n\n");
    assert_int_equal(hash_compare(hash, hash_of("night.ini")), 0);
}

static void test_different(void **state)
{
    (void)state;
    static const char *const different[] = {
        "[run]\nname = y\n" BASE "where = a == 1\n[goal g]\nmetric = m.n\n",
        "[run]\nname = x\n" BASE "where = a == 2\n[goal g]\nmetric = m.n\n",
        "[run]\nname = x\n" BASE "wher = a == 1\n[goal g]\nmetric = m.n\n",
        "[run]\nname = x\n" BASE "where = a == 1\n[goal h]\nmetric = m.n\n",
        "[run]\nname = x\n" BASE "where = a == 1\n[goal g]\nmetric = m.n\n[area a]\n",
        "[run]\nname = x\n" BASE "[goal g]\nmetric = m.n\n",
        "[run]\nname = x\n" BASE "where = a == 1\n[goal g]\n[goal *]\nmetric = m.n\n",
    };
    enum { N = sizeof different / sizeof different[0] };
    hash128 hashes[N + 1] = {hash_of_text(text)};
    for (size_t i = 0; i < N; i++) {
        hashes[i + 1] = hash_of_text(different[i]);
        for (size_t k = 0; k <= i; k++)
            assert_int_not_equal(hash_compare(hashes[i + 1], hashes[k]), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_same),
        cmocka_unit_test(test_different),
    };
    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
