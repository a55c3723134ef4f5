// Growing a neural cellular automaton: what the instruction sets and the binding share.
#pragma once

#include <cstddef>
#include <cstdint>

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

// Vectors of every instruction set are at most this wide; scratch memory is aligned to it.
constexpr int kWidest = 16;

// Floats of scratch memory that one rollout needs.
size_t ScratchFloats(const Shape& shape);

using Rollout = void (*)(const Shape&, const Member&, float* scratch);

// The rollout for what this processor has, and its name.
Rollout ChooseRollout();
const char* ChosenSet();

}  // namespace ontogeny
