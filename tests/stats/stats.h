/* The tables of `make stats`. Each prints itself and returns how many of its figures missed their goal. */
#ifndef STATS_H
#define STATS_H

/* The luck of the best of several trials; replicas are divided by share. */
int print_trials(int share);

#endif
