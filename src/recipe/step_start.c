/* Does the first step do what it should? */
#include "doctoring.h"

#include <mldbg/lab/experiment.h>

static bool ask(struct doctor *doctor, struct answer *out, struct problems *problems)
{
    const struct finding *error;

    if (!lab_experiments(doctor->lab, doctor->progress, doctor->context, doctor->run, problems))
        return false;
    doctor_judge(doctor);
    error = doctor_finding(doctor, SEVERITY_ERROR, "ML3");
    out->outcome = error ? OUTCOME_FAIL : OUTCOME_PASS;
    out->sentence =
        error ? error->sentence
              : arena_print(doctor->run->arena,
                            "initial loss %s; the gradient points downhill and reaches "
                            "what it should",
                            text_number(doctor->run->arena,
                                        run_number(doctor->run, "experiment/initial_loss/loss"), 4));
    return true;
}

const struct step step_start = {
    .entry = {"start", "Does the first step do what it should?",
              "The short experiments: initial loss, the way downhill, gradients that\n"
              "arrive, parameters that move, rows that leak into each other. `mldbg list\n"
              "experiments` has them all.\n"},
    .cost = "some forward and backward passes",
    .ask = ask,
};
