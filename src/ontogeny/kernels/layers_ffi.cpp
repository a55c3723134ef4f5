// Layers in a row as a call from XLA, for many members.
#include "members.h"

namespace ffi = xla::ffi;

namespace {

using ontogeny::Batched;
using ontogeny::Operation;

// Samples that pass together: what they become stays in cache.
constexpr int64_t kTogether = 32;

ffi::Error Pass(ffi::ThreadPool pool, ffi::Buffer<ffi::F32> weights, ffi::Buffer<ffi::F32> in,
                ffi::ResultBuffer<ffi::F32> out, ffi::Span<const int32_t> numbers, int32_t threads) {
  const auto sizes = out->dimensions();
  const int lead = static_cast<int>(sizes.size()) - 4;
  if (lead < 0 || numbers.size() % ontogeny::kNumbers) return ontogeny::Unfit();
  const auto* operations = reinterpret_cast<const Operation*>(numbers.begin());
  const int count = static_cast<int>(numbers.size() / ontogeny::kNumbers);
  if (!ontogeny::Sound(operations, count)) return ontogeny::Unfit();

  const int64_t* batch = sizes.begin();
  const int64_t total = sizes[lead + 3];
  const Batched<float> genomes(weights, 1), signals(in, 4);
  const ontogeny::Extent end = ontogeny::After(operations[count - 1]);
  const Operation& begin = operations[0];
  int64_t known = 0, members = 1;
  for (int k = 0; k < count; ++k) known += ontogeny::After(operations[k]).weights;
  for (int i = 0; i < lead; ++i) members *= batch[i];
  const auto entering = in.dimensions();
  // The form does not matter, only how many numbers a sample has: a net may begin or end with another one.
  const auto numbers_of = [lead](auto of) { return of[lead] * of[lead + 1] * of[lead + 2]; };
  const bool fit = genomes.Suits(batch, lead) && signals.Suits(batch, lead) && weights.dimensions().back() == known &&
                   numbers_of(entering) == int64_t{begin.channels} * begin.height * begin.width &&
                   entering[lead + 3] == total && numbers_of(sizes) == end.numbers();
  if (!fit) return ontogeny::Unfit();
  if (members == 0 || total == 0) return ffi::Error::Success();

  const int64_t blocks = (total + kTogether - 1) / kTogether, largest = (total + blocks - 1) / blocks;
  const ontogeny::Forward forward = ontogeny::ChosenSet().forward;
  const size_t floats = ontogeny::RoomFor(operations, count, static_cast<int>(largest)).floats();
  float* outs = out->typed_data();
  return ontogeny::ForEach(
      pool, members * blocks, threads, [=](int64_t) { return floats; },
      [=](int64_t index, float* memory) {
        const int64_t member = index / blocks, first = index % blocks * largest;
        const int samples = static_cast<int>(std::min(largest, total - first));
        if (samples <= 0) return;
        forward({operations, count, total, first, samples}, genomes.At(member, batch), signals.At(member, batch),
                outs + member * end.numbers() * total, memory);
      });
}

}  // namespace

#pragma GCC visibility push(default)
XLA_FFI_DEFINE_HANDLER_SYMBOL(OntogenyLayers, Pass,
                              ffi::Ffi::Bind()
                                  .Ctx<ffi::ThreadPool>()
                                  .Arg<ffi::Buffer<ffi::F32>>()
                                  .Arg<ffi::Buffer<ffi::F32>>()
                                  .Ret<ffi::Buffer<ffi::F32>>()
                                  .Attr<ffi::Span<const int32_t>>("operations")
                                  .Attr<int32_t>("threads"));
#pragma GCC visibility pop
