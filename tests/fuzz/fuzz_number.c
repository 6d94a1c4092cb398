/* Fuzz target: any text as a number. What is read must have the bits of strtod and strtof, and survive being
 * written. */
#include <mldbg/base/text.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    double number, back;
    float small, small_back;
    int64_t integer;

    arena_init(&arena, "fuzzing");
    const char *string = arena_copy(&arena, (const char *)data, size);
    bool good = text_read_double(string, &number);
    if (good != text_read_float(string, &small))
        BUG("\"%s\" is a number for one reader", string);
    if (good) {
        double expected = strtod(string, NULL);
        float small_expected = strtof(string, NULL);
        if (memcmp(&number, &expected, sizeof number) != 0 ||
            memcmp(&small, &small_expected, sizeof small) != 0)
            BUG("\"%s\" is %a and %a", string, number, (double)small);
        if (isfinite(number) && (!text_read_double(text_double(&arena, number), &back) || back != number))
            BUG("\"%s\" does not come back", string);
        if (isfinite(small) &&
            (!text_read_float(text_float(&arena, small), &small_back) || small_back != small))
            BUG("\"%s\" does not come back as a float", string);
    }
    if (text_read_integer(string, &integer) && (!good || number != (double)integer))
        BUG("\"%s\" is an integer and no number", string);
    text_escape(&arena, (const char *)data, size, 20);
    arena_release(&arena);
    return 0;
}
