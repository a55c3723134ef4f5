// What the kernels take from every instruction set.
#pragma once

#include <cstddef>
#include <cstdint>

namespace ontogeny {

// Vectors of every instruction set are at most this many floats wide; scratch memory is aligned to it.
constexpr int kWidest = 16;

}  // namespace ontogeny
