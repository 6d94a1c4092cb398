/*
 * Changes of one setting of a config: what a rule proposes as remedy, and what the prover tries. Each is a
 * row that looks at a record and says which patches it comes to there. Pure functions; nothing is run here.
 */
#ifndef MLDBG_RULE_CHANGE_H
#define MLDBG_RULE_CHANGE_H

#include <mldbg/base/catalog.h>
#include <mldbg/base/patch.h>
#include <mldbg/run.h>

enum category {
    CATEGORY_none, /* a rule that is no root cause of a network that does not learn */
#define CATEGORY(id, words) CATEGORY_##id,
#include <mldbg/rule/categories.def>
#undef CATEGORY
    CATEGORY_COUNT
};
const char *category_name(enum category category);  /* "output_activation"; "" for none */
const char *category_words(enum category category); /* "output layer" */

enum { REMEDY_PATCHES = 16 };

/* One change, made for one config: several patches where one setting is written in several places. */
struct remedy {
    const struct change *change;
    enum category category; /* of the change, unless the config tells it more narrowly */
    const char *words;      /* "optimizer.lr: 1 -> 0.1", "remove layer "prob"" */
    struct patch patches[REMEDY_PATCHES];
    int count;
};

struct change {
    struct entry entry; /* name "match-head" */
    enum category category;
    /* Other rates, epochs, optimizers make up for faults elsewhere: a cure by them does not name the fault.
     */
    bool compensates;
    /*
     * Whether something that was measured asks for it; NULL: always. Where nothing does, it compensates, too:
     * scaling inputs that are scaled already is another learning rate.
     */
    bool (*warranted)(const struct run *run);
    /* Part of what turns the config into the reference with the program's own layers. */
    bool matched;
    /*
     * Fills words and patches. Reads the config of the record (as it stands: it may be patched already, so
     * that the tables of layers do not fit it) and its facts. subject: what a finding is about, such as a
     * layer; "" for the whole model. False: there is nothing to change here.
     */
    bool (*make)(const struct run *run, const char *subject, struct remedy *out);
    bool repeats; /* made on its own result it changes something again: ten times the rate */
    /* For the tests of the table: a config that it changes, as JSON, facts and a subject beside it. */
    const char *example;
    const char *example_subject;    /* NULL: "" */
    void (*facts)(struct run *run); /* may be NULL */
};

#define CHANGE(id) extern const struct change change_##id;
#include <mldbg/rule/changes.def>
#undef CHANGE
extern const struct catalog change_catalog;

/* Whether a cure by it may make up for a fault elsewhere in this config. */
bool change_compensates(const struct change *change, const struct run *run);

/* change->make, with words from the patches where it gave none. */
bool change_make(const struct change *change, const struct run *run, const char *subject, struct remedy *out);

/*
 * Decades by which the learning rate of the config is below what is usual for its optimizer; negative: above.
 * NaN where either is not known.
 */
double change_rate_below_usual(const struct run *run);

/* Appends a patch to a remedy; a value that is a tree is copied. */
void remedy_set(struct remedy *remedy, const char *path, const struct json *value);
void remedy_set_number(const struct run *run, struct remedy *remedy, const char *path, double value);
void remedy_set_word(const struct run *run, struct remedy *remedy, const char *path, const char *word);
void remedy_remove(struct remedy *remedy, const char *path);
void remedy_insert(struct remedy *remedy, const char *path, const struct json *value);

#endif
