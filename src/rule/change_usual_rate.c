/* The learning rate that is usual for the optimizer, where the one in use is far from it. */
#include "edit.h"

#include <math.h>
#include <string.h>

/* Nearer to the usual rate, the changes by 10 and by 100 are enough. */
static const double FAR = 100;

/* Rates that work on scaled data for most nets; for sgd without momentum. */
static const struct {
    const char *optimizer;
    double rate;
} usual[] = {
    {"sgd", 0.05}, {"adam", 0.001}, {"adamw", 0.001}, {"rmsprop", 0.001}, {"adagrad", 0.05}, {"adadelta", 1},
};

static bool make(const struct run *run, const char *subject, struct remedy *out)
{
    const char *optimizer = setting_word(run, "optimizer.type", run_text(run, "train/optimizer"));
    double rate = setting_number(run, "optimizer.lr", run_number(run, "train/rate"));
    double momentum = setting_number(run, "optimizer.momentum", 0);

    (void)subject;
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++) {
        double wanted = usual[i].rate;

        if (strcmp(usual[i].optimizer, optimizer) != 0 || !(rate > 0))
            continue;
        if (strcmp(optimizer, "sgd") == 0 && momentum > 0)
            wanted /= 10;
        if (fabs(log(rate / wanted)) <= log(FAR))
            return false;
        remedy_set_number(run, out, "optimizer.lr", wanted);
        return true;
    }
    return false;
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
