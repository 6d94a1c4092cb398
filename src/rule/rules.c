/* The table of rules, asking them, and putting what they found in order. Knows no single rule. */
#include <mldbg/rule.h>

#include <string.h>
#include <strings.h>

static const struct entry *const entries[] = {
#define RULE(id) &rule_##id.entry,
#include <mldbg/rule/rules.def>
#undef RULE
};

const struct catalog rule_catalog = {"rule", "rules", entries, sizeof entries / sizeof *entries};

const char *severity_name(enum severity severity)
{
    switch (severity) {
    case SEVERITY_NOTE: return "note";
    case SEVERITY_WARNING: return "warning";
    case SEVERITY_ERROR: return "error";
    }
    BUG("no severity has the number %d", (int)severity);
}

static const struct rule *rule_at(size_t index)
{
    return ENTRY_OF(rule_catalog.at[index], struct rule);
}

const struct rule *rule_find(const char *code_or_name)
{
    for (size_t i = 0; i < rule_catalog.count; i++)
        if (strcasecmp(rule_at(i)->code, code_or_name) == 0 ||
            strcmp(rule_at(i)->entry.name, code_or_name) == 0)
            return rule_at(i);
    return NULL;
}

bool rule_can_ask(const struct rule *rule, const struct run *run)
{
    for (const char *const *name = rule->reads; *name; name++)
        if (!run_has(run, *name))
            return false;
    return true;
}

void findings_init(struct findings *findings, struct arena *arena)
{
    *findings = (struct findings){.arena = arena};
}

void findings_clear(struct findings *findings)
{
    *findings = (struct findings){.arena = findings->arena, .ignored = findings->ignored};
}

static bool is_ignored(const struct findings *findings, const struct rule *rule)
{
    for (size_t i = 0; i < findings->ignored.count; i++)
        if (rule_find(findings->ignored.at[i]) == rule)
            return true;
    return false;
}

struct finding *findings_add(struct findings *findings, const struct rule *rule, const char *format, ...)
{
    struct finding *finding =
        arena_append(findings->arena, &findings->at, &findings->count, &findings->capacity, sizeof *finding);
    va_list values;
    va_start(values, format);
    finding->sentence = arena_print_list(findings->arena, format, values);
    va_end(values);
    finding->rule = rule;
    finding->severity = rule->severity;
    finding->subject = "";
    finding->next = rule->next && rule->next[0] ? rule->next[0] : "";
    return finding;
}

void finding_evidence(struct finding *finding, const char *name, double value, double threshold, int64_t step)
{
    if (finding->evidence_count == EVIDENCE_MOST)
        BUG("rule %s gives more than %d numbers as evidence", finding->rule->code, EVIDENCE_MOST);
    finding->evidence[finding->evidence_count++] = (struct evidence){name, value, threshold, step};
}

size_t findings_count(const struct findings *findings, enum severity least)
{
    size_t count = 0;
    for (size_t i = 0; i < findings->count; i++)
        count += findings->at[i].severity >= least;
    return count;
}

/* A root cause that only the look of config or data speaks for. */
static bool is_suspicion(const struct finding *finding)
{
    return finding->rule->category != CATEGORY_none && finding->severity == SEVERITY_NOTE;
}

static bool is_found(const struct findings *findings, const struct rule *rule)
{
    for (size_t i = 0; i < findings->count; i++)
        if (findings->at[i].rule == rule)
            return true;
    return false;
}

static bool is_note(const struct finding *finding)
{
    return finding->severity == SEVERITY_NOTE;
}

static bool is_early_note(const struct finding *finding)
{
    bool early = false;

    for (const char *const *name = finding->rule->reads; name && *name; name++)
        early = early || strncmp(*name, "experiment/", strlen("experiment/")) == 0;
    return early && is_note(finding);
}

static void drop(struct findings *findings, bool (*goes)(const struct finding *finding))
{
    size_t kept = 0;

    for (size_t i = 0; i < findings->count; i++)
        if (!goes(&findings->at[i]))
            findings->at[kept++] = findings->at[i];
    findings->count = kept;
    for (size_t i = 0; i < kept; i++)
        if (findings->at[i].cause && !is_found(findings, findings->at[i].cause))
            findings->at[i].cause = NULL;
}

void findings_drop_notes(struct findings *findings)
{
    drop(findings, is_note);
}

void findings_drop_early_notes(struct findings *findings)
{
    drop(findings, is_early_note);
}

void findings_drop_suspicions(struct findings *findings)
{
    drop(findings, is_suspicion);
}

static bool can_cause(const struct rule *cause, const struct rule *effect)
{
    if (!cause->causes)
        return false;
    for (const char *const *code = cause->causes; *code; code++)
        if (strcmp(*code, effect->code) == 0)
            return true;
    return false;
}

static const struct finding *finding_of(const struct findings *findings, const struct rule *rule)
{
    for (size_t i = 0; i < findings->count; i++)
        if (findings->at[i].rule == rule)
            return &findings->at[i];
    BUG("%s is the cause of a finding, and was not found itself", rule->code);
}

/* The finding at the head of the chain of causes. */
static const struct finding *root_of(const struct findings *findings, const struct finding *finding)
{
    while (finding->cause)
        finding = finding_of(findings, finding->cause);
    return finding;
}

/* Whether a finding tells how a training went, rather than what config or data look like. */
static bool is_symptom(const struct finding *finding)
{
    return finding->rule->category == CATEGORY_none && finding->rule->code[2] >= '3' &&
           finding->rule->code[2] <= '4';
}

/*
 * The cause that a re-run confirmed is an error, and everything that was seen of the training comes from it.
 * Which one that is stands in the record, so that the same record always gives the same findings.
 */
static void raise_proved(const struct run *run, struct findings *findings)
{
    const char *code = run_text(run, "proof/cause"), *subject = run_text(run, "proof/subject");
    bool proved = *run_text(run, "proof/sentence") != '\0';
    struct finding *cause = NULL;

    for (size_t i = 0; i < findings->count && !cause; i++) {
        struct finding *finding = &findings->at[i];
        bool named =
            *code ? strcmp(finding->rule->code, code) == 0 && strcmp(finding->subject, subject) == 0
                  : finding->severity == SEVERITY_ERROR && strncmp(finding->rule->code, "ML39", 4) == 0;

        if (named)
            cause = finding;
    }
    if (!cause)
        return;
    if (*code && proved) {
        cause->severity = SEVERITY_ERROR;
        cause->proof = run_text(run, "proof/sentence");
    }
    for (size_t i = 0; i < findings->count; i++)
        if (&findings->at[i] != cause && is_symptom(&findings->at[i]))
            findings->at[i].cause = cause->rule;
}

static void set_causes(struct findings *findings)
{
    for (size_t i = 0; i < findings->count; i++) {
        struct finding *effect = &findings->at[i];
        /* What a re-run proved is the root. */
        for (size_t k = 0; k < findings->count && !effect->cause && !effect->proof; k++) {
            const struct finding *cause = &findings->at[k];
            /* Two rules that can bring each other about must not end as each other's cause. */
            if (!is_suspicion(cause) && can_cause(cause->rule, effect->rule) &&
                root_of(findings, cause)->rule != effect->rule)
                effect->cause = cause->rule;
        }
    }
}

static enum severity group_severity(const struct findings *findings, const struct finding *root)
{
    enum severity worst = SEVERITY_NOTE;
    for (size_t i = 0; i < findings->count; i++)
        if (root_of(findings, &findings->at[i])->rule == root->rule && findings->at[i].severity > worst)
            worst = findings->at[i].severity;
    return worst;
}

/* Place in the order: severity of the group, then the group, then roots before consequences, then severity.
 */
struct rank {
    int group, root, consequence, own;
};

static int before(const struct rank *a, const struct rank *b)
{
    if (a->group != b->group)
        return a->group > b->group ? -1 : 1;
    if (a->root != b->root)
        return a->root < b->root ? -1 : 1;
    if (a->consequence != b->consequence)
        return a->consequence - b->consequence;
    return b->own - a->own;
}

/* What an experiment showed (ML3xx and up) speaks before what config and data look like; then the order of
 * the table. */
static int place_of_rule(const struct rule *rule)
{
    int index = catalog_index(&rule_catalog, rule->entry.name);
    return rule->code[2] >= '3' ? index : index + (int)rule_catalog.count;
}

static void sort(struct findings *findings)
{
    if (findings->count == 0)
        return;
    struct rank *rank = arena_array(findings->arena, findings->count, sizeof *rank);
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *root = root_of(findings, &findings->at[i]);
        rank[i] = (struct rank){
            .group = (int)group_severity(findings, root),
            .root = place_of_rule(root->rule),
            .consequence = findings->at[i].cause != NULL,
            .own = (int)findings->at[i].severity,
        };
    }
    /* Insertion keeps the table's order among equals; there are never many findings. */
    for (size_t i = 1; i < findings->count; i++) {
        for (size_t k = i; k > 0 && before(&rank[k], &rank[k - 1]) < 0; k--) {
            struct finding finding = findings->at[k];
            findings->at[k] = findings->at[k - 1];
            findings->at[k - 1] = finding;
            struct rank spare = rank[k];
            rank[k] = rank[k - 1];
            rank[k - 1] = spare;
        }
    }
}

const struct finding *findings_spoken(const struct findings *findings, enum severity least)
{
    const struct finding *lead = NULL;

    for (size_t i = 0; i < findings->count && !lead; i++)
        if (findings->at[i].severity >= least)
            lead = &findings->at[i];
    for (size_t i = 0; lead && i < findings->count; i++)
        if (is_symptom(&findings->at[i]) && root_of(findings, &findings->at[i])->rule == lead->rule &&
            &findings->at[i] != lead)
            return &findings->at[i];
    return lead;
}

void rules_judge(const struct run *run, struct findings *findings)
{
    for (size_t i = 0; i < rule_catalog.count; i++) {
        const struct rule *rule = rule_at(i);
        if (is_ignored(findings, rule))
            continue;
        if (!rule_can_ask(rule, run)) {
            findings->not_asked++;
            continue;
        }
        findings->asked++;
        rule->check(rule, run, findings);
    }
    raise_proved(run, findings);
    set_causes(findings);
    sort(findings);
}
