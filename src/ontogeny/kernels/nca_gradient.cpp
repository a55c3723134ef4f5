// The gradient through one member's rollout: forwards with a record of every update, then backwards.
#include "nca_update.h"

namespace ontogeny {
namespace {

constexpr int kBlock = 8 * kTile;  // cells that are gone through at once: what they need stays in a near cache

// Memory beside that of the rollout: the record, weights turned round, sums, and one block of cells.
struct Backward {
  float* states;               // (steps, cells, channels): before each update
  uint8_t *kept, *acted;       // (steps, span): what an update left alive, and what of that had fired
  float *change, *earlier;     // (cells, channels): gradients by the state after and before an update
  float* hidden;               // (units, 3 * channels), filter-major and padded
  float* output;               // (channels, units)
  float *to_hidden, *to_output, *to_bias;  // gradients: (3 * channels, units), (units, channels), (units)
  float *inputs, *middle, *wanted, *below, *seen;  // of a block
};

Backward LayBackward(const Shape& shape, int32_t steps, const Memory& m, float* scratch) {
  const ptrdiff_t grid = static_cast<ptrdiff_t>(m.cells) * m.channels;
  Backward b;
  b.states = Cut<float>(scratch, steps * grid);
  b.kept = Cut<uint8_t>(scratch, static_cast<ptrdiff_t>(steps) * m.span);
  b.acted = Cut<uint8_t>(scratch, static_cast<ptrdiff_t>(steps) * m.span);
  b.change = Cut<float>(scratch, grid);
  b.earlier = Cut<float>(scratch, grid);
  b.hidden = Cut<float>(scratch, static_cast<ptrdiff_t>(3) * m.channels * shape.units);
  b.output = Cut<float>(scratch, static_cast<ptrdiff_t>(shape.channels) * m.units);
  b.to_hidden = Cut<float>(scratch, static_cast<ptrdiff_t>(3) * shape.channels * m.units);
  b.to_output = Cut<float>(scratch, static_cast<ptrdiff_t>(shape.units) * m.channels);
  b.to_bias = Cut<float>(scratch, m.units);
  b.inputs = Cut<float>(scratch, static_cast<ptrdiff_t>(kBlock) * m.seen);
  b.middle = Cut<float>(scratch, static_cast<ptrdiff_t>(kBlock) * m.units);
  b.below = Cut<float>(scratch, static_cast<ptrdiff_t>(kBlock) * m.units);
  b.wanted = Cut<float>(scratch, static_cast<ptrdiff_t>(kBlock) * m.channels);
  b.seen = Cut<float>(scratch, static_cast<ptrdiff_t>(kBlock) * 3 * m.channels);
  return b;
}

void TurnWeights(const Shape& shape, const Member& member, const Memory& m, const Backward& b) {
  std::memset(b.hidden, 0, sizeof(float) * 3 * m.channels * shape.units);
  std::memset(b.output, 0, sizeof(float) * shape.channels * m.units);
  for (int unit = 0; unit < shape.units; ++unit)
    for (int channel = 0; channel < shape.channels; ++channel)
      for (int filter = 0; filter < 3; ++filter)
        b.hidden[static_cast<ptrdiff_t>(unit * 3 + filter) * m.channels + channel] =
            member.hidden[(static_cast<ptrdiff_t>(unit) * shape.channels + channel) * 3 + filter];
  for (int channel = 0; channel < shape.channels; ++channel)
    std::memcpy(b.output + static_cast<ptrdiff_t>(channel) * m.units,
                member.output + static_cast<ptrdiff_t>(channel) * shape.units, sizeof(float) * shape.units);
}

// `Layer` for any number of rows.
template <Sum kSum, bool kTransposed, int kRows = kTile>
inline void Rows(int count, const float* inputs, int stride, const float* weights, int columns, int depth,
                 const float* bias, float* out, int out_stride) {
  const int across = kTransposed ? 1 : stride;
  for (; count >= kRows; count -= kRows, inputs += kRows * across, out += kRows * out_stride)
    Layer<kRows, kSum, kTransposed>(inputs, stride, weights, columns, depth, bias, out, out_stride);
  if constexpr (kRows > 1)
    Rows<kSum, kTransposed, kRows / 2>(count, inputs, stride, weights, columns, depth, bias, out, out_stride);
}

// Runs the member and keeps every update; how many there were before all was dead.
int32_t Record(const Shape& shape, const Member& member, const Memory& m, const Backward& b) {
  const ptrdiff_t grid = static_cast<ptrdiff_t>(m.cells) * m.channels;
  for (int32_t step = 0; step < member.steps; ++step) {
    std::memcpy(b.states + step * grid, m.state, sizeof(float) * grid);
    const bool lives = Step(shape, member, member.first + static_cast<uint32_t>(step), m);
    uint8_t* __restrict kept = b.kept + static_cast<ptrdiff_t>(step) * m.span;
    uint8_t* __restrict acted = b.acted + static_cast<ptrdiff_t>(step) * m.span;
    for (int i = 0; i < m.span; ++i) {
      kept[i] = m.filled[i];
      acted[i] = m.filled[i] & m.firing[i];
    }
    if (!lives) return step + 1;
  }
  return member.steps;
}

// What a cell saw gives its gradient back to where it was seen: `Perceive`, turned round.
inline void Return(const Memory& m, int cell, const float* seen, float* to) {
  const ptrdiff_t padded = m.channels, row = m.row * padded;
  float* at = to + cell * padded;
  for (ptrdiff_t i = 0; i < padded; i += kLanes) {
    const Vector here = Load(seen + i), x = Load(seen + padded + i) * 0.125f, y = Load(seen + 2 * padded + i) * 0.125f;
    float *above = at - row + i, *level = at + i, *below = at + row + i;
    Store(above - padded, Load(above - padded) - x - y);
    Store(above, Load(above) - y * 2.0f);
    Store(above + padded, Load(above + padded) + x - y);
    Store(level - padded, Load(level - padded) - x * 2.0f);
    Store(level, Load(level) + here);
    Store(level + padded, Load(level + padded) + x * 2.0f);
    Store(below - padded, Load(below - padded) - x + y);
    Store(below, Load(below) + y * 2.0f);
    Store(below + padded, Load(below + padded) + x + y);
  }
}

// Through the network of the cells of a block, `count` of them.
void Block(const Shape& shape, const Memory& m, const Backward& b, const int32_t* cells, int count) {
  const int three = 3 * shape.channels;
  for (int i = 0; i < count; ++i) {
    Perceive(shape, m, cells[i], b.inputs + static_cast<ptrdiff_t>(i) * m.seen);
    std::memcpy(b.wanted + static_cast<ptrdiff_t>(i) * m.channels,
                b.change + static_cast<ptrdiff_t>(cells[i]) * m.channels, sizeof(float) * m.channels);
  }
  Rows<Sum::kRectified, false>(count, b.inputs, m.seen, m.hidden, m.units, three, m.bias, b.middle, m.units);
  Rows<Sum::kFresh, false>(count, b.wanted, m.channels, b.output, m.units, shape.channels, nullptr, b.below, m.units);
  for (int i = 0; i < count; ++i) {
    for (int u = 0; u < m.units; u += kLanes) {
      const ptrdiff_t at = static_cast<ptrdiff_t>(i) * m.units + u;
      const Vector middle = Load(b.middle + at), below = Load(b.below + at);
      const Vector passed = middle > 0.0f ? below : Vector{};
      Store(b.below + at, passed);
      Store(b.to_bias + u, Load(b.to_bias + u) + passed);
    }
  }
  Rows<Sum::kOnto, true>(shape.units, b.middle, m.units, b.wanted, m.channels, count, nullptr, b.to_output, m.channels);
  Rows<Sum::kOnto, true>(three, b.inputs, m.seen, b.below, m.units, count, nullptr, b.to_hidden, m.units);
  Rows<Sum::kFresh, false>(count, b.below, m.units, b.hidden, 3 * m.channels, shape.units, nullptr, b.seen,
                           3 * m.channels);
  for (int i = 0; i < count; ++i)
    Return(m, cells[i], b.seen + static_cast<ptrdiff_t>(i) * 3 * m.channels, b.earlier);
}

// From the gradient by the state after an update to that before it.
void StepBack(const Shape& shape, int32_t step, Memory m, Backward& b) {
  const ptrdiff_t grid = static_cast<ptrdiff_t>(m.cells) * m.channels;
  const uint8_t* kept = b.kept + static_cast<ptrdiff_t>(step) * m.span;
  const uint8_t* acted = b.acted + static_cast<ptrdiff_t>(step) * m.span;
  m.state = b.states + step * grid;
  for (int i = 0; i < m.cells; ++i) {
    const float mask = kept[i];
    float* cell = b.change + static_cast<ptrdiff_t>(i) * m.channels;
    // Times zero where it died, as the plain version has it.
    for (int c = 0; c < m.channels; c += kLanes) Store(cell + c, Load(cell + c) * mask);
  }
  std::memcpy(b.earlier, b.change, sizeof(float) * grid);
  const int count = ListBoth(m, acted, acted, 0);
  for (int from = 0; from < count; from += kBlock)
    Block(shape, m, b, m.list + from, count - from < kBlock ? count - from : kBlock);
  float* swap = b.change;
  b.change = b.earlier;
  b.earlier = swap;
}

void LeaveWeights(const Shape& shape, const Gradient& gradient, const Memory& m, const Backward& b) {
  for (int unit = 0; unit < shape.units; ++unit) {
    if (gradient.bias) gradient.bias[unit] = b.to_bias[unit];
    for (int channel = 0; channel < shape.channels; ++channel) {
      for (int filter = 0; filter < 3; ++filter)
        gradient.hidden[(static_cast<ptrdiff_t>(unit) * shape.channels + channel) * 3 + filter] =
            b.to_hidden[static_cast<ptrdiff_t>(filter * shape.channels + channel) * m.units + unit];
      gradient.output[static_cast<ptrdiff_t>(channel) * shape.units + unit] =
          b.to_output[static_cast<ptrdiff_t>(unit) * m.channels + channel];
    }
  }
}

}  // namespace

void ONTOGENY_NAME(Gradient_, ONTOGENY_SET)(const Shape& shape, const Member& member, const Gradient& gradient,
                                            float* scratch) {
  const Memory memory = Lay(shape, scratch);
  Backward backward = LayBackward(shape, member.steps, memory, scratch + ScratchFloats(shape));
  SpreadWeights(shape, member, memory);
  TurnWeights(shape, member, memory, backward);
  Enter(shape, member, memory);
  const int32_t steps = Record(shape, member, memory, backward);
  std::memset(backward.to_hidden, 0, sizeof(float) * 3 * shape.channels * memory.units);
  std::memset(backward.to_output, 0, sizeof(float) * shape.units * memory.channels);
  std::memset(backward.to_bias, 0, sizeof(float) * memory.units);
  EnterGrid(shape, memory, gradient.end, backward.change);
  for (int32_t step = steps - 1; step >= 0; --step) StepBack(shape, step, memory, backward);
  LeaveGrid(shape, memory, backward.change, gradient.start);
  LeaveWeights(shape, gradient, memory, backward);
}

}  // namespace ontogeny
