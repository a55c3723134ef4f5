// One update of one member, compiled once for each instruction set and use. Only cells that fire and live are
// computed: the others do not change. Nothing here may be inlined into another set's code, so there is no standard
// library and all is internal.
#pragma once

#include "nca_rollout.h"
#include "vectors.h"

namespace ontogeny {
namespace {

constexpr int kTile = ONTOGENY_LANES == 16 ? 12 : 6;  // cells whose sums fit the registers
constexpr int kAlpha = 3;
constexpr float kAlive = 0.1f;
constexpr int kBytes = 4 * kLanes;  // in a vector

inline int Padded(int count) { return (count + kLanes - 1) / kLanes * kLanes; }

// The generator of ontogeny.core.generator.
inline uint32_t Mix(uint32_t x) {
  x ^= x >> 16;
  x *= 0x7feb352du;
  x ^= x >> 15;
  x *= 0x846ca68bu;
  return x ^ (x >> 16);
}

// What a product begins with and what becomes of it.
enum class Sum { kFresh, kOnto, kRectified };  // zero; what is there; a bias, and no less than zero

// out[row] = inputs[row] · weights, for rows `stride` apart; transposed, the inputs of one row
// are `stride` apart and rows are side by side.
template <int kRows, int kVectors, Sum kSum, bool kTransposed>
inline void Product(const float* inputs, int stride, const float* weights, int columns, int depth,
                    const float* bias, float* out, int out_stride) {
  const int across = kTransposed ? 1 : stride, along = kTransposed ? stride : 1;
  Vector sums[kRows][kVectors];
ONTOGENY_UNROLL
  for (int r = 0; r < kRows; ++r) {
ONTOGENY_UNROLL
    for (int v = 0; v < kVectors; ++v) {
      if (kSum == Sum::kFresh) sums[r][v] = Vector{};
      if (kSum == Sum::kOnto) sums[r][v] = Load(out + r * out_stride + v * kLanes);
      if (kSum == Sum::kRectified) sums[r][v] = Load(bias + v * kLanes);
    }
  }
  for (int k = 0; k < depth; ++k, weights += columns, inputs += along) {
    Vector row[kVectors];
ONTOGENY_UNROLL
    for (int v = 0; v < kVectors; ++v) row[v] = Load(weights + v * kLanes);
ONTOGENY_UNROLL
    for (int r = 0; r < kRows; ++r) {
      const Vector input = inputs[r * across] - Vector{};  // x - 0 is x: a mere broadcast
ONTOGENY_UNROLL
      for (int v = 0; v < kVectors; ++v) sums[r][v] += input * row[v];
    }
  }
ONTOGENY_UNROLL
  for (int r = 0; r < kRows; ++r) {
ONTOGENY_UNROLL
    for (int v = 0; v < kVectors; ++v) {
      Vector sum = sums[r][v];
      if (kSum == Sum::kRectified) sum = sum < 0.0f ? Vector{} : sum;  // NaN stays NaN
      Store(out + r * out_stride + v * kLanes, sum);
    }
  }
}

template <int kRows, Sum kSum, bool kTransposed = false>
inline void Layer(const float* inputs, int stride, const float* weights, int columns, int depth, const float* bias,
                  float* out, int out_stride) {
  int column = 0;
  for (; column + 2 * kLanes <= columns; column += 2 * kLanes)
    Product<kRows, 2, kSum, kTransposed>(inputs, stride, weights + column, columns, depth,
                                         kSum == Sum::kRectified ? bias + column : bias, out + column, out_stride);
  for (; column < columns; column += kLanes)
    Product<kRows, 1, kSum, kTransposed>(inputs, stride, weights + column, columns, depth,
                                         kSum == Sum::kRectified ? bias + column : bias, out + column, out_stride);
}

// Memory of one rollout, cut from the scratch: planes have a border of one dead cell all round
// and room for one row more on both sides, so that loops need not look where the grid ends.
struct Memory {
  int row;        // cells of a row with its border
  int cells;      // of the grid with its border
  int span;       // cells, rounded up to whole vectors of bytes
  int channels;   // padded
  int units;      // padded
  int seen;       // stride of what a cell perceives
  float* hidden;  // (3 * channels, units), filter-major
  float* bias;    // (units)
  float* output;  // (units, channels)
  float* state;   // (cells, channels)
  float* change;  // (cells, channels), in the order of the list
  float* inputs;  // (tile, seen)
  float* middle;  // (tile, units)
  float* alpha;   // plane: alpha of each cell
  float* after;   // plane: alpha after the changes
  uint32_t* ids;  // plane: number of each cell, for the fire masks
  int32_t* list;  // (cells): which are computed
  uint8_t *inside, *mature, *wide, *living, *staying, *firing, *filled, *dying;  // planes of 0 and 1
};

template <typename T>
inline T* Cut(float*& from, ptrdiff_t count) {
  T* part = reinterpret_cast<T*>(from);
  const ptrdiff_t floats = (count * static_cast<ptrdiff_t>(sizeof(T)) + 3) / 4;
  from += (floats + kWidest - 1) / kWidest * kWidest;
  return part;
}

template <typename T>
inline T* Plane(float*& from, const Memory& memory) {
  const ptrdiff_t margin = memory.row + kBytes;
  T* plane = Cut<T>(from, memory.span + 2 * margin);
  std::memset(plane, 0, (memory.span + 2 * margin) * sizeof(T));
  return plane + margin;
}

Memory Lay(const Shape& shape, float* scratch) {
  Memory m;
  m.row = shape.width + 2;
  m.cells = (shape.height + 2) * m.row;
  m.span = (m.cells + kBytes - 1) / kBytes * kBytes;
  m.channels = Padded(shape.channels);
  m.units = Padded(shape.units);
  m.seen = Padded(3 * shape.channels) + kLanes;
  m.hidden = Cut<float>(scratch, static_cast<ptrdiff_t>(3) * shape.channels * m.units);
  m.bias = Cut<float>(scratch, m.units);
  m.output = Cut<float>(scratch, static_cast<ptrdiff_t>(shape.units) * m.channels);
  m.state = Cut<float>(scratch, static_cast<ptrdiff_t>(m.cells) * m.channels);
  m.change = Cut<float>(scratch, static_cast<ptrdiff_t>(m.cells) * m.channels);
  m.inputs = Cut<float>(scratch, static_cast<ptrdiff_t>(kTile) * m.seen);
  m.middle = Cut<float>(scratch, static_cast<ptrdiff_t>(kTile) * m.units);
  m.list = Cut<int32_t>(scratch, m.cells);
  m.alpha = Plane<float>(scratch, m);
  m.after = Plane<float>(scratch, m);
  m.ids = Plane<uint32_t>(scratch, m);
  uint8_t** const planes[] = {&m.inside, &m.mature, &m.wide, &m.living, &m.staying, &m.firing, &m.filled, &m.dying};
  for (uint8_t** plane : planes) *plane = Plane<uint8_t>(scratch, m);
  return m;
}

// Weights with the outputs side by side, padded with zeros.
void SpreadWeights(const Shape& shape, const Member& member, const Memory& m) {
  std::memset(m.hidden, 0, sizeof(float) * 3 * shape.channels * m.units);
  std::memset(m.bias, 0, sizeof(float) * m.units);
  std::memset(m.output, 0, sizeof(float) * shape.units * m.channels);
  for (int unit = 0; unit < shape.units; ++unit) {
    const float* weights = member.hidden + static_cast<ptrdiff_t>(unit) * shape.channels * 3;
    for (int channel = 0; channel < shape.channels; ++channel)
      for (int filter = 0; filter < 3; ++filter)
        m.hidden[static_cast<ptrdiff_t>(filter * shape.channels + channel) * m.units + unit] = weights[channel * 3 + filter];
    if (member.bias) m.bias[unit] = member.bias[unit];
    for (int channel = 0; channel < shape.channels; ++channel)
      m.output[static_cast<ptrdiff_t>(unit) * m.channels + channel] =
          member.output[static_cast<ptrdiff_t>(channel) * shape.units + unit];
  }
}

inline ptrdiff_t CellAt(const Memory& m, int y, int x) { return static_cast<ptrdiff_t>(y + 1) * m.row + x + 1; }

// A grid of cells, (height, width, channels), into one with a border of zeros and padded channels.
void EnterGrid(const Shape& shape, const Memory& m, const float* from, float* to) {
  std::memset(to, 0, sizeof(float) * m.cells * m.channels);
  for (int y = 0; y < shape.height; ++y)
    for (int x = 0; x < shape.width; ++x, from += shape.channels)
      std::memcpy(to + CellAt(m, y, x) * m.channels, from, sizeof(float) * shape.channels);
}

void LeaveGrid(const Shape& shape, const Memory& m, const float* from, float* to) {
  for (int y = 0; y < shape.height; ++y)
    for (int x = 0; x < shape.width; ++x, to += shape.channels)
      std::memcpy(to, from + CellAt(m, y, x) * m.channels, sizeof(float) * shape.channels);
}

void Enter(const Shape& shape, const Member& member, const Memory& m) {
  EnterGrid(shape, m, member.start, m.state);
  for (int y = 0; y < shape.height; ++y) {
    for (int x = 0; x < shape.width; ++x) {
      const ptrdiff_t cell = CellAt(m, y, x);
      m.alpha[cell] = m.state[cell * m.channels + kAlpha];
      m.ids[cell] = y * shape.width + x;
      m.inside[cell] = m.filled[cell] = 1;
    }
  }
}

// Loops over planes run over whole vectors, with their bounds in local variables: a byte that is
// written might be anything to the compiler, a bound in memory as well.

// near = cells of the grid that are in `marked` or touch one that is.
void Widen(const Memory& m, const uint8_t* __restrict marked, uint8_t* __restrict near) {
  const int span = m.span, row = m.row;
  uint8_t* __restrict wide = m.wide;
  const uint8_t* __restrict inside = m.inside;
  for (int i = 0; i < span; ++i) wide[i] = marked[i - 1] | marked[i] | marked[i + 1];
  for (int i = 0; i < span; ++i) near[i] = (wide[i - row] | wide[i] | wide[i + row]) & inside[i];
}

void Living(const Memory& m, const float* __restrict alpha, uint8_t* __restrict living) {
  const int span = m.span;
  uint8_t* __restrict mature = m.mature;
  for (int i = 0; i < span; ++i) mature[i] = alpha[i] > kAlive;
  Widen(m, mature, living);
}

void Fire(const Shape& shape, const Member& member, uint32_t step, const Memory& m) {
  const uint32_t offset = Mix(member.words[0] ^ Mix(step)), twist = Mix(member.words[1] + Mix(~step));
  const uint32_t threshold = shape.threshold;
  const int span = m.span;
  const uint32_t* __restrict ids = m.ids;
  uint8_t* __restrict firing = m.firing;
  for (int i = 0; i < span; ++i) firing[i] = Mix(Mix(ids[i] + offset) ^ twist) <= threshold;
}

// What a cell sees: its state, and how that changes along x and along y (Sobel / 8).
inline void Perceive(const Shape& shape, const Memory& m, int cell, float* seen) {
  const ptrdiff_t channels = shape.channels, padded = m.channels, row = m.row * padded;
  const float* at = m.state + cell * padded;
  // From the last channels to the first: what a vector writes beyond the channels of a filter
  // is where the next filter begins, and is written after it.
  for (ptrdiff_t i = padded - kLanes; i >= 0; i -= kLanes) {
    const float *above = at - row + i, *here = at + i, *below = at + row + i;
    const Vector nw = Load(above - padded), n = Load(above), ne = Load(above + padded);
    const Vector w = Load(here - padded), e = Load(here + padded);
    const Vector sw = Load(below - padded), s = Load(below), se = Load(below + padded);
    Store(seen + i, Load(here));
    Store(seen + channels + i, ((ne - nw) + (e - w) * 2.0f + (se - sw)) * 0.125f);
    Store(seen + 2 * channels + i, ((sw - nw) + (s - n) * 2.0f + (se - ne)) * 0.125f);
  }
}

template <int kCells>
void Tile(const Shape& shape, const Memory& m, const int32_t* cells, float* change) {
  for (int c = 0; c < kCells; ++c) Perceive(shape, m, cells[c], m.inputs + c * m.seen);
  Layer<kCells, Sum::kRectified>(m.inputs, m.seen, m.hidden, m.units, 3 * shape.channels, m.bias, m.middle, m.units);
  Layer<kCells, Sum::kFresh>(m.middle, m.units, m.output, m.channels, shape.units, nullptr, change, m.channels);
}

template <int kCells>
inline void TileOf(int count, const Shape& shape, const Memory& m, const int32_t* cells, float* change) {
  if (count == kCells) return Tile<kCells>(shape, m, cells, change);
  if constexpr (kCells > 1) TileOf<kCells - 1>(count, shape, m, cells, change);
}

// The changes of the listed cells, in tiles of about equal size.
void Change(const Shape& shape, const Memory& m, int from, int to) {
  int tiles = (to - from + kTile - 1) / kTile;
  for (int cell = from; tiles > 0; --tiles) {
    const int count = (to - cell + tiles - 1) / tiles;
    TileOf<kTile>(count, shape, m, m.list + cell, m.change + static_cast<ptrdiff_t>(cell) * m.channels);
    for (int i = cell; i < cell + count; ++i)
      m.after[m.list[i]] += m.change[static_cast<ptrdiff_t>(i) * m.channels + kAlpha];
    cell += count;
  }
}

// Appends the cells that are in both planes to the list; its new length.
int ListBoth(const Memory& m, const uint8_t* __restrict first, const uint8_t* __restrict second, int count) {
  int32_t* __restrict list = m.list;
  const int end = m.cells - m.row;
  for (int i = m.row; i < end; ++i) {
    list[count] = i;
    count += first[i] & second[i];
  }
  return count;
}

// to = in `plane` and not in `mask`; whether there are any.
bool Without(const Memory& m, const uint8_t* __restrict plane, const uint8_t* __restrict mask, uint8_t* __restrict to) {
  const int span = m.span;
  uint8_t any = 0;
  for (int i = 0; i < span; ++i) {
    to[i] = plane[i] & (mask[i] ^ 1);
    any |= to[i];
  }
  return any;
}

// Clears what died in this update; whether anything lives on.
bool Settle(const Memory& m) {
  const int span = m.span;
  uint8_t* __restrict dying = m.dying;
  uint8_t* __restrict filled = m.filled;
  const uint8_t* __restrict living = m.living;
  const uint8_t* __restrict staying = m.staying;
  uint8_t lives = 0, dies = 0;
  for (int i = 0; i < span; ++i) {
    const uint8_t stays = living[i] & staying[i];
    dying[i] = filled[i] & (stays ^ 1);
    dies |= dying[i];
    filled[i] = stays;
    lives |= stays;
  }
  float* __restrict alpha = m.alpha;
  const float* __restrict after = m.after;
  // Times zero where it dies, as the plain version has it, so that NaN is not hidden.
  for (int i = 0; i < span; ++i) alpha[i] = after[i] * static_cast<float>(filled[i]);
  if (dies) {
    const int count = ListBoth(m, dying, dying, 0);
    for (int i = 0; i < count; ++i) {
      float* cell = m.state + static_cast<ptrdiff_t>(m.list[i]) * m.channels;
      for (int c = 0; c < m.channels; c += kLanes) Store(cell + c, Load(cell + c) * 0.0f);
    }
  }
  return lives;
}

// One update; whether anything lives on.
bool Step(const Shape& shape, const Member& member, uint32_t step, const Memory& m) {
  Living(m, m.alpha, m.living);
  Fire(shape, member, step, m);
  std::memcpy(m.after, m.alpha, sizeof(float) * m.cells);
  const int count = ListBoth(m, m.living, m.firing, 0);
  Change(shape, m, 0, count);
  Living(m, m.after, m.staying);
  if (Without(m, m.living, m.staying, m.dying)) {
    // A dead cell may ripen for one update, before it is cleared, and keep its neighbour alive.
    Widen(m, m.dying, m.staying);
    Without(m, m.staying, m.living, m.dying);
    Change(shape, m, count, ListBoth(m, m.dying, m.firing, count));
    Living(m, m.after, m.staying);
  }
  for (int i = 0; i < count; ++i) {
    float* cell = m.state + static_cast<ptrdiff_t>(m.list[i]) * m.channels;
    const float* change = m.change + static_cast<ptrdiff_t>(i) * m.channels;
    for (int c = 0; c < m.channels; c += kLanes) Store(cell + c, Load(cell + c) + Load(change + c));
  }
  return Settle(m);
}

}  // namespace
}  // namespace ontogeny
