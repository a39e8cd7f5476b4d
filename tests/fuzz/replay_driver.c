/* SPDX-License-Identifier: Apache-2.0
 * replay_driver.c - runs a fuzz target over the files it is given, without a fuzzer: so that corpora and
 * old findings are replayed by every compiler, as plain tests. Then each file again with single bytes
 * changed, in a fixed pattern: a little fuzzing that always is the same. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FILE_BYTES_MAX = 1 << 20, CHANGES = 256 };

static void run_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        perror(path);
        exit(1);
    }
    uint8_t *data = malloc(FILE_BYTES_MAX);
    if (data == NULL)
        exit(1);
    size_t n = fread(data, 1, FILE_BYTES_MAX, file);
    (void)fclose(file); /* read only */
    (void)LLVMFuzzerTestOneInput(data, n);
    for (uint32_t i = 0; n != 0 && i < CHANGES; i++) {
        size_t at = (size_t)i * 2654435761u % n;
        uint8_t keep = data[at];
        data[at] = (uint8_t)(keep ^ (1u << (i % 8)));
        (void)LLVMFuzzerTestOneInput(data, n - (i % 3 == 0 ? at / 2 : 0));
        data[at] = keep;
    }
    free(data);
}

int main(int argc, char **argv)
{
    static const uint8_t nothing[1] = {0};
    (void)LLVMFuzzerTestOneInput(nothing, 0);
    for (int i = 1; i < argc; i++)
        run_file(argv[i]);
    (void)printf("%d files replayed\n", argc - 1);
    return 0;
}
