/* The learning rate that is usual for the optimizer, where the one in use is far from it. */
#include "edit.h"

#include <math.h>
#include <string.h>

/* In decades. Nearer to the usual rate, the changes by 10 and by 100 are enough. */
static const double FAR = 2;

/* Rates that work on scaled data for most nets; for sgd without momentum. */
static const struct {
    const char *optimizer;
    double rate;
} usual[] = {
    {"sgd", 0.05}, {"adam", 0.001}, {"adamw", 0.001}, {"rmsprop", 0.001}, {"adagrad", 0.05}, {"adadelta", 1},
};

/* 0: not known. */
static double usual_rate(const struct run *run)
{
    const char *optimizer = setting_word(run, "optimizer.type", run_text(run, "train/optimizer"));
    bool momentum = strcmp(optimizer, "sgd") == 0 && setting_number(run, "optimizer.momentum", 0) > 0;

    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
        if (strcmp(usual[i].optimizer, optimizer) == 0)
            return momentum ? usual[i].rate / 10 : usual[i].rate;
    return 0;
}

double change_rate_below_usual(const struct run *run)
{
    double rate = setting_number(run, "optimizer.lr", run_number(run, "train/rate"));
    double wanted = usual_rate(run);

    return rate > 0 && wanted > 0 ? log10(wanted / rate) : (double)NAN;
}

static bool make(const struct run *run, const char *subject, struct remedy *out)
{
    (void)subject;
    if (!(fabs(change_rate_below_usual(run)) > FAR))
        return false;
    remedy_set_number(run, out, "optimizer.lr", usual_rate(run));
    return true;
}

const struct change change_usual_rate = {
    .entry = {"usual-rate", "The learning rate that is usual for the optimizer",
              "Where optimizer.lr is more than 100 times larger or smaller: 0.05 for sgd\n"
              "(0.005 with momentum) and adagrad, 0.001 for adam, adamw and rmsprop, 1 for\n"
              "adadelta.\n"},
    .category = CATEGORY_learning_rate,
    .compensates = true,
    .make = make,
    .example = "{\"model\": [], \"optimizer\": {\"type\": \"sgd\", \"lr\": 1000}}",
};
