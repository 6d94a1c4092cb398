/* Are the gradients right? A part of every tensor is enough here; `mldbg gradcheck` checks all. */
#include "doctoring.h"

/* Of every tensor; fewer where the forward passes would come to more multiply-adds than WORK. */
enum { ELEMENTS = 20, ELEMENTS_LEAST = 2, ROWS = 4, PASSES = 2 };
static const double WORK = 5e9;

static int64_t elements_of(const struct run *run)
{
    double batch = run_number(run, "check/batch"), adds = run_number(run, "check/multiply_adds") / batch;
    int64_t tensors = 1;

    for (size_t i = 0; i < run->layer_count; i++)
        tensors += run->layers[i].parameters > 0 ? 2 : 0;
    double most = WORK / (adds * ROWS * PASSES * (double)tensors);
    return !(most < ELEMENTS) ? ELEMENTS : most > ELEMENTS_LEAST ? (int64_t)most : ELEMENTS_LEAST;
}

static bool ask(struct doctor *doctor, struct answer *out, struct problems *problems)
{
    struct run *run = doctor->run;
    const struct finding *error;

    if (!lab_gradcheck(doctor->lab, &(struct gradcheck_options){.rows = ROWS, .most = elements_of(run)},
                       doctor->progress, doctor->context, run, problems))
        return false;
    doctor_judge(doctor);
    error = doctor_finding(doctor, SEVERITY_ERROR, "ML4");
    out->outcome = error ? OUTCOME_FAIL : OUTCOME_PASS;
    out->sentence = error ? error->sentence
                          : arena_print(run->arena, "worst %s, limit %s",
                                        text_number(run->arena, run_number(run, "gradcheck/error"), 2),
                                        text_number(run->arena, run_number(run, "gradcheck/limit"), 2));
    return true;
}

const struct step step_gradient = {
    .entry = {"gradient", "Are the gradients right?",
              "The gradient check in double, on some elements of every parameter and input.\n"},
    .cost = "two forward passes for every element",
    .ask = ask,
};
