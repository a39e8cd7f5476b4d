/* SPDX-License-Identifier: Apache-2.0 */
#include "host/ext_text.h"

#include "host/fake_host.h"

static void test_format(void **unused)
{
    (void)unused;
    const struct {
        double v;
        const char *text;
    } cases[] = {{0, "0"}, {0.5, "0.5"}, {0.95, "0.95"}, {0.999, "0.999"}, {1, "1"}, {0.1, "0.1"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[GM_TEXT_SIZE];
        uint32_t n = ext_text_service.format_f64(cases[i].v, text);
        assert_int_equal(n, strlen(cases[i].text));
        assert_memory_equal(text, cases[i].text, n);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_format)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
