/* The networks as configs; torch_steps.py holds the same ones in PyTorch's words. */
#include "workloads.h"

#include <string.h>

#define LINEAR(width) "{'type': 'linear', 'out_features': " #width "}"
#define RELU          ", {'type': 'relu'}, "
#define POOL          "{'type': 'maxpool2d', 'kernel_size': 2}, "
#define CONV(channels, kernel, padding) \
    "{'type': 'conv2d', 'out_channels': " #channels ", 'kernel_size': " #kernel ", 'padding': " #padding "}"
#define BLOCK(channels)                                                                                  \
    "{'type': 'conv2d', 'out_channels': " #channels ", 'kernel_size': 3, 'padding': 1, 'bias': false}, " \
    "{'type': 'batchnorm'}" RELU POOL
#define HEAD LINEAR(120) RELU LINEAR(84) RELU LINEAR(10)

#define ATTENTION(name)    "{'type': 'attention', 'num_heads': 4, 'name': '" name "'}, "
#define ADD(first, second) "{'type': 'add', 'from': ['" first "', '" second "']}, "
#define NORM(name)         "{'type': 'layernorm', 'name': '" name "'}, "
#define BACK(name)         "{'type': 'linear', 'out_features': 128, 'name': '" name "'}, "

/* One post-norm layer of a transformer; before is the name of the layer that it reads, "e" n its own. */
#define ENCODER(n, before) \
    ATTENTION("a" n) ADD(before, "a" n) NORM("m" n) LINEAR(512) RELU BACK("f" n) ADD("m" n, "f" n) NORM("e" n)

#define MLP         "[" LINEAR(512) RELU LINEAR(512) RELU LINEAR(10) "]"
#define TINY        "[" LINEAR(32) RELU LINEAR(10) "]"
#define LENET8      "[" CONV(6, 3, 1) RELU POOL CONV(16, 3, 1) RELU POOL "{'type': 'flatten'}, " HEAD "]"
#define LENET28     "[" CONV(6, 5, 2) RELU POOL CONV(16, 5, 0) RELU POOL "{'type': 'flatten'}, " HEAD "]"
#define CNN32       "[" BLOCK(32) BLOCK(64) BLOCK(128) "{'type': 'global_avgpool'}, " LINEAR(10) "]"
#define LSTM        "[{'type': 'lstm', 'hidden_size': 128}, " LINEAR(10) "]"
#define TOKENS      "{'type': 'embedding', 'num_embeddings': 64, 'embedding_dim': 128}, "
#define PLACES      "{'type': 'positional', 'encoding': 'learned', 'name': 'p'}, "
#define MEAN        "{'type': 'global_avgpool', 'axis': 'time'}, "
#define TRANSFORMER "[" TOKENS PLACES ENCODER("1", "p") ENCODER("2", "e1") MEAN LINEAR(10) "]"

const struct workload workloads[] = {
    {"mlp_b32", 32, {1, {784}}, 0, MLP, 1.15, 1.5},
    {"mlp_b128", 128, {1, {784}}, 0, MLP, 1.05, 1.2},
    {"mlp_b512", 512, {1, {784}}, 0, MLP, 1.0, 1.05},
    {"tiny_b32", 32, {1, {64}}, 0, TINY, 8, 13},
    {"lenet8_b64", 64, {3, {1, 8, 8}}, 0, LENET8, 1.6, 2.5},
    {"lenet28_b64", 64, {3, {1, 28, 28}}, 0, LENET28, 1.05, 1.8},
    {"lenet28_b256", 256, {3, {1, 28, 28}}, 0, LENET28, 1.0, 1.7},
    {"cnn32_b64", 64, {3, {3, 32, 32}}, 0, CNN32, 1.0, 1.4},
    {"lstm_b32", 32, {2, {64, 32}}, 0, LSTM, 1.5, 2},
    {"transformer_b32", 32, {1, {64}}, 64, TRANSFORMER, 1.0, 1.3},
};

const int workload_count = sizeof workloads / sizeof *workloads;

const struct workload *workload_find(const char *name)
{
    for (int i = 0; i < workload_count; i++)
        if (!strcmp(workloads[i].name, name))
            return &workloads[i];
    return NULL;
}
