// Layers in a row as a call from XLA, for many members.
#include "members.h"

namespace ffi = xla::ffi;

namespace {

using ontogeny::Batched;
using ontogeny::Operation;
using Floats = ffi::Buffer<ffi::F32>;
using Sizes = ffi::Span<const int64_t>;

// Samples that pass together: what they become stays in cache.
constexpr int64_t kTogether = 32;

// What comes of the members goes to `outs`: of each all that comes out of the last layer, or an error a sample.
// `batch` are the members, in as many dimensions as `lead` says.
ffi::Error Run(ffi::ThreadPool pool, Floats weights, Floats in, const Floats* wanted, int32_t criterion, float* outs,
               Sizes batch_of, int lead, ffi::Span<const int32_t> numbers, int32_t threads) {
  if (numbers.size() % ontogeny::kNumbers) return ontogeny::Unfit();
  const auto* operations = reinterpret_cast<const Operation*>(numbers.begin());
  const int count = static_cast<int>(numbers.size() / ontogeny::kNumbers);
  if (!ontogeny::Sound(operations, count)) return ontogeny::Unfit();

  const int64_t* batch = batch_of.begin();
  const Batched<float> genomes(weights, 1), signals(in, 4), goals(wanted ? *wanted : in, 4);
  const ontogeny::Extent end = ontogeny::After(operations[count - 1]);
  const Operation& begin = operations[0];
  int64_t known = 0, members = 1;
  for (int k = 0; k < count; ++k) known += ontogeny::After(operations[k]).weights;
  for (int i = 0; i < lead; ++i) members *= batch[i];
  const auto entering = in.dimensions();
  if (static_cast<int>(entering.size()) != lead + 4) return ontogeny::Unfit();
  const int64_t total = entering[lead + 3];
  // The form does not matter, only how many numbers a sample has: a net may begin or end with another one.
  const auto numbers_of = [lead](auto of) { return of[lead] * of[lead + 1] * of[lead + 2]; };
  bool fit = genomes.Suits(batch, lead) && signals.Suits(batch, lead) && weights.dimensions().back() == known &&
             numbers_of(entering) == int64_t{begin.channels} * begin.height * begin.width;
  if (wanted) {
    const auto goal = wanted->dimensions();
    fit = fit && goals.Suits(batch, lead) && numbers_of(goal) == end.numbers() && goal[lead + 3] == total &&
          criterion >= 0 && criterion < ontogeny::kCriteria;
  }
  if (!fit) return ontogeny::Unfit();
  if (members == 0 || total == 0) return ffi::Error::Success();

  const int64_t blocks = (total + kTogether - 1) / kTogether, largest = (total + blocks - 1) / blocks;
  const ontogeny::Forward forward = ontogeny::ChosenSet().forward;
  const size_t floats = ontogeny::RoomFor(operations, count, static_cast<int>(largest)).floats();
  const int64_t each = (wanted ? 1 : end.numbers()) * total;
  const bool compare = wanted != nullptr;
  return ontogeny::ForEach(
      pool, members * blocks, threads, [=](int64_t) { return floats; },
      [=](int64_t index, float* memory) {
        const int64_t member = index / blocks, first = index % blocks * largest;
        const int samples = static_cast<int>(std::min(largest, total - first));
        if (samples <= 0) return;
        const float* goal = compare ? goals.At(member, batch) : nullptr;
        forward({operations, count, total, first, samples, goal, criterion}, genomes.At(member, batch),
                signals.At(member, batch), outs + member * each, memory);
      });
}

ffi::Error Pass(ffi::ThreadPool pool, Floats weights, Floats in, ffi::ResultBuffer<ffi::F32> out,
                ffi::Span<const int32_t> numbers, int32_t threads) {
  const auto sizes = out->dimensions();
  const int lead = static_cast<int>(sizes.size()) - 4;
  if (lead < 0 || static_cast<int>(in.dimensions().size()) != lead + 4 || sizes.back() != in.dimensions().back())
    return ontogeny::Unfit();
  if (numbers.size() < ontogeny::kNumbers) return ontogeny::Unfit();
  const auto* last = reinterpret_cast<const Operation*>(numbers.end() - ontogeny::kNumbers);
  if (sizes[lead] * sizes[lead + 1] * sizes[lead + 2] != ontogeny::After(*last).numbers()) return ontogeny::Unfit();
  return Run(pool, weights, in, nullptr, 0, out->typed_data(), sizes, lead, numbers, threads);
}

ffi::Error Compare(ffi::ThreadPool pool, Floats weights, Floats in, Floats wanted, ffi::ResultBuffer<ffi::F32> errors,
                   ffi::Span<const int32_t> numbers, int32_t criterion, int32_t threads) {
  const auto sizes = errors->dimensions();
  const int lead = static_cast<int>(sizes.size()) - 1;
  if (lead < 0 || sizes.back() != in.dimensions().back()) return ontogeny::Unfit();
  return Run(pool, weights, in, &wanted, criterion, errors->typed_data(), sizes, lead, numbers, threads);
}

}  // namespace

#pragma GCC visibility push(default)
XLA_FFI_DEFINE_HANDLER_SYMBOL(OntogenyLayers, Pass,
                              ffi::Ffi::Bind()
                                  .Ctx<ffi::ThreadPool>()
                                  .Arg<Floats>()
                                  .Arg<Floats>()
                                  .Ret<Floats>()
                                  .Attr<ffi::Span<const int32_t>>("operations")
                                  .Attr<int32_t>("threads"));
XLA_FFI_DEFINE_HANDLER_SYMBOL(OntogenyLayersError, Compare,
                              ffi::Ffi::Bind()
                                  .Ctx<ffi::ThreadPool>()
                                  .Arg<Floats>()
                                  .Arg<Floats>()
                                  .Arg<Floats>()
                                  .Ret<Floats>()
                                  .Attr<ffi::Span<const int32_t>>("operations")
                                  .Attr<int32_t>("criterion")
                                  .Attr<int32_t>("threads"));
#pragma GCC visibility pop
