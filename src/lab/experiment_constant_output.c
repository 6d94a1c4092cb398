/* Whether the network, before any training, answers all rows alike. */
#include <math.h>

#include "asking.h"

/* The largest standard deviation of an output over the rows, as a share of the largest output. */
static double spread_of(const struct tensor *output, int64_t rows, int64_t width)
{
    double most = 0, size = 0;

    for (int64_t c = 0; c < width; c++) {
        double mean = 0, spread = 0;

        for (int64_t i = 0; i < rows; i++) {
            double value = tensor_get(output, i * width + c);

            size = fmax(size, fabs(value));
            mean += value / (double)rows;
        }
        for (int64_t i = 0; i < rows; i++) {
            double distance = tensor_get(output, i * width + c) - mean;

            spread += distance * distance / (double)rows;
        }
        most = fmax(most, sqrt(spread));
    }
    return size > 0 ? most / size : 0;
}

static bool ask(struct lab *lab, struct run *run, struct problems *problems)
{
    struct asking asking;
    bool good = asking_begin(&asking, lab, run, lab->dtype, NULL, 0, problems);

    if (good && asking.count > 1) {
        struct moment moment;
        int64_t width;
        const struct tensor *output = asking_output(&asking, &width);

        trainer_evaluate(&asking.trainer, false, &moment);
        if (moment.finite)
            run_set_number(run, "experiment/constant_output/spread", spread_of(output, asking.count, width));
    }
    asking_end(&asking);
    return good;
}

const struct experiment experiment_constant_output = {
    .entry = {"constant_output", "Whether all rows get the same answer before training",
              "The outputs of one batch with the weights as they were drawn, in evaluation\n"
              "mode: the largest standard deviation over the rows, as a share of the\n"
              "largest output. Below 0.0001 the network sees no difference between rows,\n"
              "which a small initialization can do, too.\n"},
    .cost = "one forward pass",
    .writes = "experiment/constant_output/spread",
    .ask = ask,
};
