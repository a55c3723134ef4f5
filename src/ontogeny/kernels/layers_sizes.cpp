// What layers make of a signal's size, and the memory that they need.
#include <algorithm>

#include "layers_forward.h"

namespace ontogeny {

Extent After(const Operation& op) {
  const int64_t height = op.height, width = op.width, size = op.size;
  const int64_t outputs = op.shared ? op.channels : op.outputs;
  const int64_t kernels = (op.shared ? 1 : static_cast<int64_t>(op.outputs) * op.channels) * size * size;
  const int64_t weights = kernels + (op.biased ? outputs : 0);
  switch (op.kind) {
    case kConvolution: return {outputs, height - size + 1, width - size + 1, weights};
    case kTransposed: return {outputs, height + size - 1, width + size - 1, weights};
    case kUnpooledTransposed: return {outputs, 2 * height + size - 1, 2 * width + size - 1, weights};
    case kDense: return {op.outputs, 1, 1, (op.channels * height * width + (op.biased ? 1 : 0)) * op.outputs};
    case kMaxPool: return {op.channels, height / 2, width / 2, 0};
    default: return {op.channels, 2 * height, 2 * width, 0};
  }
}

bool Sound(const Operation* operations, int count) {
  constexpr int64_t kMost = int64_t{1} << 30;
  int64_t before = -1;
  for (int k = 0; k < count; ++k) {
    const Operation& op = operations[k];
    const int64_t numbers = static_cast<int64_t>(op.channels) * op.height * op.width;
    if (op.kind < 0 || op.kind >= kKinds || op.activation < 0 || op.activation >= kActivations) return false;
    if (op.channels < 1 || op.height < 1 || op.width < 1 || op.outputs < 1 || op.size < 1) return false;
    if (op.height > kMost || op.width > kMost / op.height || op.channels > kMost / op.height / op.width) return false;
    if (op.kind == kConvolution && op.size > std::min(op.height, op.width)) return false;
    if (op.kind == kMaxPool && (op.height % 2 || op.width % 2)) return false;
    if (before >= 0 && numbers != before) return false;
    before = After(op).numbers();
    if (before > kMost) return false;
  }
  return count > 0;
}

Room RoomFor(const Operation* operations, int count, int samples) {
  constexpr size_t kBeyond = 8 * kWidest;
  const auto padded = [](size_t floats) { return (floats + kBeyond + kWidest - 1) / kWidest * kWidest; };
  Room room{0, 0, 0, 0};
  for (int k = 0; k < count; ++k) {
    const Operation& op = operations[k];
    const Extent after = After(op);
    const bool unpooled = op.kind == kUnpooledTransposed;
    const size_t border = unpooled ? op.size / 2 : op.kind == kTransposed ? op.size - 1 : 0;
    const size_t taps = unpooled ? op.size / 2 + 1 : op.kind == kDense ? 1 : op.size;
    const size_t inputs = op.kind == kDense ? static_cast<size_t>(op.channels) * op.height * op.width : op.channels;
    const size_t widest = std::max<size_t>(after.width, op.width) + 2 * border;
    const size_t numbers = std::max<size_t>(after.numbers(), static_cast<size_t>(op.channels) * op.height * op.width);
    room.signal = std::max(room.signal, padded(numbers * samples));
    room.padded =
        std::max(room.padded, padded(op.channels * (op.height + 2 * border) * (op.width + 2 * border) * samples));
    room.kernel = std::max(room.kernel, padded(inputs * taps * taps * 4));
    room.row = std::max(room.row, padded(widest * samples));
  }
  return room;
}

}  // namespace ontogeny
