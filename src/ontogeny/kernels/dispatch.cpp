// Chooses the instruction set that suits the processor.
#include "sets.h"

namespace ontogeny {

#if defined(__x86_64__)
void Rollout_avx512(const Shape&, const Member&, float*);
void Rollout_avx2(const Shape&, const Member&, float*);
void Gradient_avx512(const Shape&, const Member&, const Gradient&, float*);
void Forward_avx512(const Passage&, const float*, const float*, float*, float*);
void Forward_avx2(const Passage&, const float*, const float*, float*, float*);
void Gradient_avx2(const Shape&, const Member&, const Gradient&, float*);
#endif
void Rollout_plain(const Shape&, const Member&, float*);
void Gradient_plain(const Shape&, const Member&, const Gradient&, float*);
void Forward_plain(const Passage&, const float*, const float*, float*, float*);

namespace {

Set Choose() {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl"))
    return {"AVX-512", Rollout_avx512, Gradient_avx512, Forward_avx512};
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    return {"AVX2", Rollout_avx2, Gradient_avx2, Forward_avx2};
  return {"SSE2", Rollout_plain, Gradient_plain, Forward_plain};
#elif defined(__aarch64__)
  return {"NEON", Rollout_plain, Gradient_plain, Forward_plain};
#else
  return {"plain", Rollout_plain, Gradient_plain, Forward_plain};
#endif
}

constexpr size_t kLargestTile = 12;

size_t Padded(size_t count) { return (count + kWidest - 1) / kWidest * kWidest; }

}  // namespace

const Set& ChosenSet() {
  static const Set set = Choose();
  return set;
}

size_t ScratchFloats(const Shape& shape) {
  constexpr size_t kFloatPlanes = 4, kBytePlanes = 8, kParts = 24;
  const size_t row = shape.width + 2, cells = (shape.height + 2) * row;
  const size_t channels = Padded(shape.channels), units = Padded(shape.units);
  const size_t plane = Padded(cells) + 3 * kWidest + 2 * (row + 4 * kWidest);
  return Padded(3 * shape.channels * units + units + shape.units * channels + 2 * cells * channels +
                kLargestTile * (Padded(3 * shape.channels) + kWidest + units) + kFloatPlanes * plane +
                kBytePlanes * Padded(plane) / 4 + kParts * kWidest);
}

size_t ScratchFloats(const Shape& shape, int32_t steps) {
  constexpr size_t kLargestBlock = 8 * kLargestTile, kParts = 16, kWidestSpan = 4 * kWidest;
  const size_t cells = static_cast<size_t>(shape.height + 2) * (shape.width + 2);
  const size_t channels = Padded(shape.channels), units = Padded(shape.units);
  const size_t grid = cells * channels, planes = 2 * (cells + kWidestSpan) / 4 + 1;
  const size_t weights = 2 * (3 * channels * units + channels * units) + units;
  const size_t block = Padded(3 * shape.channels) + kWidest + 2 * units + 4 * channels;
  return ScratchFloats(shape) + steps * (grid + planes) + 2 * grid + weights + kLargestBlock * block + kParts * kWidest;
}

}  // namespace ontogeny
