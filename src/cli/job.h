/* What the commands have in common that open a lab, ask a recipe and report. */
#ifndef CLI_JOB_H
#define CLI_JOB_H

#include <mldbg/cli.h>
#include <mldbg/recipe.h>

struct job {
    struct lab *lab;
    struct run run;
    struct findings findings;
    struct verdict verdict;
    struct problems problems;
    const char *text; /* of the config, for excerpts */
};

/* When to draw the progress line: on a terminal, and not more often than the eye can follow. */
struct pulse {
    bool live;
    int64_t last; /* milliseconds */
};

struct pulse pulse_start(void);
bool pulse_beats(struct pulse *pulse);

/* Opens the config that the first word names. False: it was refused, see problems. */
bool job_open(struct job *job, struct invocation *invocation);
/* The same for a config of another name, all of it kept in an arena of its own. */
bool job_open_file(struct job *job, struct invocation *invocation, struct arena *arena, const char *path);

/* Reports what the recipe came to, or why it was refused. */
enum exit_code job_finish(struct job *job, struct invocation *invocation, bool done);

#endif
