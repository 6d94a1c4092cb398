/* Runs one fuzz target over the files named as arguments: the committed corpus, or a finding. Needs no
 * fuzzer. */
#include <mldbg/base/file.h>

#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT_MOST = 16 << 20 };

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        struct arena arena;
        struct bytes bytes;
        struct error err;
        arena_init(&arena, "replaying");
        if (!file_read(&arena, argv[i], INPUT_MOST, &bytes, &err)) {
            fprintf(stderr, "replay: %s\n", err.sentence);
            return 1;
        }
        LLVMFuzzerTestOneInput((const uint8_t *)bytes.at, bytes.length);
        arena_release(&arena);
    }
    printf("%d inputs replayed\n", argc - 1);
    return argc > 1 ? 0 : 1;
}
