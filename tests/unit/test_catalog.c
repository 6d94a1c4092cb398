/* Tables of entries. */
#include "check.h"

#include <mldbg/base/catalog.h>

/* A table row as the floors above make them: the entry is the first member. */
struct animal {
    struct entry entry;
    int legs;
};

static const struct animal ant = {.entry = {"ant", "small", "Builds."}, .legs = 6};
static const struct animal spider = {.entry = {"spider", "patient", "Waits."}, .legs = 8};
static const struct entry *const animals[] = {&ant.entry, &spider.entry};
static const struct catalog catalog = {"animal", "animals", animals, 2};

static void test_look_up(void **state)
{
    (void)state;
    assert_ptr_equal(catalog_find(&catalog, "spider"), &spider.entry);
    assert_int_equal(ENTRY_OF(catalog_find(&catalog, "spider"), struct animal)->legs, 8);
    assert_int_equal(catalog_index(&catalog, "ant"), 0);
    assert_int_equal(catalog_index(&catalog, "Ant"), -1);
    assert_null(catalog_find(&catalog, ""));
    assert_null(catalog_find(&catalog, "spiders"));
}

static void test_nearest(void **state)
{
    const struct catalog empty = {"thing", "things", NULL, 0};
    (void)state;
    assert_ptr_equal(catalog_nearest(&catalog, "spdier"), &spider.entry);
    assert_ptr_equal(catalog_nearest(&catalog, "ANT"), &ant.entry);
    assert_null(catalog_nearest(&catalog, "crocodile"));
    assert_null(catalog_nearest(&empty, "ant"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_look_up), cmocka_unit_test(test_nearest)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
