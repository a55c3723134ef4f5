// Layers in a row, forwards, for some samples of one member.
#include <cmath>

#include "layers_forward.h"
#include "vectors.h"

namespace ontogeny {
namespace {

constexpr int kOutputs = 4;               // sums that share what they load
constexpr int kTogether = 2, kAlone = 6;  // vectors of each, with the others and by itself

typedef int32_t Whole __attribute__((vector_size(kLanes * sizeof(int32_t))));

inline Vector Everywhere(float x) { return x - Vector{}; }  // x - 0 is x: a mere broadcast

// e to the power of x, to the last bits of a float; Cephes' polynomial.
inline Vector Exponential(Vector x) {
  x = x < -87.0f ? Everywhere(-87.0f) : x;
  x = x > 88.0f ? Everywhere(88.0f) : x;
  const Vector magic = Everywhere(12582912.0f);  // adding it rounds to a whole number
  const Vector shifted = x * 1.44269504f + magic, n = shifted - magic;
  const Vector r = x - n * 0.693359375f + n * 2.12194440e-4f;
  Vector sum = Everywhere(1.9875691500e-4f);
  sum = sum * r + 1.3981999507e-3f;
  sum = sum * r + 8.3334519073e-3f;
  sum = sum * r + 4.1665795894e-2f;
  sum = sum * r + 1.6666665459e-1f;
  sum = sum * r + 5.0000001201e-1f;
  sum = sum * r * r + r + 1.0f;
  Whole bits;
  std::memcpy(&bits, &shifted, sizeof(bits));
  bits = (bits - 0x4b400000 + 127) << 23;
  Vector power;
  std::memcpy(&power, &bits, sizeof(power));
  return sum * power;
}

inline Vector Logistic(Vector x) { return 1.0f / (1.0f + Exponential(-x)); }

inline Vector Activated(int32_t activation, Vector x) {
  switch (activation) {
    case kRelu: return x < 0.0f ? Vector{} : x;  // NaN stays NaN
    case kSigmoid: return Logistic(x);
    case kTanh: return 2.0f * Logistic(2.0f * x) - 1.0f;
    case kGelu: return x * Logistic(1.5957691216f * (x + 0.044715f * x * x * x));
    default: return x;
  }
}

// Where the sums of one place lie, and what is added up.
struct Patch {
  const float* in;
  size_t plane, row;  // floats from one channel to the next, and from one row to the next
  int channels, size;
  int step;  // floats from one column to the next
};

template <int kRows, int kVectors>
inline void Add(const Patch& patch, const float* kernel, float* out, size_t stride) {
  Vector sums[kRows][kVectors] = {};
  for (int c = 0; c < patch.channels; ++c) {
    for (int i = 0; i < patch.size; ++i) {
      const float* at = patch.in + c * patch.plane + i * patch.row;
      for (int j = 0; j < patch.size; ++j, at += patch.step, kernel += kRows) {
        Vector x[kVectors];
ONTOGENY_UNROLL
        for (int v = 0; v < kVectors; ++v) x[v] = Load(at + v * kLanes);
ONTOGENY_UNROLL
        for (int o = 0; o < kRows; ++o) {
          const Vector weight = Everywhere(kernel[o]);
ONTOGENY_UNROLL
          for (int v = 0; v < kVectors; ++v) sums[o][v] += weight * x[v];
        }
      }
    }
  }
ONTOGENY_UNROLL
  for (int o = 0; o < kRows; ++o) {
ONTOGENY_UNROLL
    for (int v = 0; v < kVectors; ++v) Store(out + o * stride + v * kLanes, sums[o][v]);
  }
}

// Sums of `kRows` outputs along a row of `span` floats, with the bias and the activation.
template <int kRows, int kVectors>
inline void Row(Patch patch, const float* kernel, const float* bias, int32_t activation, size_t span, float* out,
                size_t stride) {
  for (size_t x = 0; x < span; x += kVectors * kLanes) {
    Add<kRows, kVectors>(patch, kernel, out + x, stride);
    patch.in += kVectors * kLanes;
  }
  for (int o = 0; o < kRows; ++o) {
    const Vector plus = Everywhere(bias[o]);
    float* row = out + o * stride;
    for (size_t x = 0; x < span; x += kLanes) Store(row + x, Activated(activation, Load(row + x) + plus));
  }
}

// Rows that do not fill a vector wait for their activation: then that of several takes one vector.
inline int32_t InRows(const Operation& op, size_t span) { return span < kLanes ? int32_t{kLinear} : op.activation; }

// What waited, of all rows.
inline void Finish(const Operation& op, size_t span, size_t numbers, float* out) {
  if (InRows(op, span) == op.activation) return;
  for (size_t k = 0; k < numbers; k += kLanes) Store(out + k, Activated(op.activation, Load(out + k)));
}

// Some samples of one pixel; writes whole vectors, so the pixels behind it come later.
inline void Copy(float* to, const float* from, int samples) {
  for (int s = 0; s < samples; s += kLanes) Store(to + s, Load(from + s));
}

// Some samples of all pixels, which are `across` apart in the one array and `along` in the other.
inline void Take(float* to, int64_t across, const float* from, int64_t along, int64_t pixels, int samples) {
  if (across == along) std::memcpy(to, from, pixels * samples * sizeof(float));
  else
    for (int64_t k = 0; k < pixels; ++k) std::memcpy(to + k * across, from + k * along, samples * sizeof(float));
}

struct Memory {
  float* here;
  float* there;
  float* padded;
  float* kernel;
  float* rows;
  size_t stride;  // floats of each of the rows
};

// The signal with `border` zeros around each channel.
inline const float* Surround(const Operation& op, int samples, int border, const float* in, float* out) {
  const size_t row = static_cast<size_t>(op.width) * samples, side = static_cast<size_t>(border) * samples;
  const size_t wide = row + 2 * side;
  float* to = out;
  for (int c = 0; c < op.channels; ++c) {
    std::memset(to, 0, border * wide * sizeof(float));
    to += border * wide;
    for (int y = 0; y < op.height; ++y, in += row, to += wide) {
      std::memset(to, 0, side * sizeof(float));
      std::memcpy(to + side, in, row * sizeof(float));
      std::memset(to + side + row, 0, side * sizeof(float));
    }
    std::memset(to, 0, border * wide * sizeof(float));
    to += border * wide;
  }
  return out;
}

// Convolution, valid or transposed: a transposed one is valid on a signal with a border, its kernel turned round.
inline void Convolve(const Operation& op, int samples, const float* weights, const float* biases, const Memory& memory) {
  const bool turned = op.kind == kTransposed;
  const int border = turned ? op.size - 1 : 0, taps = op.size * op.size;
  const float* in = border ? Surround(op, samples, border, memory.here, memory.padded) : memory.here;
  const int height = op.height + 2 * border, width = op.width + 2 * border;
  const size_t row = static_cast<size_t>(width) * samples, plane = height * row;
  const int down = height - op.size + 1;
  const size_t span = static_cast<size_t>(width - op.size + 1) * samples;
  const int inputs = op.shared ? 1 : op.channels, outputs = op.shared ? op.channels : op.outputs;
  const int32_t activation = InRows(op, span);
  for (int o = 0, group; o < outputs; o += group) {
    group = !op.shared && outputs - o >= kOutputs ? kOutputs : 1;
    float* kernel = memory.kernel;
    float bias[kOutputs];
    for (int k = 0; k < group; ++k) bias[k] = op.biased ? biases[o + k] : 0.0f;
    for (int c = 0; c < inputs; ++c)
      for (int t = 0; t < taps; ++t)
        for (int k = 0; k < group; ++k) {
          const float* of = op.shared ? weights : weights + (static_cast<size_t>(o + k) * inputs + c) * taps;
          *kernel++ = of[turned ? taps - 1 - t : t];
        }
    const float* from = op.shared ? in + o * plane : in;
    for (int y = 0; y < down; ++y) {
      const Patch patch{from + y * row, plane, row, inputs, op.size, samples};
      if (group == kOutputs)
        Row<kOutputs, kTogether>(patch, memory.kernel, bias, activation, span, memory.rows, memory.stride);
      else
        Row<1, kAlone>(patch, memory.kernel, bias, activation, span, memory.rows, memory.stride);
      for (int k = 0; k < group; ++k)
        std::memcpy(memory.there + (static_cast<size_t>(o + k) * down + y) * span, memory.rows + k * memory.stride,
                    span * sizeof(float));
    }
  }
  Finish(op, span, static_cast<size_t>(outputs) * down * span, memory.there);
}

// A transposed convolution of what an unpooling would give, at the size that it had before: of the four pixels that
// one becomes each meets a few numbers of the kernel, which are added up first.
inline void ConvolveUnpooled(const Operation& op, int samples, const float* weights, const float* biases,
                             const Memory& memory) {
  const int taps = op.size / 2 + 1, border = taps - 1;
  const float* in = Surround(op, samples, border, memory.here, memory.padded);
  const int wide = op.width + 2 * border, across = op.width + border, down = op.height + border;
  const size_t row = static_cast<size_t>(wide) * samples, plane = (op.height + 2 * border) * row;
  const size_t span = static_cast<size_t>(across) * samples;
  const int height = 2 * op.height + op.size - 1, width = 2 * op.width + op.size - 1;
  const int inputs = op.shared ? 1 : op.channels, outputs = op.shared ? op.channels : op.outputs;
  for (int o = 0; o < outputs; ++o) {
    if (o == 0 || !op.shared) {
      std::memset(memory.kernel, 0, static_cast<size_t>(inputs) * taps * taps * 4 * sizeof(float));
      for (int c = 0; c < inputs; ++c) {
        const float* of = op.shared ? weights : weights + (static_cast<size_t>(o) * inputs + c) * op.size * op.size;
        for (int k = 0; k < op.size; ++k)
          for (int l = 0; l < op.size; ++l)
            for (int p = 0; p < 2; ++p)
              for (int q = 0; q < 2; ++q) {
                const int i = border - (k + 1 - p) / 2, j = border - (l + 1 - q) / 2;
                memory.kernel[((c * taps + i) * taps + j) * 4 + 2 * p + q] += of[k * op.size + l];
              }
      }
    }
    const float plus = op.biased ? biases[o] : 0.0f, bias[4] = {plus, plus, plus, plus};
    const float* from = op.shared ? in + o * plane : in;
    float* to = memory.there + static_cast<size_t>(o) * height * width * samples;
    // Interleaved one row later: a load across two stores that are still under way would wait for both.
    for (int y = 0; y <= down; ++y) {
      float* rows = memory.rows + y % 2 * kOutputs * memory.stride;
      const float* before = memory.rows + (y + 1) % 2 * kOutputs * memory.stride;
      const Patch patch{from + y * row, plane, row, inputs, taps, samples};
      if (y < down)
        Row<kOutputs, kTogether>(patch, memory.kernel, bias, InRows(op, span), span, rows, memory.stride);
      for (int p = 0; y > 0 && p < 2 && 2 * (y - 1) + p < height; ++p)
        for (int x = 0; x < width; ++x, to += samples)
          Copy(to, before + (2 * p + x % 2) * memory.stride + static_cast<size_t>(x / 2) * samples, samples);
    }
  }
  Finish(op, span, static_cast<size_t>(outputs) * height * width * samples, memory.there);
}

// A dense layer for a single sample: there is no row to share what is loaded, so nothing is brought into its order.
inline void Connect(const Operation& op, const float* weights, const float* biases, const Memory& memory) {
  const float* in = memory.here;
  for (int o = 0; o < op.outputs; ++o, weights += op.channels) {
    float sum = 0.0f;
    for (int c = 0; c < op.channels; ++c) sum += weights[c] * in[c];
    memory.there[o] = sum + (op.biased ? biases[o] : 0.0f);
  }
  for (int o = 0; o < op.outputs; o += kLanes)
    Store(memory.there + o, Activated(op.activation, Load(memory.there + o)));
}

// The largest of two; NaN where the first is.
inline Vector Larger(Vector a, Vector b) {
  const Vector larger = a > b ? a : b;
  return a != a ? a : larger;
}

inline void Pool(const Operation& op, int samples, const Memory& memory) {
  const size_t row = static_cast<size_t>(op.width) * samples;
  const float* in = memory.here;
  float* to = memory.there;
  for (int y = 0; y < op.channels * op.height / 2; ++y, in += 2 * row)
    for (int x = 0; x < op.width / 2; ++x, to += samples)
      for (int s = 0; s < samples; s += kLanes) {
        const float *left = in + 2 * x * samples + s, *right = left + samples;
        Store(to + s, Larger(Larger(Load(left), Load(left + row)), Larger(Load(right), Load(right + row))));
      }
}

inline void Unpool(const Operation& op, int samples, const Memory& memory) {
  const size_t row = static_cast<size_t>(op.width) * samples;
  const float* in = memory.here;
  float* to = memory.there;
  for (int y = 0; y < op.channels * op.height; ++y, in += row) {
    for (int x = 0; x < 2 * op.width; ++x, to += samples)
      Copy(to, in + static_cast<size_t>(x / 2) * samples, samples);
    std::memcpy(to, to - 2 * row, 2 * row * sizeof(float));
    to += 2 * row;
  }
}

inline Vector Distance(int32_t criterion, Vector x) { return criterion == kSquare ? x * x : x < 0.0f ? -x : x; }
inline float Distance(int32_t criterion, float x) { return criterion == kSquare ? x * x : std::fabs(x); }

// The mean error of each sample.
inline void Differ(const Passage& passage, const Memory& memory, int64_t numbers, float* errors) {
  const int samples = passage.samples;
  const float* here = memory.here;
  const float* wanted = passage.wanted + passage.first;
  float* sums = memory.rows;
  std::memset(sums, 0, samples * sizeof(float));
  if (passage.total == 1) {  // one sample: its pixels lie side by side
    Vector sum{};
    int64_t k = 0;
    for (; k + kLanes <= numbers; k += kLanes) sum += Distance(passage.criterion, Load(here + k) - Load(wanted + k));
    for (int v = 0; v < kLanes; ++v) sums[0] += sum[v];
    for (; k < numbers; ++k) sums[0] += Distance(passage.criterion, here[k] - wanted[k]);
  } else {
    for (int64_t k = 0; k < numbers; ++k, here += samples, wanted += passage.total)
      for (int s = 0; s < samples; ++s) sums[s] += Distance(passage.criterion, here[s] - wanted[s]);
  }
  for (int s = 0; s < samples; ++s) errors[s] = sums[s] / static_cast<float>(numbers);
}

}  // namespace

void ONTOGENY_NAME(Forward_, ONTOGENY_SET)(const Passage& passage, const float* weights, const float* in, float* out,
                                           float* scratch) {
  const Room room = RoomFor(passage.operations, passage.count, passage.samples);
  Memory memory;
  memory.here = scratch;
  memory.there = memory.here + room.signal;
  memory.padded = memory.there + room.signal;
  memory.kernel = memory.padded + room.padded;
  memory.rows = memory.kernel + room.kernel;
  memory.stride = room.row;
  const int samples = passage.samples;
  const Operation& begin = passage.operations[0];
  const int64_t pixels = static_cast<int64_t>(begin.channels) * begin.height * begin.width;
  Take(memory.here, samples, in + passage.first, passage.total, pixels, samples);
  int64_t numbers = pixels;
  for (int k = 0; k < passage.count; ++k) {
    Operation op = passage.operations[k];
    const Extent after = After(op);
    const float* biases = weights + after.weights - (op.biased ? after.channels : 0);
    if (op.kind == kDense) {
      op.channels *= op.height * op.width;
      op.height = op.width = op.size = 1;
    }
    switch (op.kind) {
      case kMaxPool: Pool(op, samples, memory); break;
      case kUnpool: Unpool(op, samples, memory); break;
      case kUnpooledTransposed: ConvolveUnpooled(op, samples, weights, biases, memory); break;
      default:
        if (op.kind == kDense && samples == 1) Connect(op, weights, biases, memory);
        else Convolve(op, samples, weights, biases, memory);
    }
    weights += after.weights;
    numbers = after.numbers();
    float* spare = memory.here;
    memory.here = memory.there;
    memory.there = spare;
  }
  if (passage.wanted) Differ(passage, memory, numbers, out + passage.first);
  else Take(out + passage.first, passage.total, memory.here, samples, numbers, samples);
}

}  // namespace ontogeny
