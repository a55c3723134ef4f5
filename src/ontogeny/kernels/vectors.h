// Vectors of one instruction set.
//   ONTOGENY_SET    its name, part of the names of functions
//   ONTOGENY_LANES  floats in a vector
#pragma once

#include <cstring>

#define ONTOGENY_JOIN(a, b) a##b
#define ONTOGENY_NAME(what, set) ONTOGENY_JOIN(what, set)

namespace ontogeny {
namespace {

constexpr int kLanes = ONTOGENY_LANES;

// The sums must stay in registers, so the compiler may not leave a loop over them.
#if defined(__clang__)
#define ONTOGENY_UNROLL _Pragma("clang loop unroll(full)")
#else
#define ONTOGENY_UNROLL _Pragma("GCC unroll 16")
#endif

typedef float Vector __attribute__((vector_size(kLanes * sizeof(float))));

inline Vector Load(const float* from) {
  Vector value;
  std::memcpy(&value, from, sizeof(value));
  return value;
}

inline void Store(float* to, Vector value) { std::memcpy(to, &value, sizeof(value)); }

}  // namespace
}  // namespace ontogeny
