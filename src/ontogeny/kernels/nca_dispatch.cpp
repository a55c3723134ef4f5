// Chooses the rollout that suits the processor.
#include "nca_rollout.h"

namespace ontogeny {

#if defined(__x86_64__)
void Rollout_avx512(const Shape&, const Member&, float*);
void Rollout_avx2(const Shape&, const Member&, float*);
#endif
void Rollout_plain(const Shape&, const Member&, float*);

namespace {

struct Choice {
  Rollout rollout;
  const char* name;
};

Choice Choose() {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl"))
    return {Rollout_avx512, "AVX-512"};
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return {Rollout_avx2, "AVX2"};
  return {Rollout_plain, "SSE2"};
#elif defined(__aarch64__)
  return {Rollout_plain, "NEON"};
#else
  return {Rollout_plain, "plain"};
#endif
}

const Choice& Chosen() {
  static const Choice choice = Choose();
  return choice;
}

size_t Padded(size_t count) { return (count + kWidest - 1) / kWidest * kWidest; }

}  // namespace

Rollout ChooseRollout() { return Chosen().rollout; }

const char* ChosenSet() { return Chosen().name; }

size_t ScratchFloats(const Shape& shape) {
  constexpr size_t kLargestTile = 12, kFloatPlanes = 4, kBytePlanes = 8, kParts = 24;
  const size_t row = shape.width + 2, cells = (shape.height + 2) * row;
  const size_t channels = Padded(shape.channels), units = Padded(shape.units);
  const size_t plane = Padded(cells) + 3 * kWidest + 2 * (row + 4 * kWidest);
  return 3 * shape.channels * units + units + shape.units * channels + 2 * cells * channels +
         kLargestTile * (Padded(3 * shape.channels) + kWidest + units) + kFloatPlanes * plane +
         kBytePlanes * Padded(plane) / 4 + kParts * kWidest;
}

}  // namespace ontogeny
