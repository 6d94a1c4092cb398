/* Into how many parts, and where they are cut. */
#include "deal.h"

/*
 * What a part should keep a thread busy for: handing it over to one that is awake costs a fraction of a
 * microsecond, but its data comes from the other core's cache.
 */
static const double part_least_ns = 8000;

static bool cut_all, wake_for_all;

static _Thread_local bool in_loop; /* within a part of deal_loop */

void deal_everything(bool cut, bool wake)
{
    cut_all = cut;
    wake_for_all = wake;
}

struct deal deal_of(double work, int64_t count, int64_t grain, int parts)
{
    struct deal deal = {
        .count = count, .grain = grain, .parts = 1, .work = wake_for_all ? CREW_WAKE_NS : work};
    const int64_t blocks = (count + grain - 1) / grain;
    int64_t most = (int64_t)parts * crew_size();
    if (!cut_all && deal.work < part_least_ns * (double)most)
        most = (int64_t)(deal.work / part_least_ns);
    if (most > blocks)
        most = blocks;
    if (in_loop)
        most = 1;
    deal.parts = most < 1 ? 1 : most > DEAL_PARTS_MOST ? DEAL_PARTS_MOST : most;
    return deal;
}

void deal_out(void *context, void (*part)(void *context, int64_t index))
{
    const struct deal *deal = context;
    crew_run(deal->parts, deal->work, part, context);
}

struct loop {
    void (*part)(void *context, int64_t index);
    void *context;
};

static void loop_part(void *context, int64_t index)
{
    const struct loop *loop = context;
    const bool before = in_loop;

    in_loop = true;
    loop->part(loop->context, index);
    in_loop = before;
}

void deal_loop(int64_t parts, double work, void (*part)(void *context, int64_t index), void *context)
{
    struct loop loop = {part, context};

    if (parts == 1)
        part(context, 0);
    else
        crew_run(parts, wake_for_all ? CREW_WAKE_NS : work, loop_part, &loop);
}

struct share share_of(const void *context, int64_t index)
{
    const struct deal *deal = context;
    const int64_t blocks = (deal->count + deal->grain - 1) / deal->grain;
    const int64_t from = blocks * index / deal->parts * deal->grain;
    const int64_t to = blocks * (index + 1) / deal->parts * deal->grain;
    return (struct share){from, (to < deal->count ? to : deal->count) - from};
}
