/* Rows as text and as JSON. Whether a goal is met is told, never judged: the machine is shared. */
#include "table.h"

#include <math.h>
#include <mldbg/base/text.h>
#include <stdio.h>
#include <string.h>

struct row row_none(void)
{
    const double none = (double)NAN;

    return (struct row){.variant = "",
                        .threads = 1,
                        .ours = none,
                        .peer = none,
                        .peer_name = "",
                        .setup = "",
                        .least = none,
                        .aim = none,
                        .rate = none,
                        .peak = none,
                        .memory = none,
                        .peer_memory = none,
                        .limit = none,
                        .note = ""};
}

void table_init(struct table *table, struct arena *arena, struct json *document, bool json)
{
    *table = (struct table){.arena = arena, .json = json, .document = document};
    text_init(&table->missed, arena);
    table->rows = json_add(document, "rows", json_array(arena), arena);
    text_init(&table->notes, arena);
}

void add_number(struct json *object, const char *key, double value, struct arena *arena)
{
    if (isfinite(value))
        json_add_number(object, key, round(1e6 * value) / 1e6, arena);
}

/* "aim", "yes" or "NO"; "" without a peer or a goal. */
static const char *reached(const struct row *row)
{
    const double times = row->peer / row->ours;

    if (isnan(times) || isnan(row->least))
        return "";
    if (times < row->least || row->memory > row->limit)
        return "NO";
    return times < row->aim ? "yes" : "aim";
}

static void keep(struct table *table, const struct row *row)
{
    struct arena *arena = table->arena;
    struct json *object = json_add(table->rows, NULL, json_object(arena), arena);
    const char *met = reached(row);

    json_add_string(object, "part", row->part, arena);
    json_add_string(object, "name", row->name, arena);
    json_add_string(object, "variant", row->variant, arena);
    json_add_integer(object, "threads", row->threads, arena);
    add_number(object, "ours_ms", row->ours, arena);
    if (isfinite(row->peer)) {
        json_add_string(object, "peer", row->peer_name, arena);
        json_add_string(object, "peer_setup", row->setup, arena);
        add_number(object, "peer_ms", row->peer, arena);
        add_number(object, "times", row->peer / row->ours, arena);
    }
    add_number(object, "least", row->least, arena);
    add_number(object, "aim", row->aim, arena);
    if (*met) {
        json_add_bool(object, "least_met", strcmp(met, "NO") != 0, arena);
        json_add_bool(object, "aim_met", strcmp(met, "aim") == 0, arena);
    }
    add_number(object, "gflops", row->rate, arena);
    add_number(object, "peak_gflops", row->peak, arena);
    add_number(object, "mib", row->memory, arena);
    add_number(object, "peer_mib", row->peer_memory, arena);
    add_number(object, "mib_most", row->limit, arena);
    if (*row->note)
        json_add_string(object, "note", row->note, arena);
}

/* A number of some four digits; "-" for NaN. */
static const char *cell(char text[24], double value, const char *unit)
{
    const int digits = value < 0.1 ? 4 : value < 9.995 ? 3 : value < 99.95 ? 2 : value < 999.5 ? 1 : 0;

    if (isnan(value))
        return "-";
    snprintf(text, 24, "%.*f%s", *unit ? 0 : digits, value, unit);
    return text;
}

/* A goal as it was set, without zeros at the end. */
static const char *goal(char text[24], double value)
{
    if (isnan(value))
        return "-";
    snprintf(text, 24, "%g", value);
    return text;
}

static void print_head(void)
{
    printf("%-16s %-12s %1s %9s %9s %7s %6s %5s %-4s %6s  %s\n", "workload", "", "t", "ours, ms", "peer, ms",
           "times", "least", "aim", "met", "sgemm", "peer");
}

static void print(const struct row *row)
{
    char ours[24], peer[24], times[24], least[24], aim[24], share[24];

    printf("%-16s %-12s %1d %9s %9s %7s %6s %5s %-4s %6s  %s%s%s\n", row->name, row->variant, row->threads,
           cell(ours, row->ours, ""), cell(peer, row->peer, ""), cell(times, row->peer / row->ours, ""),
           goal(least, row->least), goal(aim, row->aim), reached(row),
           cell(share, 100 * row->rate / row->peak, " %"), row->peer_name, *row->setup ? ", " : "",
           row->setup);
    fflush(stdout);
}

static void add_note(struct table *table, const struct row *row)
{
    char ours[24], peer[24], limit[24];

    if (isnan(row->memory) && !*row->note)
        return;
    text_print(&table->notes, "%s, %s: ", row->name, row->variant);
    if (!isnan(row->memory))
        text_print(&table->notes, "memory %s MiB (%s MiB%s%s)%s", cell(ours, row->memory, ""),
                   cell(peer, row->peer_memory, ""), isnan(row->limit) ? "" : "; at most ",
                   isnan(row->limit) ? "" : cell(limit, row->limit, ""), *row->note ? "; " : "");
    text_print(&table->notes, "%s\n", row->note);
}

static void count(struct table *table, const struct row *row)
{
    const char *met = reached(row);

    table->judged += *met != 0;
    table->met += *met && strcmp(met, "NO") != 0;
    table->aimed += strcmp(met, "aim") == 0;
    if (strcmp(met, "NO") == 0)
        text_print(&table->missed, "%s%s %s, %d thread%s, %.2f of %.4g", table->missed.length ? "; " : "",
                   row->name, row->variant, row->threads, row->threads == 1 ? "" : "s", row->peer / row->ours,
                   row->least);
}

void table_add(struct table *table, const struct row *row)
{
    keep(table, row);
    count(table, row);
    if (table->json)
        return;
    if (!table->begun)
        print_head();
    table->begun = true;
    print(row);
    add_note(table, row);
}

void table_end(struct table *table)
{
    struct json *summary = json_add(table->document, "summary", json_object(table->arena), table->arena);

    json_add_integer(summary, "judged", table->judged, table->arena);
    json_add_integer(summary, "met", table->met, table->arena);
    json_add_integer(summary, "aimed", table->aimed, table->arena);
    json_add_string(summary, "missed", table->missed.at ? table->missed.at : "", table->arena);
    if (table->json)
        return;
    if (table->notes.length)
        printf("\n%s", table->notes.at);
    if (table->judged)
        printf("\n%d of %d reach what is asked for, %d of them the aim%s%s\n", table->met, table->judged,
               table->aimed, table->missed.length ? "; not: " : "", table->missed.at);
}
