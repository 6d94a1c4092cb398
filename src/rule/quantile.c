/* The normal distribution by erfc, and its inverse by Newton's steps on it. */
#include "quantile.h"

#include <assert.h>
#include <math.h>

enum { STEPS_MOST = 100 };

double normal_share(double z)
{
    return 0.5 * erfc(-z * sqrt(0.5));
}

double normal_quantile(double share)
{
    const double density = 0.3989422804014327; /* 1 / sqrt(2 pi) */
    double low = -40, high = 40, z = 0;

    assert(share > 0 && share < 1);
    for (int step = 0; step < STEPS_MOST; step++) {
        double off = normal_share(z) - share;
        double next = z - off / (density * exp(-z * z / 2));
        if (off > 0)
            high = z;
        else
            low = z;
        if (!(next > low && next < high))
            next = (low + high) / 2;
        if (fabs(next - z) < 1e-14)
            return next;
        z = next;
    }
    return z;
}
