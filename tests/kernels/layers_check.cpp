// Every kind of layer against loops in double precision, in memory of exactly the promised size.
#include "layers_check.h"

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <vector>

using ontogeny::Extent;
using ontogeny::Operation;

namespace {

uint32_t seed = 1;

float Random() {
  seed = seed * 1664525u + 1013904223u;
  return static_cast<float>(seed >> 8) / (1 << 24) - 0.5f;
}

using Signal = std::vector<double>;  // (channels, height, width) of one sample

double Activated(int activation, double x) {
  switch (activation) {
    case ontogeny::kRelu: return x > 0 ? x : 0;
    case ontogeny::kSigmoid: return 1 / (1 + std::exp(-x));
    case ontogeny::kTanh: return std::tanh(x);
    case ontogeny::kGelu: return 0.5 * x * (1 + std::tanh(std::sqrt(2 / M_PI) * (x + 0.044715 * x * x * x)));
    default: return x;
  }
}

Signal Doubled(const Signal& in, int channels, int height, int width) {
  Signal out(in.size() * 4);
  for (int c = 0; c < channels; ++c)
    for (int y = 0; y < 2 * height; ++y)
      for (int x = 0; x < 2 * width; ++x)
        out[(c * 2 * height + y) * 2 * width + x] = in[(c * height + y / 2) * width + x / 2];
  return out;
}

Signal Naive(const Operation& op, const float* weights, Signal in) {
  int h = op.height, w = op.width;
  const Extent after = ontogeny::After(op);
  const int outputs = static_cast<int>(after.channels), down = static_cast<int>(after.height),
            across = static_cast<int>(after.width), n = op.size;
  Signal out(after.numbers());
  const auto bias = [&](int o) { return op.biased ? weights[after.weights - outputs + o] : 0.0f; };
  if (op.kind == ontogeny::kUnpool) return Doubled(in, op.channels, h, w);
  if (op.kind == ontogeny::kDense) {
    for (int o = 0; o < outputs; ++o) {
      double sum = bias(o);
      for (size_t k = 0; k < in.size(); ++k) sum += weights[o * in.size() + k] * in[k];
      out[o] = Activated(op.activation, sum);
    }
    return out;
  }
  if (op.kind == ontogeny::kUnpooledTransposed) in = Doubled(in, op.channels, h, w), h *= 2, w *= 2;
  for (int o = 0; o < outputs; ++o)
    for (int y = 0; y < down; ++y)
      for (int x = 0; x < across; ++x) {
        double& to = out[(o * down + y) * across + x];
        if (op.kind == ontogeny::kMaxPool) {
          to = -INFINITY;
          for (int k = 0; k < 4; ++k) to = std::fmax(to, in[(o * h + 2 * y + k / 2) * w + 2 * x + k % 2]);
          continue;
        }
        double sum = bias(o);
        for (int c = 0; c < op.channels; ++c) {
          if (op.shared && c != o) continue;
          const float* kernel = op.shared ? weights : weights + (o * op.channels + c) * n * n;
          for (int i = 0; i < n; ++i)
            for (int j = 0; j < n; ++j) {
              const bool valid = op.kind == ontogeny::kConvolution;
              const int row = valid ? y + i : y - i, column = valid ? x + j : x - j;
              if (row < 0 || column < 0 || row >= h || column >= w) continue;
              sum += kernel[i * n + j] * in[(c * h + row) * w + column];
            }
        }
        to = Activated(op.activation, sum);
      }
  return out;
}

// Some of the samples of a larger array pass through a net.
bool CheckNet(const char* set, ontogeny::Forward forward, const std::vector<Operation>& net, int samples, int total) {
  if (!ontogeny::Sound(net.data(), static_cast<int>(net.size()))) {
    std::printf("a net of %zu layers is not taken for sound\n", net.size());
    return false;
  }
  const int count = static_cast<int>(net.size()), first = (total - samples) / 2;
  const size_t entering = static_cast<size_t>(net[0].channels) * net[0].height * net[0].width;
  const size_t leaving = ontogeny::After(net.back()).numbers();
  size_t known = 0;
  for (const Operation& op : net) known += ontogeny::After(op).weights;
  std::vector<float> weights(known), in(entering * total), out(leaving * total, 7.0f);
  for (float& value : weights) value = Random();
  for (float& value : in) value = 2 * Random();
  const size_t floats = ontogeny::RoomFor(net.data(), count, samples).floats();
  float* scratch = static_cast<float*>(aligned_alloc(64, (floats * 4 + 63) / 64 * 64));
  for (size_t k = 0; k < floats; ++k) scratch[k] = NAN;
  forward({net.data(), count, total, first, samples}, weights.data(), in.data(), out.data(), scratch);
  free(scratch);
  double worst = 0;
  for (int s = 0; s < total; ++s) {
    if (s < first || s >= first + samples) {
      for (size_t k = 0; k < leaving; ++k) worst = out[k * total + s] == 7.0f ? worst : INFINITY;
      continue;
    }
    Signal signal(entering);
    for (size_t k = 0; k < entering; ++k) signal[k] = in[k * total + s];
    const float* from = weights.data();
    for (const Operation& op : net) {
      signal = Naive(op, from, signal);
      from += ontogeny::After(op).weights;
    }
    for (size_t k = 0; k < leaving; ++k) {
      const double off = std::fabs(out[k * total + s] - signal[k]);
      worst = std::isnan(off) ? INFINITY : std::fmax(worst, off);
    }
  }
  if (worst < 1e-5) return true;
  std::printf("layers of %s, net of %d that begins with kind %d, %d samples: off by %g\n", set, count, net[0].kind,
              samples, worst);
  return false;
}

}  // namespace

bool CheckLayers(const char* set, ontogeny::Forward forward) {
  using namespace ontogeny;
  const std::vector<std::vector<Operation>> nets = {
      {{kConvolution, 1, 12, 12, 1, 5, 0, kRelu, 0},
       {kMaxPool, 1, 8, 8, 1, 1, 0, kLinear, 0},
       {kDense, 1, 4, 4, 5, 1, 0, kSigmoid, 1},
       {kDense, 5, 1, 1, 40, 1, 0, kTanh, 1},
       {kUnpooledTransposed, 10, 2, 2, 10, 5, 1, kSigmoid, 0},
       {kUnpooledTransposed, 10, 8, 8, 1, 5, 0, kGelu, 0}},
      {{kConvolution, 3, 7, 5, 6, 3, 0, kGelu, 1}, {kUnpool, 6, 5, 3, 6, 1, 0, kLinear, 0},
       {kTransposed, 6, 10, 6, 5, 4, 0, kTanh, 1}},
      {{kTransposed, 2, 3, 4, 2, 2, 1, kLinear, 1}, {kConvolution, 2, 4, 5, 2, 1, 1, kRelu, 1}},
      {{kUnpooledTransposed, 2, 3, 2, 3, 4, 0, kLinear, 1}, {kUnpooledTransposed, 3, 9, 7, 3, 1, 1, kLinear, 0}},
      {{kDense, 1, 1, 1, 1, 1, 0, kLinear, 0}},
  };
  const int samples[][2] = {{1, 1}, {3, 3}, {10, 17}, {32, 32}};
  bool good = true;
  for (const auto& net : nets)
    for (const auto& some : samples) good &= CheckNet(set, forward, net, some[0], some[1]);
  const Operation odd{kMaxPool, 1, 3, 4, 1, 1, 0, kLinear, 0}, large{kConvolution, 1, 3, 4, 1, 5, 0, kLinear, 0};
  const Operation apart[] = {{kDense, 1, 2, 2, 3, 1, 0, kLinear, 1}, {kDense, 4, 1, 1, 3, 1, 0, kLinear, 1}};
  if (Sound(&odd, 1) || Sound(&large, 1) || Sound(apart, 2)) {
    std::printf("what does not fit is taken for sound\n");
    good = false;
  }
  return good;
}
