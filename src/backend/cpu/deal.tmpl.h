/*
 * The table of kernels for several threads: over that of one thread, functions that cut their work and call
 * its kernels on the parts. What is not listed here stays on one thread. The file that includes this one says
 * which type: REAL, and the name of the function that makes the table.
 */
#include <math.h>
#include <stdatomic.h>

#include "deal.h"

enum { LINE = 64 / sizeof(REAL) }; /* elements of a cache line */

static const struct kernels *single; /* those of one thread */

#include "deal_elements.tmpl.h"
#include "deal_rows.tmpl.h"
#include "deal_images.tmpl.h"
#include "deal_sums.tmpl.h"
#include "deal_products.tmpl.h"

static void deal_parallel(int64_t parts, double multiply_adds, void (*part)(void *context, int64_t index),
                          void *context)
{
    deal_loop(parts, multiply_adds / multiply_adds_a_ns, part, context);
}

const struct kernels *DEALT(const struct kernels *of_one_thread)
{
    static struct kernels dealt;
    single = of_one_thread;
    dealt = *single;
#define DEAL(kernel) dealt.kernel = deal_##kernel
    DEAL(fill), DEAL(axpby), DEAL(unary), DEAL(unary_grad), DEAL(sum), DEAL(product);
    DEAL(dropout), DEAL(dropout_grad), DEAL(penalty_grad), DEAL(update);
    DEAL(add_channels), DEAL(mean), DEAL(mean_grad), DEAL(copy_rows), DEAL(transpose);
    DEAL(softmax), DEAL(softmax_grad), DEAL(gather), DEAL(scatter_add);
    DEAL(layernorm), DEAL(layernorm_grad), DEAL(layernorm_grad_weights);
    DEAL(sum_channels), DEAL(sum_some_channels);
    DEAL(conv_workspace), DEAL(conv_forward), DEAL(conv_grad_input), DEAL(conv_grad_weight);
    DEAL(maxpool), DEAL(maxpool_grad), DEAL(avgpool), DEAL(avgpool_grad);
    DEAL(batchnorm), DEAL(batchnorm_grad);
    DEAL(penalty), DEAL(dot), DEAL(distance), DEAL(count_beyond), DEAL(first_nonfinite);
    DEAL(size), DEAL(magnitude), DEAL(statistics);
    DEAL(gemm), DEAL(parallel);
    dealt.threads = crew_size;
#undef DEAL
    return &dealt;
}
