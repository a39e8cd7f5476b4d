/* SPDX-License-Identifier: Apache-2.0
 * test_plain.c - bytes as they are, for every size of a read. */
#include "input/codec_fixture.h"

static void test_plain(void **state)
{
    (void)state;
    for (size_t room = 1; room < 20; room++) {
        outcome o = read_bytes(hello, HELLO_LEN, 0, room);
        assert_int_equal(o.stats.kind, CODEC_PLAIN);
        assert_int_equal(o.stats.bytes_in, HELLO_LEN);
        assert_int_equal(o.stats.members, 0);
        assert_int_equal(hash_compare(o.stats.content, hash_128(hello, HELLO_LEN)), 0);
        expect_data(&o, hello, HELLO_LEN);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
