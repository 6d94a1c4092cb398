/* Is the config sound? */
#include "doctoring.h"

static bool ask(struct doctor *doctor, struct answer *out, struct problems *problems)
{
    const struct finding *error;

    if (!lab_check(doctor->lab, doctor->run, problems))
        return false;
    doctor_judge(doctor);
    error = doctor_finding(doctor, SEVERITY_ERROR, "ML");
    out->outcome = error ? OUTCOME_FAIL : OUTCOME_PASS;
    out->sentence = error ? error->sentence : "keys, shapes, memory and settings";
    return true;
}

const struct step step_check = {
    .entry = {"check", "Is the config sound?",
              "Keys, shapes layer by layer, memory, and the rules that read config and\n"
              "data. What is certain is an error by itself; suspicions wait for the\n"
              "training.\n"},
    .cost = "trains nothing",
    .ask = ask,
};
