/* Arithmetic in one variable x: recursive descent into steps for a small stack machine. */
#include "expression.h"

#include <math.h>
#include <string.h>

#include <mldbg/base/text.h>

/* Depth of brackets and signs; more than people write. */
enum { DEPTH_MOST = 32, STACK_MOST = 64, NUMBER_MOST = 40 };

static double add(double a, double b)
{
    return a + b;
}

static double subtract(double a, double b)
{
    return a - b;
}

static double multiply(double a, double b)
{
    return a * b;
}

static double divide(double a, double b)
{
    return a / b;
}

static double negate(double a)
{
    return -a;
}

struct step {
    double (*two)(double, double);
    double (*one)(double);
    bool is_x;
    double number;
};

struct expression {
    struct step *at;
    size_t count, capacity;
};

struct parser {
    struct arena *arena;
    const char *text, *at;
    struct expression *out;
    struct error *err;
    int depth, height, most; /* of the stack */
};

static bool parse_sum(struct parser *parser);

static bool refuse(struct parser *parser, const char *expected)
{
    return fail(parser->err, ERROR_REQUEST, "\"%s\": at character %lld, expected %s",
                text_escape(parser->arena, parser->text, strlen(parser->text), 60),
                (long long)(parser->at - parser->text) + 1, expected);
}

static void blanks(struct parser *parser)
{
    while (*parser->at == ' ')
        parser->at++;
}

static bool take(struct parser *parser, const char *word)
{
    blanks(parser);
    if (strncmp(parser->at, word, strlen(word)) != 0)
        return false;
    parser->at += strlen(word);
    return true;
}

static void emit(struct parser *parser, struct step step)
{
    struct step *to = arena_append(parser->arena, &parser->out->at, &parser->out->count,
                                   &parser->out->capacity, sizeof *parser->out->at);
    *to = step;
    parser->height += step.two ? -1 : step.one ? 0 : 1;
    parser->most = parser->height > parser->most ? parser->height : parser->most;
}

static bool parse_number(struct parser *parser)
{
    size_t length = strspn(parser->at, "0123456789.");
    if ((parser->at[length] == 'e' || parser->at[length] == 'E') && length > 0) {
        length++;
        length += parser->at[length] == '-' || parser->at[length] == '+';
        length += strspn(parser->at + length, "0123456789");
    }
    char text[NUMBER_MOST];
    double value;
    if (length == 0 || length >= sizeof text)
        return refuse(parser, "a number, x, a function or a bracket");
    memcpy(text, parser->at, length);
    text[length] = '\0';
    if (!text_read_double(text, &value))
        return refuse(parser, "a number");
    parser->at += length;
    emit(parser, (struct step){.number = value});
    return true;
}

static bool parse_atom(struct parser *parser)
{
    static const struct {
        const char *name;
        double (*value)(double);
    } functions[] = {{"sin(", sin}, {"cos(", cos},   {"tanh(", tanh}, {"exp(", exp},
                     {"log(", log}, {"sqrt(", sqrt}, {"abs(", fabs},  {"(", NULL}};
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        if (!take(parser, functions[i].name))
            continue;
        if (!parse_sum(parser))
            return false;
        if (!take(parser, ")"))
            return refuse(parser, "a closing bracket");
        if (functions[i].value)
            emit(parser, (struct step){.one = functions[i].value});
        return true;
    }
    if (take(parser, "x")) {
        emit(parser, (struct step){.is_x = true});
        return true;
    }
    if (take(parser, "pi")) {
        emit(parser, (struct step){.number = 3.14159265358979323846});
        return true;
    }
    return parse_number(parser);
}

/* Signs bind less than powers: -x**2 is -(x**2), and 2**-1 is 0.5. */
static bool parse_power(struct parser *parser)
{
    if (++parser->depth > DEPTH_MOST)
        return refuse(parser, "fewer brackets and signs inside each other");
    bool good;
    if (take(parser, "-")) {
        good = parse_power(parser);
        emit(parser, (struct step){.one = negate});
    } else if (take(parser, "+")) {
        good = parse_power(parser);
    } else {
        good = parse_atom(parser);
        if (good && take(parser, "**")) {
            good = parse_power(parser);
            emit(parser, (struct step){.two = pow});
        }
    }
    parser->depth--;
    return good;
}

static bool parse_product(struct parser *parser)
{
    bool good = parse_power(parser);
    while (good) {
        bool product = take(parser, "*");
        if (!product && !take(parser, "/"))
            break;
        good = parse_power(parser);
        emit(parser, (struct step){.two = product ? multiply : divide});
    }
    return good;
}

static bool parse_sum(struct parser *parser)
{
    bool good = parse_product(parser);
    while (good) {
        bool sum = take(parser, "+");
        if (!sum && !take(parser, "-"))
            break;
        good = parse_product(parser);
        emit(parser, (struct step){.two = sum ? add : subtract});
    }
    return good;
}

const struct expression *expression_read(struct arena *arena, const char *text, struct error *err)
{
    struct expression *out = arena_alloc(arena, sizeof *out);
    struct parser parser = {.arena = arena, .text = text, .at = text, .out = out, .err = err};
    if (!parse_sum(&parser))
        return NULL;
    blanks(&parser);
    if (*parser.at) {
        refuse(&parser, "an operator or the end");
        return NULL;
    }
    if (parser.most > STACK_MOST) {
        refuse(&parser, "a shorter expression");
        return NULL;
    }
    return out;
}

double expression_value(const struct expression *expression, double x)
{
    double stack[STACK_MOST];
    size_t height = 0;
    for (size_t i = 0; i < expression->count; i++) {
        const struct step *step = &expression->at[i];
        if (step->two) {
            height--;
            stack[height - 1] = step->two(stack[height - 1], stack[height]);
        } else if (step->one) {
            stack[height - 1] = step->one(stack[height - 1]);
        } else {
            stack[height++] = step->is_x ? x : step->number;
        }
    }
    return stack[0];
}
