/* Example records of one-batch runs. */
#include "example.h"

#include <math.h>

static const double LN_10 = 2.302585092994046; /* chance of ten classes */

double example_flat(int64_t step)
{
    return LN_10 - 1e-5 * (double)step;
}

double example_partial(int64_t step)
{
    return 1.1 + 1.2 * exp(-(double)step / 10);
}

double example_rising(int64_t step)
{
    return LN_10 + 0.02 * (double)step;
}

double example_exploding(int64_t step)
{
    return LN_10 * exp((double)step / 20);
}

double example_swinging(int64_t step)
{
    return step % 2 ? 1.2 : 2.8;
}

double example_slow(int64_t step)
{
    return LN_10 - 0.006 * (double)step;
}

static double falling(int64_t step)
{
    return LN_10 * exp(-(double)step / 20);
}

void example_curve(struct run *run, double (*loss)(int64_t step))
{
    for (int64_t step = 0; step <= EXAMPLE_STEPS; step++) {
        series_add(run, run_series(run, "overfit/loss"), step, loss(step));
        series_add(run, run_series(run, "overfit/accuracy"), step, exp(-loss(step)));
        series_add(run, run_series(run, "overfit/gradient_norm"), step, 0.1);
    }
    run_set_number(run, "overfit/chance", LN_10);
    run_set_number(run, "overfit/floor", 0);
    run_set_number(run, "overfit/initial_loss", loss(0));
    run_set_number(run, "overfit/reached", -1);
    run_set_text(run, "overfit/stopped", "budget");
}

void example_memorized(struct run *run)
{
    example_curve(run, falling);
    run_set_number(run, "overfit/reached", EXAMPLE_STEPS);
    run_set_text(run, "overfit/stopped", "reached");
    /* Half of the units of a rectifier are zero in any sound network. */
    series_add(run, run_series(run, "overfit/activation/relu1/zero_share"), EXAMPLE_STEPS, 0.5);
    series_add(run, run_series(run, "overfit/activation/tanh1/saturated_share"), EXAMPLE_STEPS, 0.1);
}

void example_regression(struct run *run)
{
    run_series(run, "overfit/accuracy")->count = 0;
}
