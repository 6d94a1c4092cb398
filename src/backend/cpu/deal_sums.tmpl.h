/*
 * Sums and counts over one array: each part adds up its own blocks, and the parts are joined in order. Those
 * in double may differ from the sums of one thread in their last digits.
 */
static const double look_ns = 0.05, add_ns = 0.1, judge_ns = 0.25;

struct sums_call {
    struct deal deal;
    double l1, l2, low, high;
    const REAL *a, *b;
    union {
        double *sum;
        int64_t *count;
        struct size *size;
        struct magnitude *magnitude;
        struct statistics *statistics;
    } out; /* one a part */
};

static struct deal deal_of_sums(int64_t n, double ns)
{
    return deal_of((double)n * ns, n, GRAIN, DEAL_COARSE);
}

static double joined(const struct sums_call *c)
{
    double sum = 0;
    for (int64_t i = 0; i < c->deal.parts; i++)
        sum += c->out.sum[i];
    return sum;
}

static void penalty_part(void *context, int64_t index)
{
    const struct sums_call *c = context;
    const struct share s = share_of(c, index);
    c->out.sum[index] = single->penalty(s.count, c->l1, c->l2, c->a + s.from);
}

static double deal_penalty(int64_t n, double l1, double l2, const void *w)
{
    double sums[DEAL_PARTS_MOST];
    struct sums_call c = {deal_of_sums(n, add_ns), l1, l2, .a = w, .out.sum = sums};
    if (deal_is_one(&c.deal))
        return single->penalty(n, l1, l2, w);
    deal_out(&c, penalty_part);
    return joined(&c);
}

static void dot_part(void *context, int64_t index)
{
    const struct sums_call *c = context;
    const struct share s = share_of(c, index);
    c->out.sum[index] = single->dot(s.count, c->a + s.from, c->b + s.from);
}

static double deal_dot(int64_t n, const void *a, const void *b)
{
    double sums[DEAL_PARTS_MOST];
    struct sums_call c = {deal_of_sums(n, add_ns), .a = a, .b = b, .out.sum = sums};
    if (deal_is_one(&c.deal))
        return single->dot(n, a, b);
    deal_out(&c, dot_part);
    return joined(&c);
}

static void distance_part(void *context, int64_t index)
{
    const struct sums_call *c = context;
    const struct share s = share_of(c, index);
    c->out.sum[index] = single->distance(s.count, c->a + s.from, c->b + s.from);
}

static double deal_distance(int64_t n, const void *a, const void *b)
{
    double sums[DEAL_PARTS_MOST];
    struct sums_call c = {deal_of_sums(n, add_ns), .a = a, .b = b, .out.sum = sums};
    if (deal_is_one(&c.deal))
        return single->distance(n, a, b);
    deal_out(&c, distance_part);
    return joined(&c);
}

static void count_beyond_part(void *context, int64_t index)
{
    const struct sums_call *c = context;
    const struct share s = share_of(c, index);
    c->out.count[index] = single->count_beyond(s.count, c->low, c->high, c->a + s.from);
}

static int64_t deal_count_beyond(int64_t n, double low, double high, const void *x)
{
    int64_t counts[DEAL_PARTS_MOST], count = 0;
    struct sums_call c = {deal_of_sums(n, add_ns), .low = low, .high = high, .a = x, .out.count = counts};
    if (deal_is_one(&c.deal))
        return single->count_beyond(n, low, high, x);
    deal_out(&c, count_beyond_part);
    for (int64_t i = 0; i < c.deal.parts; i++)
        count += counts[i];
    return count;
}

static void first_nonfinite_part(void *context, int64_t index)
{
    const struct sums_call *c = context;
    const struct share s = share_of(c, index);
    const int64_t found = single->first_nonfinite(s.count, c->a + s.from);
    c->out.count[index] = found < 0 ? -1 : s.from + found;
}

static int64_t deal_first_nonfinite(int64_t n, const void *x)
{
    int64_t found[DEAL_PARTS_MOST];
    struct sums_call c = {deal_of_sums(n, look_ns), .a = x, .out.count = found};
    if (deal_is_one(&c.deal))
        return single->first_nonfinite(n, x);
    deal_out(&c, first_nonfinite_part);
    for (int64_t i = 0; i < c.deal.parts; i++)
        if (found[i] >= 0)
            return found[i];
    return -1;
}

static void size_part(void *context, int64_t index)
{
    const struct sums_call *c = context;
    const struct share s = share_of(c, index);
    single->size(s.count, c->a + s.from, &c->out.size[index]);
}

static void deal_size(int64_t n, const void *x, struct size *out)
{
    struct size sizes[DEAL_PARTS_MOST];
    struct sums_call c = {deal_of_sums(n, add_ns), .a = x, .out.size = sizes};
    if (deal_is_one(&c.deal)) {
        single->size(n, x, out);
        return;
    }
    deal_out(&c, size_part);
    *out = (struct size){.count = n};
    for (const struct size *part = sizes; part < sizes + c.deal.parts; part++) {
        out->nonfinite += part->nonfinite;
        out->sum += part->sum;
        out->sum_squares += part->sum_squares;
        out->largest = fmax(out->largest, part->largest);
    }
}

static void magnitude_part(void *context, int64_t index)
{
    const struct sums_call *c = context;
    const struct share s = share_of(c, index);
    single->magnitude(s.count, c->a + s.from, &c->out.magnitude[index]);
}

static void deal_magnitude(int64_t n, const void *x, struct magnitude *out)
{
    struct magnitude magnitudes[DEAL_PARTS_MOST];
    struct sums_call c = {deal_of_sums(n, look_ns), .a = x, .out.magnitude = magnitudes};
    if (deal_is_one(&c.deal)) {
        single->magnitude(n, x, out);
        return;
    }
    deal_out(&c, magnitude_part);
    *out = (struct magnitude){0};
    for (const struct magnitude *part = magnitudes; part < magnitudes + c.deal.parts; part++) {
        out->nonfinite += part->nonfinite;
        out->sum_squares += part->sum_squares;
        out->largest = fmax(out->largest, part->largest);
    }
}

static void statistics_part(void *context, int64_t index)
{
    const struct sums_call *c = context;
    const struct share s = share_of(c, index);
    single->statistics(s.count, c->a + s.from, &c->out.statistics[index]);
    if (c->out.statistics[index].first_nonfinite >= 0)
        c->out.statistics[index].first_nonfinite += s.from;
}

static void deal_statistics(int64_t n, const void *x, struct statistics *out)
{
    struct statistics parts[DEAL_PARTS_MOST];
    struct sums_call c = {deal_of_sums(n, judge_ns), .a = x, .out.statistics = parts};
    if (deal_is_one(&c.deal)) {
        single->statistics(n, x, out);
        return;
    }
    deal_out(&c, statistics_part);
    *out = parts[0];
    out->count = n;
    for (const struct statistics *part = parts + 1; part < parts + c.deal.parts; part++) {
        out->zeros += part->zeros;
        out->nonfinite += part->nonfinite;
        if (out->first_nonfinite < 0)
            out->first_nonfinite = part->first_nonfinite;
        out->sum += part->sum;
        out->sum_squares += part->sum_squares;
        out->largest = fmax(out->largest, part->largest);
        out->least = fmin(out->least, part->least); /* both pass over a NaN */
        out->most = fmax(out->most, part->most);
    }
}
