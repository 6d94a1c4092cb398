/* The normal distribution, as statistics need it. */
#ifndef RULE_QUANTILE_H
#define RULE_QUANTILE_H

/* Share of a standard normal below z. */
double normal_share(double z);

/* The z below which this share lies; 0 < share < 1. */
double normal_quantile(double share);

#endif
