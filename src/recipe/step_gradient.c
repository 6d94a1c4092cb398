/* Are the gradients right? A part of every tensor is enough here; `mldbg gradcheck` checks all. */
#include "doctoring.h"

enum { ELEMENTS = 20 };

static bool ask(struct doctor *doctor, struct answer *out, struct problems *problems)
{
    struct run *run = doctor->run;
    const struct finding *error;

    if (!lab_gradcheck(doctor->lab, &(struct gradcheck_options){.most = ELEMENTS}, doctor->progress,
                       doctor->context, run, problems))
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
