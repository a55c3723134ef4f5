// Growing a neural cellular automaton: what the instruction sets and the binding share.
#pragma once

#include "widest.h"

namespace ontogeny {

// What all members of a call have in common.
struct Shape {
  int height, width;   // cells, without the border
  int channels;        // of a cell; alpha is number 3
  int units;           // of the hidden layer
  uint32_t threshold;  // a cell fires where its random bits are at most this
};

// One rollout. Layouts are those of the genome: hidden (units, channels * 3), channel-major;
// output (channels, units); start and end (height, width, channels).
struct Member {
  const float* hidden;
  const float* bias;  // (units), or null
  const float* output;
  const float* start;
  const uint32_t* words;  // 2: the key of the fire masks
  uint32_t first;         // number of the first update, for the fire masks
  int32_t steps;          // how many updates
  float* end;
};

// The gradient of some loss by the state that a member ends with, and what follows from it: those
// by the weights and by the start, in the layouts of the member.
struct Gradient {
  const float* end;
  float* hidden;
  float* bias;  // or null
  float* output;
  float* start;
};

// Floats of scratch memory that one rollout needs, and a gradient through `steps` updates.
size_t ScratchFloats(const Shape& shape);
size_t ScratchFloats(const Shape& shape, int32_t steps);

using Rollout = void (*)(const Shape&, const Member&, float* scratch);
using RolloutGradient = void (*)(const Shape&, const Member&, const Gradient&, float* scratch);

}  // namespace ontogeny
