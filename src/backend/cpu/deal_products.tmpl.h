/*
 * Matrix products: many are dealt out whole; one is cut along the longer side of C, so that what each part
 * reads in full is the smaller matrix. An element of C may come from another of the BLAS's kernels than
 * without a cut, and then differs in its last digits.
 */
enum {
    ROWS_ENOUGH = 256,  /* cut between rows from here on, even if there are more columns: parts pack less */
    ROWS_GRAIN = 16,    /* of C */
    COLUMNS_GRAIN = 64, /* whole panels of the BLAS's kernels, and whole cache lines */
};

static const double product_multiply_adds_a_ns = 45;

enum cut { CUT_outer, CUT_inner, CUT_rows, CUT_columns };

struct gemm_call {
    struct deal deal;
    enum cut cut;
    const struct gemm *gemm;
    const REAL *a, *b;
    REAL *c;
};

static void gemm_part(void *context, int64_t index)
{
    const struct gemm_call *call = context;
    const struct share s = share_of(call, index);
    struct gemm part = *call->gemm;
    const REAL *a = call->a, *b = call->b;
    REAL *c = call->c;
    switch (call->cut) {
    case CUT_outer:
        part.outer = s.count;
        a += s.from * part.a_outer, b += s.from * part.b_outer, c += s.from * part.c_outer;
        break;
    case CUT_inner:
        part.inner = s.count;
        a += s.from * part.a_inner, b += s.from * part.b_inner, c += s.from * part.c_inner;
        break;
    case CUT_rows:
        part.m = s.count;
        a += s.from * (part.trans_a ? 1 : part.lda), c += s.from * part.ldc;
        break;
    case CUT_columns:
        part.n = s.count;
        b += s.from * (part.trans_b ? part.ldb : 1), c += s.from;
        break;
    }
    single->gemm(&part, a, b, c);
}

static struct deal deal_of_gemm(const struct gemm *gemm, enum cut *cut)
{
    const double work = (double)gemm->outer * (double)gemm->inner * (double)gemm->m * (double)gemm->n *
                        (double)gemm->k / product_multiply_adds_a_ns;
    if (gemm->outer >= crew_size() || gemm->outer > gemm->inner) {
        *cut = CUT_outer;
        return deal_of(work, gemm->outer, 1, DEAL_FINE);
    }
    if (gemm->inner > 1) {
        *cut = CUT_inner;
        return deal_of(work, gemm->inner, 1, DEAL_FINE);
    }
    *cut = gemm->m >= gemm->n || gemm->m >= ROWS_ENOUGH ? CUT_rows : CUT_columns;
    return *cut == CUT_rows ? deal_of(work, gemm->m, ROWS_GRAIN, DEAL_ONCE)
                            : deal_of(work, gemm->n, COLUMNS_GRAIN, DEAL_ONCE);
}

static void deal_gemm(const struct gemm *gemm, const void *a, const void *b, void *c)
{
    struct gemm_call call = {.gemm = gemm, .a = a, .b = b, .c = c};
    call.deal = deal_of_gemm(gemm, &call.cut);
    if (deal_is_one(&call.deal))
        single->gemm(gemm, a, b, c);
    else
        deal_out(&call, gemm_part);
}
