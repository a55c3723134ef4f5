// Layers in a row, forwards: what the instruction sets and the binding share.
#pragma once

#include "widest.h"

namespace ontogeny {

enum Kind : int32_t { kConvolution, kTransposed, kUnpooledTransposed, kDense, kMaxPool, kUnpool, kKinds };
enum Activation : int32_t { kLinear, kRelu, kSigmoid, kTanh, kGelu, kActivations };

// One layer; what comes in is (channels, height, width, samples).
struct Operation {
  int32_t kind, channels, height, width;
  int32_t outputs;     // channels that come out, or units
  int32_t size;        // of a square kernel
  int32_t shared;      // whether one kernel is for all channels, which stay apart
  int32_t activation;
  int32_t biased;
};
constexpr int kNumbers = sizeof(Operation) / sizeof(int32_t);

// Some layers, and some of the samples that pass through them.
struct Passage {
  const Operation* operations;
  int count;
  int64_t total;  // samples in the arrays
  int64_t first;  // of those that pass now
  int samples;    // that pass now
  const float* wanted = nullptr;  // what should come out, in the form of `out`; null where what does is asked for
  int32_t criterion = 0;          // how far what comes out is from that
};

enum Criterion : int32_t { kAbsolute, kSquare, kCriteria };

// What comes out of a layer, in numbers a sample, and what it learns.
struct Extent {
  int64_t channels, height, width, weights;
  int64_t numbers() const { return channels * height * width; }
};
Extent After(const Operation& operation);

// Whether each layer fits what the one before it gives, and the settings are in range.
bool Sound(const Operation* operations, int count);

// Scratch memory, in floats: of a signal (there are two), of one with a border, of a layer's kernel in the order in
// which it is used, and of a row of sums (there are eight). Loops over vectors may go on behind the end of a row.
struct Room {
  size_t signal, padded, kernel, row;
  size_t floats() const { return 2 * signal + padded + kernel + 8 * row; }
};
Room RoomFor(const Operation* operations, int count, int samples);

// `weights`: of all layers in a row, kernels (outputs, channels, size, size) or (units, inputs), each
// followed by its bias; `in` and `out`: (channels, height, width, total), or `out` the mean errors, (total).
using Forward = void (*)(const Passage&, const float* weights, const float* in, float* out, float* scratch);

}  // namespace ontogeny
