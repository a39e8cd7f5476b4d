/* SPDX-License-Identifier: Apache-2.0 */
#include "host/extension.h"

#include "host/fake_host.h"

static void test_find(void **unused)
{
    (void)unused;
    const char *const sketches[] = {"gm.xsum/1", "gm.hll/1", "gm.ddsketch/1"};
    for (size_t i = 0; i < sizeof sketches / sizeof sketches[0]; i++) {
        const gm_ext_sketch *k = extension_find(sketches[i]);
        assert_non_null(k);
        assert_int_equal(k->struct_size, sizeof *k);
    }
    const gm_ext_set *set = extension_find("gm.set/1");
    const gm_ext_units *units = extension_find("gm.units/1");
    const gm_ext_stats *stats = extension_find("gm.stats/1");
    const gm_ext_text *text = extension_find("gm.text/1");
    assert_int_equal(set->struct_size, sizeof *set);
    assert_int_equal(set->sketch->struct_size, sizeof *set->sketch);
    assert_int_equal(units->struct_size, sizeof *units);
    assert_int_equal(stats->struct_size, sizeof *stats);
    assert_int_equal(text->struct_size, sizeof *text);
}

static void test_unknown(void **unused)
{
    (void)unused;
    const char *const ids[] = {"", "gm.xsum", "gm.xsum/2", "gm.xsum/10", "GM.XSUM/1"};
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++)
        assert_null(extension_find(ids[i]));
    assert_null(extension_find(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_find),
        cmocka_unit_test(test_unknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
