// Runs every instruction set that this processor has against a naive rollout, its gradient against
// differences, and its layers against loops, on odd sizes, in memory of exactly the promised size: made for AddressSanitizer.
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "layers_check.h"
#include "sets.h"

using ontogeny::Gradient;
using ontogeny::Member;
using ontogeny::Shape;

namespace ontogeny {
void Rollout_plain(const Shape&, const Member&, float*);
void Gradient_plain(const Shape&, const Member&, const Gradient&, float*);
void Forward_plain(const Passage&, const float*, const float*, float*, float*);
#if defined(__x86_64__)
void Rollout_avx2(const Shape&, const Member&, float*);
void Rollout_avx512(const Shape&, const Member&, float*);
void Gradient_avx2(const Shape&, const Member&, const Gradient&, float*);
void Gradient_avx512(const Shape&, const Member&, const Gradient&, float*);
void Forward_avx2(const Passage&, const float*, const float*, float*, float*);
void Forward_avx512(const Passage&, const float*, const float*, float*, float*);
#endif
}  // namespace ontogeny

namespace {

uint32_t seed = 1;

float Random() {
  seed = seed * 1664525u + 1013904223u;
  return static_cast<float>(seed >> 8) / (1 << 24) - 0.5f;
}

uint32_t Mix(uint32_t x) {
  x = (x ^ (x >> 16)) * 0x7feb352du;
  x = (x ^ (x >> 15)) * 0x846ca68bu;
  return x ^ (x >> 16);
}

bool Fires(const Member& m, const Shape& s, uint32_t step, int cell) {
  const uint32_t a = Mix(m.words[0] ^ Mix(step)), b = Mix(m.words[1] + Mix(~step));
  return Mix(Mix(cell + a) ^ b) <= s.threshold;
}

// All cells, all channels, in double precision.
std::vector<double> Naive(const Shape& s, const Member& m) {
  const int h = s.height, w = s.width, n = s.channels;
  std::vector<double> state(m.start, m.start + h * w * n);
  const auto at = [&](const std::vector<double>& from, int y, int x, int c) {
    return y < 0 || x < 0 || y >= h || x >= w ? 0.0 : from[(y * w + x) * n + c];
  };
  const auto alive = [&](const std::vector<double>& from, int y, int x) {
    for (int dy = -1; dy <= 1; ++dy)
      for (int dx = -1; dx <= 1; ++dx)
        if (at(from, y + dy, x + dx, 3) > 0.1) return true;
    return false;
  };
  for (int32_t step = 0; step < m.steps; ++step) {
    std::vector<double> next = state;
    for (int y = 0; y < h; ++y)
      for (int x = 0; x < w; ++x) {
        if (!Fires(m, s, m.first + step, y * w + x)) continue;
        std::vector<double> hidden(s.units);
        for (int u = 0; u < s.units; ++u) {
          double sum = m.bias ? m.bias[u] : 0.0;
          for (int c = 0; c < n; ++c) {
            double sx = 0, sy = 0;
            for (int d = -1; d <= 1; ++d) {
              const int f = d == 0 ? 2 : 1;
              sx += f * (at(state, y + d, x + 1, c) - at(state, y + d, x - 1, c)) / 8;
              sy += f * (at(state, y + 1, x + d, c) - at(state, y - 1, x + d, c)) / 8;
            }
            const float* weights = m.hidden + (u * n + c) * 3;
            sum += weights[0] * at(state, y, x, c) + weights[1] * sx + weights[2] * sy;
          }
          hidden[u] = sum > 0 ? sum : 0;
        }
        for (int c = 0; c < n; ++c)
          for (int u = 0; u < s.units; ++u) next[(y * w + x) * n + c] += m.output[c * s.units + u] * hidden[u];
      }
    std::vector<double> cleared = next;
    for (int y = 0; y < h; ++y)
      for (int x = 0; x < w; ++x)
        if (!alive(state, y, x) || !alive(next, y, x))
          for (int c = 0; c < n; ++c) cleared[(y * w + x) * n + c] = 0;
    state = cleared;
  }
  return state;
}

void Fill(std::vector<float>& values, float scale) {
  for (float& value : values) value = Random() * scale;
}

float* Memory(size_t floats) { return static_cast<float*>(aligned_alloc(64, (floats * 4 + 63) / 64 * 64)); }

// One automaton at random, and where it begins.
struct Case {
  Shape shape;
  std::vector<float> hidden, bias, output, start;
  uint32_t words[2];
  int steps;
  bool biased;

  Case(const int (&size)[5], bool with_bias) : steps(size[4]), biased(with_bias) {
    seed = 1;
    const int height = size[0], width = size[1], channels = size[2], units = size[3];
    shape = {height, width, channels, units, 0x9fffffffu};
    hidden.resize(units * channels * 3), bias.resize(units), output.resize(channels * units);
    start.resize(height * width * channels);
    Fill(hidden, 0.6f), Fill(bias, 0.2f), Fill(output, 0.4f), Fill(start, 0.6f);
    words[0] = 12345u + height, words[1] = 99u;
  }

  Member member(float* end) const {
    return {hidden.data(), biased ? bias.data() : nullptr, output.data(), start.data(), words, 7, steps, end};
  }

  bool Report(const char* set, const char* what, double off, double most) const {
    if (off < most) return true;
    std::printf("%s of %s, %dx%dx%d, %d units, %d steps: off by %g\n", what, set, shape.height, shape.width,
                shape.channels, shape.units, steps, off);
    return false;
  }
};

bool CheckRollout(const ontogeny::Set& set, const Case& one) {
  std::vector<float> end(one.start.size(), NAN);
  float* scratch = Memory(ScratchFloats(one.shape));
  set.rollout(one.shape, one.member(end.data()), scratch);
  free(scratch);
  const std::vector<double> expected = Naive(one.shape, one.member(nullptr));
  double worst = 0, largest = 1;
  for (size_t i = 0; i < end.size(); ++i) {
    worst = std::fmax(worst, std::isnan(end[i]) ? INFINITY : std::fabs(end[i] - expected[i]));
    largest = std::fmax(largest, std::fabs(expected[i]));
  }
  return one.Report(set.name, "rollout", worst / largest, 1e-5);
}

// The sum of the end state, each number times its own, against the gradient along a direction.
bool CheckGradient(const ontogeny::Set& set, const Case& one) {
  std::vector<float> by_end(one.start.size());
  Fill(by_end, 2.0f);
  std::vector<float> hidden(one.hidden.size()), bias(one.bias.size()), output(one.output.size()), start(one.start.size());
  float* scratch = Memory(ScratchFloats(one.shape, one.steps));
  const Gradient gradient{by_end.data(), hidden.data(), one.biased ? bias.data() : nullptr, output.data(), start.data()};
  set.gradient(one.shape, one.member(nullptr), gradient, scratch);
  free(scratch);
  double worst = 0;
  const auto along = [&](std::vector<float> Case::*part, const std::vector<float>& by) {
    Case up = one, down = one;
    double expected = 0, found = 0, size = 0;
    for (size_t i = 0; i < by.size(); ++i) {
      const float move = 2e-6f * Random();  // so small that no mask changes
      (up.*part)[i] += move, (down.*part)[i] -= move;
      const double moved = static_cast<double>((up.*part)[i]) - (down.*part)[i];
      found += by[i] * moved / 2e-6, size += by[i] * by[i];
    }
    const std::vector<double> above = Naive(up.shape, up.member(nullptr)), below = Naive(down.shape, down.member(nullptr));
    for (size_t i = 0; i < above.size(); ++i) expected += by_end[i] * (above[i] - below[i]) / 2e-6;
    worst = std::fmax(worst, std::isnan(found) ? INFINITY : std::fabs(found - expected) / (std::sqrt(size) + 1e-3));
  };
  along(&Case::hidden, hidden), along(&Case::output, output), along(&Case::start, start);
  if (one.biased) along(&Case::bias, bias);
  return one.Report(set.name, "gradient", worst, 0.01);
}

}  // namespace

int main() {
  struct Candidate {
    ontogeny::Set set;
    bool there;
  };
  const Candidate candidates[] = {
      {{"plain", ontogeny::Rollout_plain, ontogeny::Gradient_plain, ontogeny::Forward_plain}, true},
#if defined(__x86_64__)
      {{"avx2", ontogeny::Rollout_avx2, ontogeny::Gradient_avx2, ontogeny::Forward_avx2},
       __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")},
      {{"avx512", ontogeny::Rollout_avx512, ontogeny::Gradient_avx512, ontogeny::Forward_avx512},
       __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl")},
#endif
  };
  const int sizes[][5] = {{1, 1, 4, 1, 3},   {3, 17, 16, 32, 5}, {17, 3, 5, 7, 6},   {9, 9, 16, 32, 12}, {2, 2, 33, 31, 4},
                          {1, 30, 12, 16, 5}, {8, 8, 7, 65, 0},  {13, 11, 17, 9, 8}, {4, 5, 16, 8, 1},   {21, 22, 8, 48, 3}};
  bool good = true;
  for (const Candidate& candidate : candidates) {
    if (!candidate.there) continue;
    for (const auto& size : sizes)
      for (const bool biased : {false, true}) {
        const Case one(size, biased);
        good &= CheckRollout(candidate.set, one);
        good &= CheckGradient(candidate.set, one);
      }
    good &= CheckLayers(candidate.set.name, candidate.set.forward);
    std::printf("checked %s\n", candidate.set.name);
  }
  return good ? 0 : 1;
}
