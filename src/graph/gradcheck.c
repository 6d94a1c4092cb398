/*
 * Gradient check: the analytic gradient against differences of the loss, one number at a time, in double. A
 * kink (relu, max-pool, hinge) between two points is recognised by the operators' own hash of pieces, so it
 * is neither excused nor mistaken for a wrong gradient. Leaves values and running statistics as they were.
 */
#include <assert.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include "structure.h"

/*
 * A difference of this share of the two values (and of the tensor's typical one) is looked at again, more
 * finely.
 */
static const double suspicious = 1e-9;
/*
 * The finer look uses the four-point formula, whose steps may be longer: rounding weighs less, and its own
 * error is of fourth order. The longest one is believed only where the shorter one agrees within rounding.
 */
static const double longer_step = 10, longest_step = 100;
/* A step that crosses a kink is shortened by ten this many times. */
enum { SHORTER_STEPS = 3 };
/* Rounding of one forward pass, in units of the loss's last place: a guess on the safe side. */
static const double rounding_units = 8;
/* A gradient smaller than this share of the largest one in the graph is zero: what is left is rounding. */
static const double zero_share = 1e-9;
/* A number of this size or more is moved by a share of itself: a step that it cannot feel measures nothing.
 */
static const double least_share = 1e-7;
/*
 * A loss near 0 is the small difference of numbers of about 1, such as log(1 + 1e-9), and is as coarse as
 * they are.
 */
static const double loss_scale = 1;
/* How many times what two steps disagree by may be the error of the better one. */
static const double doubt_factor = 2;
/* How far an analytic value may lie outside of the one-sided slopes at a kink, as a share of them. */
static const double slope_slack = 1e-4;

struct probe {
    struct graph *graph;
    node loss, changed;
    const struct gradcheck_settings *settings;
    struct tensor *value; /* of the parameter or input that is being checked */
    int64_t index;
    double here;    /* the element's own value */
    double step;    /* for this element */
    double typical; /* root mean square of the tensor's analytic gradient */
    double centre;  /* the loss where everything is as it was, and the pieces there */
    uint64_t pieces;
};

static double rounding(double loss)
{
    return rounding_units * DBL_EPSILON * fabs(loss);
}

static double loss_at(const struct probe *probe, double distance)
{
    tensor_set(probe->value, probe->index, probe->here + distance);
    graph_forward_from(probe->graph, probe->changed, &probe->settings->at);
    return graph_scalar(probe->graph, probe->loss);
}

/* Hash of the pieces that all piecewise operators are on, for the values of the last forward pass. */
static uint64_t pieces_of(const struct graph *graph)
{
    uint64_t hash = 0;
    for (size_t i = 0; i < graph->count; i++) {
        const struct node_row *row = &graph->at[i];
        if (row->op && row->op->pieces)
            hash = (hash ^ row->op->pieces(&row->call)) * UINT64_C(1099511628211) + i;
    }
    return hash;
}

/* The loss at a distance, and whether it is on the same pieces as the centre. */
static bool smooth_at(const struct probe *probe, double distance, double *loss)
{
    *loss = loss_at(probe, distance);
    return pieces_of(probe->graph) == probe->pieces;
}

/* Central difference; the distance that was really moved, since here + step is rounded. */
static double central(const struct probe *probe, double step)
{
    double up = probe->here + step, down = probe->here - step;
    return (loss_at(probe, up - probe->here) - loss_at(probe, down - probe->here)) / (up - down);
}

/* (8 (f(h) - f(-h)) - (f(2h) - f(-2h))) / 12 h, if all four points are smooth. */
static bool four_points(const struct probe *probe, double step, double *slope)
{
    double near_up, near_down, far_up, far_down;
    if (!smooth_at(probe, step, &near_up) || !smooth_at(probe, -step, &near_down) ||
        !smooth_at(probe, 2 * step, &far_up) || !smooth_at(probe, -2 * step, &far_down))
        return false;
    *slope = (8 * (near_up - near_down) - (far_up - far_down)) / (12 * step);
    return true;
}

/* Second-order difference to one side, if both points are smooth; step is negative for the lower side. */
static bool one_side(const struct probe *probe, double step, double *slope)
{
    double near_loss, far_loss;
    if (!smooth_at(probe, step, &near_loss) || !smooth_at(probe, 2 * step, &far_loss))
        return false;
    *slope = (4 * near_loss - far_loss - 3 * probe->centre) / (2 * step);
    return true;
}

/* The slope of a smooth element by longer steps; false if a kink lies within them. */
static bool slope_by_longer_steps(const struct probe *probe, double *slope)
{
    double step = longer_step * probe->step, far;
    if (!four_points(probe, step, slope))
        return false;
    if (four_points(probe, longest_step * probe->step, &far) &&
        fabs(far - *slope) <= rounding(probe->centre) / step)
        *slope = far;
    return true;
}

static bool is_close(const struct probe *probe, double analytic, double numeric)
{
    return fabs(analytic - numeric) <= suspicious * (fabs(analytic) + fabs(numeric) + probe->typical);
}

/* A slope, and how far off it may be: by the bending of the loss, which two steps tell, and by rounding. */
struct estimate {
    double slope, doubt;
};

static struct estimate extrapolated(const struct probe *probe, double wide, double narrow, double step)
{
    return (struct estimate){(4 * narrow - wide) / 3,
                             fabs(narrow - wide) +
                                 rounding(fmax(fabs(probe->centre), loss_scale)) / fabs(step)};
}

/* From points to both sides, or to one, at this step and at half of it; false where a kink lies between. */
static bool by_both_sides(const struct probe *probe, double step, struct estimate *out)
{
    double up, down, near_up, near_down;

    if (!smooth_at(probe, step, &up) || !smooth_at(probe, -step, &down) ||
        !smooth_at(probe, step / 2, &near_up) || !smooth_at(probe, -step / 2, &near_down))
        return false;
    *out = extrapolated(probe, (up - down) / (2 * step), (near_up - near_down) / step, step);
    return true;
}

static bool by_one_side(const struct probe *probe, double step, struct estimate *out)
{
    double wide, narrow;

    if (!one_side(probe, step, &wide) || !one_side(probe, step / 2, &narrow))
        return false;
    *out = extrapolated(probe, wide, narrow, step);
    return true;
}

/*
 * The slope where a kink lies within a step: both sides smooth, else one, else a shorter step. Behind a kink
 * the loss may bend so much that the first step that is smooth is too long: of all of them the one that
 * doubts itself least is taken, whatever the analytic value is. False: it sits on a kink.
 */
static bool slope_near_kink(const struct probe *probe, struct estimate *best)
{
    double step = probe->step;
    bool found = false;

    for (int i = 0; i <= SHORTER_STEPS; i++, step /= 10) {
        struct estimate estimate;
        if (!by_both_sides(probe, step, &estimate) && !by_one_side(probe, step, &estimate) &&
            !by_one_side(probe, -step, &estimate))
            continue;
        if (!found || estimate.doubt < best->doubt)
            *best = estimate;
        found = true;
        if (best->doubt <= suspicious * (fabs(best->slope) + probe->typical))
            break;
    }
    return found;
}

/* The slope to one side of a kink, and the share of it that bending explains. */
static double side_slope(const struct probe *probe, double step, double *bend)
{
    double wide = (loss_at(probe, step) - probe->centre) / step;
    double narrow = (loss_at(probe, step / 2) - probe->centre) / (step / 2);
    *bend = fabs(narrow - wide);
    return 2 * narrow - wide;
}

/* Whether the analytic value lies between the slopes to both sides. */
static bool between_slopes(const struct probe *probe, double analytic)
{
    double step = probe->step / 10, bend_up, bend_down;
    double upper = side_slope(probe, step, &bend_up), lower = side_slope(probe, -step, &bend_down);
    double slack = slope_slack * (fabs(upper) + fabs(lower)) + fmax(bend_up, bend_down) +
                   6 * rounding(probe->centre) / step;
    return analytic >= fmin(upper, lower) - slack && analytic <= fmax(upper, lower) + slack;
}

enum verdict { SMOOTH, KINK_RIGHT, KINK_WRONG };

/*
 * One element: a plain central difference, and a finer look if it disagrees. doubt: by how much the two looks
 * differ, which tells what rounding and bending of the loss do to them; 0 without a second look.
 */
static enum verdict measure(const struct probe *probe, double analytic, double *numeric, double *doubt)
{
    double step = probe->step, unused, coarse = central(probe, step);
    struct estimate near = {0, 0};
    *numeric = coarse;
    *doubt = 0;
    if (is_close(probe, analytic, *numeric))
        return SMOOTH;
    if (slope_by_longer_steps(probe, numeric)) {
        *doubt = fabs(coarse - *numeric);
        return SMOOTH;
    }
    if (smooth_at(probe, step, &unused) && smooth_at(probe, -step, &unused)) {
        if (four_points(probe, step / 2, numeric))
            *doubt = fabs(coarse - *numeric);
        return SMOOTH;
    }
    if (slope_near_kink(probe, &near)) {
        *numeric = near.slope;
        *doubt = near.doubt;
        /* Exactly on a kink one side may look smooth, and is one choice of two. */
        double nearest = step / 1000;
        if (is_close(probe, analytic, *numeric) ||
            (smooth_at(probe, nearest, &unused) && smooth_at(probe, -nearest, &unused)))
            return SMOOTH;
    }
    return between_slopes(probe, analytic) ? KINK_RIGHT : KINK_WRONG;
}

struct sums {
    double difference, analytic, numeric, doubt; /* sums of squares */
    double worst;                                /* the largest difference; negative: none yet */
};

static int64_t elements_checked(int64_t count, int64_t most)
{
    return most > 0 && most < count ? most : count;
}

static double mean_square(const struct tensor *gradient)
{
    double sum = 0;
    int64_t count = tensor_count(gradient);
    for (int64_t i = 0; i < count; i++)
        sum += tensor_get(gradient, i) * tensor_get(gradient, i);
    return sum / (double)count;
}

static void count_smooth(struct gradcheck_row *row, struct sums *sums, int64_t index, double analytic,
                         double numeric)
{
    double off = fabs(analytic - numeric);
    sums->difference += off * off;
    sums->analytic += analytic * analytic;
    sums->numeric += numeric * numeric;
    /* A NaN is farther off than any number, and the first one stays. */
    if (off > sums->worst || (isnan(off) && !isnan(sums->worst))) {
        sums->worst = off;
        row->worst = index;
        row->analytic = analytic;
        row->numeric = numeric;
    }
}

/* Checks one tensor. False: the caller's stop ended it. */
static bool check_tensor(struct probe *probe, struct gradcheck_row *row, struct sums *sums, int64_t *done,
                         int64_t all)
{
    const struct gradcheck_settings *settings = probe->settings;
    struct node_row *node_row = &probe->graph->at[probe->changed];
    int64_t wanted = elements_checked(row->count, settings->most);
    bool goes_on = true;
    probe->value = &node_row->value;
    probe->typical = sqrt(mean_square(&node_row->gradient));
    for (int64_t i = 0; i < wanted && goes_on; i++) {
        /* Evenly spread without a product that could overflow. */
        int64_t index = (int64_t)((long double)i * (long double)row->count / (long double)wanted);
        double analytic = tensor_get(&node_row->gradient, index), numeric, doubt;
        probe->index = index;
        probe->here = tensor_get(probe->value, index);
        probe->step = fmax(settings->step, least_share * fabs(probe->here));
        enum verdict verdict = measure(probe, analytic, &numeric, &doubt);
        tensor_set(probe->value, index, probe->here);
        row->checked++;
        row->kinks += verdict != SMOOTH;
        row->kinks_wrong += verdict == KINK_WRONG;
        if (verdict == SMOOTH) {
            count_smooth(row, sums, index, analytic, numeric);
            sums->doubt += doubt * doubt;
        }
        ++*done;
        goes_on = !settings->stop || !settings->stop(settings->context, *done, all);
    }
    graph_forward_from(probe->graph, probe->changed, &settings->at);
    return goes_on;
}

/* From sums of squares to norm-relative errors, once the largest gradient of all is known. */
static void finish_row(struct gradcheck_row *row, const struct sums *sums, double largest, double loss,
                       double step)
{
    double norms = sqrt(sums->analytic) + sqrt(sums->numeric);
    double looks = sqrt((double)(row->checked - row->kinks)) / (2 * step);
    if (norms <= zero_share * largest || norms <= rounding(fmax(fabs(loss), loss_scale)) * looks)
        return;
    row->error = sqrt(sums->difference) / norms;
    row->noise = fmax(rounding(loss) * looks, doubt_factor * sqrt(sums->doubt)) / norms;
}

static bool is_checked(const struct node_row *row)
{
    return !row->op && row->gradient.data;
}

struct gradcheck_row *graph_gradcheck(struct graph *graph, node loss,
                                      const struct gradcheck_settings *settings, struct arena *arena,
                                      size_t *count)
{
    assert(graph->dtype == DTYPE_F64 && loss == graph->loss && settings->step > 0);
    size_t rows_most = 0, used = 0;
    int64_t all = 0, done = 0;
    for (size_t i = 0; i < graph->count; i++) {
        if (is_checked(&graph->at[i])) {
            rows_most++;
            all += elements_checked(tensor_count(&graph->at[i].value), settings->most);
        }
    }
    struct gradcheck_row *rows = arena_array(arena, rows_most + 1, sizeof(*rows));
    struct sums *sums = arena_array(arena, rows_most + 1, sizeof(*sums));
    size_t state_bytes = graph->parameters ? (size_t)graph->parameters->state_length * sizeof(double) : 0;
    void *state = arena_alloc(arena, state_bytes + 1);
    if (state_bytes)
        memcpy(state, graph->parameters->state, state_bytes);

    graph_forward(graph, &settings->at);
    graph_backward(graph, &settings->at);
    struct probe probe = {.graph = graph, .loss = loss, .settings = settings};
    probe.centre = graph_scalar(graph, loss);
    probe.pieces = pieces_of(graph);
    double largest = 0;
    bool goes_on = true;
    for (size_t i = 0; i < graph->count && goes_on; i++) {
        const struct node_row *row = &graph->at[i];
        if (!is_checked(row))
            continue;
        probe.changed = (node)i;
        rows[used] = (struct gradcheck_row){
            .name = row->name, .shape = row->shape, .count = tensor_count(&row->value)};
        sums[used].worst = -1;
        goes_on = check_tensor(&probe, &rows[used], &sums[used], &done, all);
        largest = fmax(largest, sqrt(sums[used].analytic));
        used++;
    }
    for (size_t i = 0; i < used; i++)
        finish_row(&rows[i], &sums[i], largest, probe.centre, settings->step);
    if (state_bytes)
        memcpy(graph->parameters->state, state, state_bytes);
    *count = used;
    return rows;
}
