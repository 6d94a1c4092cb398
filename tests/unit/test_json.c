/*
 * JSON: what must be read and what must be refused, with place and words. The tables cover the classes of
 * cases of the public JSON test suites; the documents are our own.
 */
#include "check.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <mldbg/base/json.h>

static struct arena arena;

static int open_arena(void **state)
{
    (void)state;
    arena_init(&arena, "test");
    return 0;
}

static int close_arena(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static struct json *parse(const char *text)
{
    struct json *document;
    struct error err;
    if (!json_parse(&arena, "t.json", text, strlen(text), &document, &err))
        fail_msg("%s: %" PRId64 ":%" PRId64 ": %s", text, err.line, err.column, err.sentence);
    return document;
}

static const char *written(const struct json *value, bool indent)
{
    struct text out;
    text_init(&out, &arena);
    json_write(&out, value, indent);
    return out.at;
}

/* A document and what it is written as in one line; NULL where that is the same. */
static const struct {
    const char *text, *line;
} ACCEPTED[] = {
    {"null", NULL},
    {"true", NULL},
    {"false", NULL},
    {"0", NULL},
    {"-0", NULL},
    {"\"\"", NULL},
    {"[]", NULL},
    {"{}", NULL},
    {" [ ] ", "[]"},
    {"\t{\r\n}\n", "{}"},
    {"\xEF\xBB\xBF{}", "{}"},
    {"\xEF\xBB\xBF 1", "1"},
    {"[1]", NULL},
    {"[1,2 ,3]", "[1, 2, 3]"},
    {"[[[[]]],{}]", "[[[[]]], {}]"},
    {"{\"a\":1}", "{\"a\": 1}"},
    {"{\"a\":{\"b\":[null]}}", "{\"a\": {\"b\": [null]}}"},
    {"{\"\":0}", "{\"\": 0}"},
    {"{\"a\":1,\"A\":2}", "{\"a\": 1, \"A\": 2}"},
    {"{\"a b\":1,\"a.b\":2}", "{\"a b\": 1, \"a.b\": 2}"},
    {"-1", NULL},
    {"123456789", NULL},
    {"9007199254740993", NULL},
    {"123456789012345678901234567890", NULL},
    {"1.5", NULL},
    {"-0.0", NULL},
    {"1e5", NULL},
    {"1E5", NULL},
    {"1e+5", NULL},
    {"1e-5", NULL},
    {"1.25E-5", NULL},
    {"0e0", NULL},
    {"0.1e1", NULL},
    {"1e-999", NULL},
    {"1.7976931348623157e308", NULL},
    {"4.9e-324", NULL},
    {"-0.0000000000000000000000000000000000000000000000000000000000000000000000000000000001", NULL},
    {"1234567890123456789012345678901234567890123456789012345678901234567890123456789012345", NULL},
    {"\"plain\"", NULL},
    {"\"/\"", NULL},
    {"\"\\/\"", "\"/\""},
    {"\"\\\"\\\\\\b\\f\\n\\r\\t\"", "\"\\\"\\\\\\u0008\\u000c\\n\\r\\t\""},
    {"\"\\u0041\"", "\"A\""},
    {"\"\\u00e9\\u00E9\"", "\"\xC3\xA9\xC3\xA9\""},
    {"\"\\u2028\"", "\"\xE2\x80\xA8\""},
    {"\"\\uD83D\\uDE00\"", "\"\xF0\x9F\x98\x80\""},
    {"\"\\ud834\\udd1e\\n\"", "\"\xF0\x9D\x84\x9E\\n\""},
    {"\"\\uFFFF\"", "\"\xEF\xBF\xBF\""},
    {"\"\\u001f\"", NULL},
    {"\"\\\\u0000\"", NULL},
    {"\"\xC3\xA9\"", NULL},
    {"\"\xE2\x82\xAC\"", NULL},
    {"\"\xF0\x9F\x98\x80\"", NULL},
    {"\"\xF4\x8F\xBF\xBF\"", NULL},
    {"\"\x7f\"", NULL},
    {"\"// no comment, [no array\"", NULL},
    {"[\"a\",-1.5,true,null,{\"b\":[]}]", "[\"a\", -1.5, true, null, {\"b\": []}]"},
};

static void test_accepted(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof ACCEPTED / sizeof *ACCEPTED; i++) {
        const char *expected = ACCEPTED[i].line ? ACCEPTED[i].line : ACCEPTED[i].text;
        struct json *document = parse(ACCEPTED[i].text);
        assert_string_equal(written(document, false), expected);
        /* What is written is read again as the same. */
        assert_string_equal(written(parse(written(document, true)), false), expected);
    }
}

/* A document that is refused, where, and words that the sentence and hint must hold. */
static const struct {
    const char *text;
    int line, column;
    const char *sentence, *hint;
} REFUSED[] = {
    /* nothing, or not one document */
    {"", 1, 1, "expected a value, found the end of the text", ""},
    {" \n ", 2, 2, "expected a value", ""},
    {"\xEF\xBB\xBF", 1, 1, "expected a value", ""},
    {"1 2", 1, 3, "the document is complete, but \"2\" follows", ""},
    {"{} {}", 1, 4, "the document is complete", ""},
    {"{}}", 1, 3, "the document is complete", ""},
    {"[] ]", 1, 4, "the document is complete", ""},
    {"null,", 1, 5, "the document is complete", ""},
    {"\"a\" \"b\"", 1, 5, "the document is complete", ""},
    {"{}\x0c", 1, 3, "byte 0x0c follows", ""},
    {"\xEF\xBB\xBF\xEF\xBB\xBF{}", 1, 1, "expected a value", ""},
    /* arrays */
    {"[", 1, 2, "expected a value, found the end of the text", ""},
    {"[1", 1, 3, "the text ends inside the array that opens in line 1", ""},
    {"[1,", 1, 4, "expected a value, found the end", ""},
    {"[\n\n1\n", 4, 1, "the text ends inside the array that opens in line 1", ""},
    {"[1,]", 1, 3, "a comma stands before \"]\"", "remove this comma"},
    {"[1,\n\n]", 1, 3, "a comma stands before \"]\"", "remove"},
    {"[,1]", 1, 2, "expected a value, found \",\"", ""},
    {"[,]", 1, 2, "expected a value, found \",\"", ""},
    {"[1,,2]", 1, 4, "expected a value, found \",\"", ""},
    {"[1 2]", 1, 4, "expected \",\" or \"]\" before the next item", "a comma is missing"},
    {"[\"a\" true]", 1, 6, "expected \",\" or \"]\"", "a comma is missing"},
    {"[1 true]", 1, 4, "expected \",\" or \"]\"", "a comma is missing"},
    {"[1:2]", 1, 3, "expected \",\" or \"]\", found \":\"", ""},
    {"[1}", 1, 3, "the array that opens in line 1 is closed by \"}\"; expected \"]\"", ""},
    {"[\"x\"", 1, 5, "the text ends inside the array", ""},
    {"[1;2]", 1, 3, "found \";\"", ""},
    {"]", 1, 1, "expected a value, found \"]\"", ""},
    {"[[[[1]]]", 1, 9, "the text ends inside the array", ""},
    /* objects */
    {"{", 1, 2, "the text ends inside the object that opens in line 1", ""},
    {"{\"a\"", 1, 5, "expected \":\" behind the key \"a\", found the end of the text", ""},
    {"{\"a\":", 1, 6, "expected a value, found the end", ""},
    {"{\"a\":1", 1, 7, "the text ends inside the object that opens in line 1", ""},
    {"{\"a\":1,", 1, 8, "the text ends inside the object", ""},
    {"{\"a\":1,}", 1, 7, "a comma stands before \"}\"", "remove"},
    {"{,}", 1, 2, "expected a key in double quotes, found \",\"", ""},
    {"{\"a\" 1}", 1, 6, "expected \":\" behind the key \"a\", found \"1\"", ""},
    {"{\"a\"=1}", 1, 5, "expected \":\"", "write : for ="},
    {"{\"a\",1}", 1, 5, "expected \":\"", ""},
    {"{\"a\"::1}", 1, 6, "expected a value, found \":\"", ""},
    {"{\"a\":}", 1, 6, "expected a value, found \"}\"", ""},
    {"{:1}", 1, 2, "expected a key in double quotes", ""},
    {"{1:2}", 1, 2, "expected a key in double quotes, found \"1\"", ""},
    {"{null:1}", 1, 2, "the key null has no quotes", "write \"null\""},
    {"{[]:1}", 1, 2, "expected a key", ""},
    {"{lr: 0.1}", 1, 2, "the key lr has no quotes", "write \"lr\""},
    {"{\n  \"a\": 1,\n  batch_size: 2}", 3, 3, "the key batch_size has no quotes", "write \"batch_size\""},
    {"{\"a\":1 \"b\":2}", 1, 8, "expected \",\" or \"}\" before the next member",
     "a comma is missing before this"},
    {"{\n\"a\":1\n\"b\":2}", 3, 1, "expected \",\"", "a comma is missing"},
    {"{\"a\":1]", 1, 7, "the object that opens in line 1 is closed by \"]\"; expected \"}\"", ""},
    {"{\"a\":[1}", 1, 8, "the array that opens in line 1 is closed by \"}\"", ""},
    {"{\"a\":1,,\"b\":2}", 1, 8, "expected a key", ""},
    {"{\"a\"}", 1, 5, "expected \":\"", ""},
    {"}", 1, 1, "expected a value, found \"}\"", ""},
    /* duplicate keys, also after unescaping */
    {"{\"lr\":1,\"lr\":2}", 1, 9, "the key \"lr\" stands twice in one object; first at 1:2", "remove"},
    {"{\"lr\":1,\n \"\\u006cr\":2}", 2, 2, "the key \"lr\" stands twice in one object; first at 1:2",
     "remove"},
    {"[{\"a\":{\"b\":1,\"c\":1,\"b\":1}}]", 1, 20, "the key \"b\" stands twice", ""},
    {"{\"\":1,\"\":1}", 1, 7, "the key \"\" stands twice", ""},
    /* comments */
    {"{} // done", 1, 4, "a comment stands here; JSON has no comments", "remove it"},
    {"// first\n{}", 1, 1, "a comment stands here", "remove it"},
    {"{ /* x */ }", 1, 3, "a comment stands here", "remove it"},
    {"{\"a\":1, # x\n\"b\":2}", 1, 9, "a comment stands here", "remove it"},
    {"[1/* x */]", 1, 3, "a comment stands here", "remove it"},
    {"[true// x\n]", 1, 6, "a comment stands here", "remove it"},
    {"{\"a\" /**/ :1}", 1, 6, "a comment stands here", ""},
    {"/", 1, 1, "expected a value, found \"/\"", ""},
    /* quotes */
    {"{'a':1}", 1, 2, "a single quote stands here; JSON strings stand in double quotes", "write \"a\""},
    {"{\"a\":'b'}", 1, 6, "a single quote", "write \"b\""},
    {"[`b`]", 1, 2, "a back quote", "write \"b\""},
    {"['", 1, 2, "a single quote", ""},
    {"[\xE2\x80\x9C\x61\xE2\x80\x9D]", 1, 2, "a typographic quote", "write \""},
    {"[adam]", 1, 2, "the word adam stands here without quotes", "write \"adam\" if a string is meant"},
    /* words */
    {"[NaN]", 1, 2, "JSON knows no NaN and no infinity", "finite number"},
    {"[nan]", 1, 2, "JSON knows no NaN", ""},
    {"[Infinity]", 1, 2, "JSON knows no NaN and no infinity", ""},
    {"[-Infinity]", 1, 2, "JSON knows no NaN and no infinity", ""},
    {"[-inf]", 1, 2, "JSON knows no NaN and no infinity", ""},
    {"[True]", 1, 2, "\"True\" is no JSON value", "write true"},
    {"[False]", 1, 2, "\"False\" is no JSON value", "write false"},
    {"[None]", 1, 2, "\"None\" is no JSON value", "write null"},
    {"[undefined]", 1, 2, "\"undefined\"", "write null"},
    {"[tru]", 1, 2, "the word tru stands here", ""},
    {"[truee]", 1, 2, "the word truee", ""},
    {"[nul", 1, 2, "the word nul", ""},
    {"[true\xC3\xA9]", 1, 6, "expected \",\" or \"]\", found \"\xC3\xA9\"", ""},
    /* numbers */
    {"[01]", 1, 2, "01 is no JSON number", "leading zero"},
    {"[-01]", 1, 2, "-01 is no JSON number", "leading zero"},
    {"[00]", 1, 2, "00 is no JSON number", "leading zero"},
    {"[-]", 1, 2, "- is no JSON number", ""},
    {"[+1]", 1, 2, "+1 is no JSON number", "without the +"},
    {"[.5]", 1, 2, ".5 is no JSON number", "write 0.5"},
    {"[-.5]", 1, 2, "-.5 is no JSON number", "write -0.5"},
    {"[1.]", 1, 2, "1. is no JSON number", "1.0"},
    {"[-2.]", 1, 2, "-2. is no JSON number", "-2.0"},
    {"[2.e3]", 1, 2, "2.e3 is no JSON number", "digit behind the point"},
    {"[1e]", 1, 2, "1e is no JSON number", "exponent has no digits"},
    {"[1e+]", 1, 2, "1e+ is no JSON number", "exponent has no digits"},
    {"[1.5E-]", 1, 2, "1.5E- is no JSON number", "exponent has no digits"},
    {"[1e1.5]", 1, 2, "1e1.5 is no JSON number", ""},
    {"[1.2.3]", 1, 2, "1.2.3 is no JSON number", ""},
    {"[0x1F]", 1, 2, "0x1F is no JSON number", "decimal"},
    {"[-0x1]", 1, 2, "-0x1 is no JSON number", "decimal"},
    {"[1_000]", 1, 2, "1_000 is no JSON number", "without separators"},
    {"[1f]", 1, 2, "1f is no JSON number", ""},
    {"[1-2]", 1, 2, "1 is no JSON number", ""},
    {"[1+2]", 1, 2, "1 is no JSON number", ""},
    {"[--1]", 1, 2, "is no JSON number", ""},
    {"[1e999]", 1, 2, "1e999 is too large for a number", ""},
    {"[-1e999]", 1, 2, "-1e999 is too large for a number", ""},
    {"[1\xC2\xA0]", 1, 3, "expected \",\" or \"]\"", ""},
    {"[\xEF\xBC\x91]", 1, 2, "expected a value", ""},
    /* strings */
    {"[\"abc]", 1, 2, "the string that opens here is not closed in its line", ""},
    {"\"", 1, 1, "the string that opens here is not closed", ""},
    {"[\"a\nb\"]", 1, 2, "the string that opens here is not closed in its line", "\\n"},
    {"[\"a\rb\"]", 1, 2, "the string that opens here is not closed in its line", ""},
    {"[\"a\tb\"]", 1, 4, "a control character (0x09)", "\\t"},
    {"[\"\x1f\"]", 1, 3, "a control character (0x1f)", ""},
    {"[\"\\x41\"]", 1, 3, "\\ stands before \"x\"", "\\\\"},
    {"[\"C:\\data\"]", 1, 5, "\\ stands before \"d\"", "\\\\"},
    {"[\"\\'\"]", 1, 3, "\\ stands before \"'\"", ""},
    {"[\"\\", 1, 3, "\\ stands before the end of the text", ""},
    {"[\"\\\"]", 1, 2, "not closed", ""},
    {"[\"\\u12\"]", 1, 3, "four hexadecimal digits", ""},
    {"[\"\\u12G4\"]", 1, 3, "four hexadecimal digits", ""},
    {"[\"\\U0041\"]", 1, 3, "\\ stands before \"U\"", ""},
    {"[\"\\u0000\"]", 1, 3, "cannot hold the character NUL", ""},
    {"[\"\\ud800\"]", 1, 3, "half of a surrogate pair", ""},
    {"[\"\\udc00\"]", 1, 3, "half of a surrogate pair", ""},
    {"[\"\\ud800\\u0041\"]", 1, 3, "half of a surrogate pair", ""},
    {"[\"\\ud800\\ud800\"]", 1, 3, "half of a surrogate pair", ""},
    {"[\"\\ud83d\\", 1, 3, "half of a surrogate pair", ""},
    {"[\"\\udc00\\ud800\"]", 1, 3, "half of a surrogate pair", ""},
    {"{\"\\ud800\":1}", 1, 3, "half of a surrogate pair", ""},
    /* encodings */
    {"[\"\xff\"]", 1, 3, "byte 0xff in a string is not UTF-8", ""},
    {"[\"a\x80\"]", 1, 4, "byte 0x80", ""},
    {"[\"\xC0\xAF\"]", 1, 3, "byte 0xc0", ""},
    {"[\"\xC3\"]", 1, 3, "byte 0xc3", ""},
    {"[\"\xE0\x80\x80\"]", 1, 3, "byte 0xe0", ""},
    {"[\"\xED\xA0\x80\"]", 1, 3, "byte 0xed", ""},
    {"[\"\xF4\x90\x80\x80\"]", 1, 3, "byte 0xf4", ""},
    {"[\"\xF8\x88\x80\x80\x80\"]", 1, 3, "byte 0xf8", ""},
    {"[\xff]", 1, 2, "expected a value, found byte 0xff", ""},
    {"[\xC3\xA9]", 1, 2, "expected a value, found \"\xC3\xA9\"", ""},
    {"[1\x0b]", 1, 3, "found byte 0x0b", ""},
    {"[\xE2\x80\x83\x31]", 1, 2, "expected a value", ""},
    {"\xFF\xFE{", 1, 0, "looks like UTF-16", "iconv"},
};

static void test_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof REFUSED / sizeof *REFUSED; i++) {
        const char *text = REFUSED[i].text;
        struct json *document;
        struct error err;
        if (json_parse(&arena, "t.json", text, strlen(text), &document, &err))
            fail_msg("row %zu, %s: accepted", i, text);
        assert_null(document);
        assert_int_equal(err.kind, ERROR_REQUEST);
        assert_string_equal(err.file, "t.json");
        if (err.line != REFUSED[i].line || err.column != REFUSED[i].column ||
            !strstr(err.sentence, REFUSED[i].sentence) || !strstr(err.hint, REFUSED[i].hint))
            fail_msg("row %zu, %s: %" PRId64 ":%" PRId64 ": %s [%s], expected %d:%d: %s [%s]", i, text,
                     err.line, err.column, err.sentence, err.hint, REFUSED[i].line, REFUSED[i].column,
                     REFUSED[i].sentence, REFUSED[i].hint);
    }
}

static void refuse_bytes(const char *bytes, size_t length, const char *words)
{
    struct json *document;
    struct error err;
    assert_false(json_parse(&arena, "t.json", bytes, length, &document, &err));
    if (!strstr(err.sentence, words))
        fail_msg("\"%s\" does not say \"%s\"", err.sentence, words);
}

static void test_nul(void **state)
{
    (void)state;
    refuse_bytes("{}\0", 3, "byte 2 of the text is NUL");
    refuse_bytes("[1,\n\0 2]", 8, "byte 4 of the text is NUL");
    refuse_bytes("\"a\0b\"", 5, "byte 2 of the text is NUL");
    refuse_bytes("{\0}\0", 4, "looks like UTF-16");
    refuse_bytes("\0{\0}", 4, "looks like UTF-16");
    refuse_bytes("\0", 1, "NUL");
}

static void test_depth(void **state)
{
    struct json *document;
    struct error err;
    char *deep = arena_alloc(&arena, 200001);
    (void)state;
    memset(deep, '[', 100000);
    assert_false(json_parse(&arena, "t.json", deep, 100000, &document, &err));
    assert_string_equal(err.sentence, "nesting deeper than 64");
    assert_int_equal(err.column, 65);
    for (int i = 0; i < 100000; i++)
        memcpy(deep + 2 * i, i % 2 ? "1}" : "{\"", 2);
    assert_false(json_parse(&arena, "t.json", deep, 200000, &document, &err));
    memset(deep, '[', 64);
    memset(deep + 64, ']', 64);
    assert_true(json_parse(&arena, "t.json", deep, 128, &document, &err));
}

/* Many keys, equal in their first bytes; a quadratic check would take minutes. */
static void test_many_keys(void **state)
{
    struct text text;
    struct json *document;
    struct error err;
    (void)state;
    text_init(&text, &arena);
    text_add(&text, "{");
    for (int i = 0; i < 100000; i++)
        text_print(&text, "%s\"parameter/%d\":%d", i ? ",\n" : "", i, i);
    size_t length = text.length;
    text_add(&text, "}");
    assert_true(json_parse(&arena, "t.json", text.at, text.length, &document, &err));
    assert_int_equal(json_count(document), 100000);
    text.length = length;
    text_add(&text, ",\n\"parameter/99999\":0,\n\"parameter/5\":1,\"parameter/5\":2}");
    assert_false(json_parse(&arena, "t.json", text.at, text.length, &document, &err));
    assert_int_equal(err.line, 100001);
    assert_string_equal(err.sentence,
                        "the key \"parameter/99999\" stands twice in one object; first at 100000:1");
}

static void check_place(struct place place, int line, int column, int width)
{
    assert_string_equal(place.file, "t.json");
    assert_int_equal(place.line, line);
    assert_int_equal(place.column, column);
    assert_int_equal(place.width, width);
}

static void test_places(void **state)
{
    struct json *document =
        parse("\xEF\xBB\xBF{\n\t\"\xC3\xA9\\n\": [10, \"x\\u0041\"],\r\n\"b\" :\n  {\"c\": null}}");
    struct json *list = document->child, *b = json_get(document, "b");
    (void)state;
    check_place(document->place, 1, 1, 1);
    assert_string_equal(list->key, "\xC3\xA9\n");
    check_place(list->key_place, 2, 2, 6);
    check_place(list->place, 2, 10, 1);
    check_place(list->child->place, 2, 11, 2);
    assert_string_equal(list->child->raw, "10");
    assert_near(list->child->number, 10, 0, 0);
    check_place(list->last->place, 2, 15, 9);
    assert_string_equal(list->last->string, "xA");
    check_place(b->key_place, 3, 1, 3);
    check_place(b->place, 4, 3, 1);
    check_place(b->child->key_place, 4, 4, 3);
    check_place(b->child->place, 4, 9, 4);
    assert_null(document->key);
    assert_int_equal(document->key_place.line, 0);
    assert_ptr_equal(b->child->parent, b);
    assert_ptr_equal(document->last, b);
}

static void test_look_up(void **state)
{
    struct json *document = parse("{\"lr\":1,\"LR\":2,\"list\":[5,6]}");
    (void)state;
    assert_near(json_get(document, "lr")->number, 1, 0, 0);
    assert_near(json_get(document, "LR")->number, 2, 0, 0);
    assert_null(json_get(document, "Lr"));
    assert_null(json_get(NULL, "lr"));
    assert_null(json_get(json_get(document, "list"), "lr"));
    assert_int_equal(json_count(document), 3);
    assert_int_equal(json_count(NULL), 0);
    assert_near(json_at(json_get(document, "list"), 1)->number, 6, 0, 0);
    assert_null(json_at(json_get(document, "list"), 2));
    assert_null(json_at(NULL, 0));
    assert_string_equal(json_type_name(document), "an object");
    assert_string_equal(json_type_name(parse("[]")), "an array");
    assert_string_equal(json_type_name(parse("\"\"")), "a string");
    assert_string_equal(json_type_name(parse("0")), "a number");
    assert_string_equal(json_type_name(parse("true")), "true");
    assert_string_equal(json_type_name(parse("null")), "null");
}

static void test_paths(void **state)
{
    struct json *document = parse("{\"model\":[{},{\"p\":1}],\"a.b\":{\"c\\\"]\":{\"d\":[[1]]}},\"\":2}");
    struct json *odd = json_get(json_get(document, "a.b"), "c\"]");
    const struct json *deep = json_get(odd, "d")->child->child;
    (void)state;
    assert_string_equal(json_path(&arena, document), "");
    assert_string_equal(json_path(&arena, json_get(json_at(json_get(document, "model"), 1), "p")),
                        "model[1].p");
    assert_string_equal(json_path(&arena, deep), "[\"a.b\"][\"c\\\"]\"].d[0][0]");
    assert_string_equal(json_path(&arena, json_get(document, "")), "[\"\"]");
    /* Every path leads back. */
    assert_true(json_set(&arena, document, json_path(&arena, deep), parse("7")));
    assert_true(json_set(&arena, document, json_path(&arena, json_get(document, "")), parse("8")));
    assert_string_equal(written(document, false),
                        "{\"model\": [{}, {\"p\": 1}], \"a.b\": {\"c\\\"]\": {\"d\": [[7]]}}, \"\": 8}");
}

static void test_set(void **state)
{
    static const struct {
        const char *path, *value, *result; /* result NULL: refused */
    } rows[] = {
        {"a", "9", "{\"a\": 9, \"o\": {\"x\": 1}, \"l\": [1, 2]}"},
        {"o.x", "\"y\"", "{\"a\": 1, \"o\": {\"x\": \"y\"}, \"l\": [1, 2]}"},
        {"o.new.deep", "0", "{\"a\": 1, \"o\": {\"x\": 1, \"new\": {\"deep\": 0}}, \"l\": [1, 2]}"},
        {"l[1]", "[]", "{\"a\": 1, \"o\": {\"x\": 1}, \"l\": [1, []]}"},
        {"l[2]", "3", "{\"a\": 1, \"o\": {\"x\": 1}, \"l\": [1, 2, 3]}"},
        {"l[0]", NULL, "{\"a\": 1, \"o\": {\"x\": 1}, \"l\": [2]}"},
        {"l[1]", NULL, "{\"a\": 1, \"o\": {\"x\": 1}, \"l\": [1]}"},
        {"a", NULL, "{\"o\": {\"x\": 1}, \"l\": [1, 2]}"},
        {"l", NULL, "{\"a\": 1, \"o\": {\"x\": 1}}"},
        {"o.x", NULL, "{\"a\": 1, \"o\": {}, \"l\": [1, 2]}"},
        {"none.at.all", NULL, "{\"a\": 1, \"o\": {\"x\": 1}, \"l\": [1, 2]}"},
        {"l[3]", "3", NULL},
        {"l[2]", NULL, NULL},
        {"l.x", "3", NULL},
        {"a.x", "3", NULL},
        {"o[0]", "3", NULL},
        {"[0]", "3", NULL},
        {"", "3", NULL},
        {"o.", "3", NULL},
        {".o", "3", NULL},
        {"l[", "3", NULL},
        {"l[x]", "3", NULL},
        {"l[-1]", "3", NULL},
        {"l[99999999999999999999]", "3", NULL},
        {"[\"o", "3", NULL},
        {"o..x", "3", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct json *document = parse("{\"a\":1,\"o\":{\"x\":1},\"l\":[1,2]}");
        bool good = json_set(&arena, document, rows[i].path, rows[i].value ? parse(rows[i].value) : NULL);
        if (good != (rows[i].result != NULL))
            fail_msg("row %zu, \"%s\": %s", i, rows[i].path, good ? "accepted" : "refused");
        if (good)
            assert_string_equal(written(document, false), rows[i].result);
    }
    /* Removing and adding keep the chain of children whole. */
    struct json *list = parse("[1,2]");
    assert_true(json_set(&arena, list, "[1]", NULL));
    assert_true(json_set(&arena, list, "[0]", NULL));
    json_add_integer(list, NULL, 5, &arena);
    assert_string_equal(written(list, false), "[5]");
    /* A value that stands in a tree is copied into the other. */
    struct json *source = parse("{\"v\":{\"w\":1},\"z\":2}"), *target = parse("{}");
    assert_true(json_set(&arena, target, "v", json_get(source, "v")));
    assert_true(json_set(&arena, target, "v.w", parse("3")));
    assert_string_equal(written(source, false), "{\"v\": {\"w\": 1}, \"z\": 2}");
    assert_string_equal(written(target, false), "{\"v\": {\"w\": 3}}");
}

static void test_building(void **state)
{
    struct json *object = json_object(&arena), *list;
    char key[] = "key";
    (void)state;
    json_add_string(object, key, "va\"l\n\x01\xff", &arena);
    key[0] = 'X';
    list = json_add(object, "list", json_array(&arena), &arena);
    json_add_number(list, NULL, 0.1, &arena);
    json_add_number(list, NULL, (double)NAN, &arena);
    json_add_number(list, NULL, (double)-INFINITY, &arena);
    json_add_integer(list, NULL, INT64_MAX, &arena);
    json_add_bool(list, NULL, true, &arena);
    json_add_null(list, NULL, &arena);
    assert_string_equal(written(object, false),
                        "{\"key\": \"va\\\"l\\n\\u0001\xEF\xBF\xBD\", "
                        "\"list\": [0.1, \"nan\", \"-inf\", 9223372036854775807, true, null]}");
    struct json *copy = json_copy(&arena, object);
    json_add_null(list, NULL, &arena);
    assert_int_equal(json_count(json_get(copy, "list")), 6);
    assert_ptr_equal(json_get(copy, "list")->parent, copy);
    assert_ptr_not_equal(json_add(copy, "again", list, &arena), list);
}

static void test_look_of_lines(void **state)
{
    struct json *document =
        parse("{\"name\":\"x\",\"empty\":{},\"shape\":[1,8,8],\"model\":[{\"type\":\"relu\"},"
              "{\"type\":\"conv\",\"k\":[3,3]}],\"o\":{\"lr\":1e-3}}");
    struct json *list;
    (void)state;
    assert_string_equal(written(document, true), "{\n"
                                                 "  \"name\": \"x\",\n"
                                                 "  \"empty\": {},\n"
                                                 "  \"shape\": [1, 8, 8],\n"
                                                 "  \"model\": [\n"
                                                 "    {\"type\": \"relu\"},\n"
                                                 "    {\n"
                                                 "      \"type\": \"conv\",\n"
                                                 "      \"k\": [3, 3]\n"
                                                 "    }\n"
                                                 "  ],\n"
                                                 "  \"o\": {\"lr\": 1e-3}\n"
                                                 "}\n");
    assert_string_equal(written(parse("[]"), true), "[]\n");
    list = json_add(json_object(&arena), "numbers", json_array(&arena), &arena);
    for (int i = 0; i < 100; i++)
        json_add_integer(list, NULL, i, &arena);
    const char *lines = written(list->parent, true);
    assert_non_null(strstr(lines, "\n    99\n  ]\n"));
    assert_string_equal(written(parse(lines), false), written(list->parent, false));
}

static void test_numbers_survive(void **state)
{
    uint64_t bits = 88172645463325252u;
    (void)state;
    for (int i = 0; i < 5000; i++) {
        bits = bits * 6364136223846793005u + 1442695040888963407u;
        double number;
        memcpy(&number, &bits, sizeof number);
        if (!isfinite(number))
            continue;
        struct json *list = json_array(&arena);
        json_add_number(list, NULL, number, &arena);
        double back = parse(written(list, false))->child->number;
        assert_memory_equal(&back, &number, sizeof number);
    }
}

static void test_reading_files(void **state)
{
    struct json *document;
    struct error err;
    const char *text;
    (void)state;
    assert_false(json_read(&arena, "/nonexistent/conf.json", 100, &document, &text, &err));
    assert_int_equal(err.kind, ERROR_MACHINE);
    assert_null(document);
    assert_null(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_accepted),      cmocka_unit_test(test_refused),
        cmocka_unit_test(test_nul),           cmocka_unit_test(test_depth),
        cmocka_unit_test(test_many_keys),     cmocka_unit_test(test_places),
        cmocka_unit_test(test_look_up),       cmocka_unit_test(test_paths),
        cmocka_unit_test(test_set),           cmocka_unit_test(test_building),
        cmocka_unit_test(test_look_of_lines), cmocka_unit_test(test_numbers_survive),
        cmocka_unit_test(test_reading_files),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
