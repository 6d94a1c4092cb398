/* The table of formats, and words for outcomes. */
#include <mldbg/report.h>

static const struct entry *const entries[] = {
#define FORMAT(id) &format_##id.entry,
#include <mldbg/report/formats.def>
#undef FORMAT
};

const struct catalog format_catalog = {"format", "formats", entries, sizeof entries / sizeof *entries};

const char *outcome_name(enum outcome outcome)
{
    switch (outcome) {
    case OUTCOME_PASS: return "PASS";
    case OUTCOME_FAIL: return "FAIL";
    case OUTCOME_INCONCLUSIVE: return "INCONCLUSIVE";
    }
    BUG("no outcome has the number %d", (int)outcome);
}
