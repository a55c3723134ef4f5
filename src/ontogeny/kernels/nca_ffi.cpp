// The rollout as a call from XLA, for many members.
#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <new>

#include "nca_rollout.h"
#include "xla/ffi/api/ffi.h"

namespace ffi = xla::ffi;

namespace {

using ontogeny::Member;
using ontogeny::Shape;

constexpr std::align_val_t kAlignment{ontogeny::kWidest * sizeof(float)};

// Scratch memory that a thread keeps between calls.
class Scratch {
 public:
  float* Take(size_t floats) {
    if (floats > size_) {
      Free();
      memory_ = static_cast<float*>(::operator new(floats * sizeof(float), kAlignment));
      size_ = floats;
    }
    return memory_;
  }
  ~Scratch() { Free(); }

 private:
  void Free() {
    if (memory_) ::operator delete(memory_, kAlignment);
    memory_ = nullptr;
    size_ = 0;
  }
  float* memory_ = nullptr;
  size_t size_ = 0;
};

// An argument with leading batch dimensions, each of the size of the result or 1.
template <typename T>
class Batched {
 public:
  template <typename Buffer>
  Batched(Buffer buffer, int rank) : data_(buffer.typed_data()) {
    const auto sizes = buffer.dimensions();
    lead_ = static_cast<int>(sizes.size()) - rank;
    for (int i = lead_; i < static_cast<int>(sizes.size()); ++i) item_ *= sizes[i];
    sizes_ = sizes.begin();
  }

  bool Suits(const int64_t* batch, int lead) const {
    if (lead != lead_) return false;
    for (int i = 0; i < lead; ++i)
      if (sizes_[i] != 1 && sizes_[i] != batch[i]) return false;
    return true;
  }

  const T* At(int64_t index, const int64_t* batch) const {
    int64_t offset = 0, stride = 1;
    for (int i = lead_ - 1; i >= 0; --i) {
      if (sizes_[i] != 1) offset += index % batch[i] * stride;
      index /= batch[i];
      stride *= sizes_[i];
    }
    return data_ + offset * item_;
  }

 private:
  const T* data_;
  const int64_t* sizes_;
  int lead_ = 0;
  int64_t item_ = 1;
};

// Members are handed out one by one. The caller works too, so it never waits for a thread of
// the pool that has not begun, and threads that come too late find nothing to do.
struct Share {
  std::atomic<int64_t> next{0};
  std::atomic<int64_t> left;
  std::mutex mutex;
  std::condition_variable done;
};

ffi::Error Roll(ffi::ThreadPool pool, ffi::Buffer<ffi::F32> hidden, ffi::Buffer<ffi::F32> bias,
                ffi::Buffer<ffi::F32> output, ffi::Buffer<ffi::F32> start, ffi::Buffer<ffi::U32> words,
                ffi::Buffer<ffi::U32> first, ffi::Buffer<ffi::S32> steps, ffi::ResultBuffer<ffi::F32> end,
                uint32_t threshold, int32_t threads) {
  const auto sizes = end->dimensions();
  const int lead = static_cast<int>(sizes.size()) - 3;
  if (lead < 0) return ffi::Error::InvalidArgument("the state needs height, width and channels");
  const int64_t* batch = sizes.begin();
  int64_t members = 1;
  for (int i = 0; i < lead; ++i) members *= batch[i];
  const auto weights = hidden.dimensions();
  Shape shape;
  shape.height = static_cast<int>(sizes[lead]);
  shape.width = static_cast<int>(sizes[lead + 1]);
  shape.channels = static_cast<int>(sizes[lead + 2]);
  shape.units = static_cast<int>(weights[weights.size() - 2]);
  shape.threshold = threshold;
  const bool biased = bias.dimensions().back() != 0;
  const Batched<float> hidden_of(hidden, 2), bias_of(bias, 1), output_of(output, 2), start_of(start, 3);
  const Batched<uint32_t> words_of(words, 1), first_of(first, 0);
  const Batched<int32_t> steps_of(steps, 0);
  const bool suits = hidden_of.Suits(batch, lead) && bias_of.Suits(batch, lead) && output_of.Suits(batch, lead) &&
                     start_of.Suits(batch, lead) && words_of.Suits(batch, lead) && first_of.Suits(batch, lead) &&
                     steps_of.Suits(batch, lead) && weights.back() == 3 * shape.channels && shape.channels >= 4 &&
                     output.dimensions().back() == shape.units;
  if (!suits) return ffi::Error::InvalidArgument("the shapes of the arguments do not fit together");

  const ontogeny::Rollout rollout = ontogeny::ChooseRollout();
  const size_t floats = ontogeny::ScratchFloats(shape);
  float* ends = end->typed_data();
  const int64_t item = static_cast<int64_t>(shape.height) * shape.width * shape.channels;
  auto share = std::make_shared<Share>();
  share->left = members;
  // By value: a thread that begins after the call has ended must not look at its frame.
  auto work = [=]() {
    static thread_local Scratch scratch;
    for (int64_t index; (index = share->next.fetch_add(1)) < members;) {
      Member member;
      member.hidden = hidden_of.At(index, batch);
      member.bias = biased ? bias_of.At(index, batch) : nullptr;
      member.output = output_of.At(index, batch);
      member.start = start_of.At(index, batch);
      member.words = words_of.At(index, batch);
      member.first = *first_of.At(index, batch);
      member.steps = *steps_of.At(index, batch);
      member.end = ends + index * item;
      rollout(shape, member, scratch.Take(floats));
      if (share->left.fetch_sub(1) == 1) {
        const std::lock_guard<std::mutex> lock(share->mutex);
        share->done.notify_all();
      }
    }
  };
  const int64_t helpers = std::min<int64_t>({threads - 1, pool.num_threads() - 1, members - 1});
  for (int64_t i = 0; i < helpers; ++i) pool.Schedule(decltype(work)(work));
  work();
  std::unique_lock<std::mutex> lock(share->mutex);
  share->done.wait(lock, [&]() { return share->left.load() == 0; });
  return ffi::Error::Success();
}

}  // namespace

extern "C" __attribute__((visibility("default"))) const char* OntogenyInstructionSet() { return ontogeny::ChosenSet(); }

#pragma GCC visibility push(default)
XLA_FFI_DEFINE_HANDLER_SYMBOL(OntogenyNcaRollout, Roll,
                              ffi::Ffi::Bind()
                                  .Ctx<ffi::ThreadPool>()
                                  .Arg<ffi::Buffer<ffi::F32>>()
                                  .Arg<ffi::Buffer<ffi::F32>>()
                                  .Arg<ffi::Buffer<ffi::F32>>()
                                  .Arg<ffi::Buffer<ffi::F32>>()
                                  .Arg<ffi::Buffer<ffi::U32>>()
                                  .Arg<ffi::Buffer<ffi::U32>>()
                                  .Arg<ffi::Buffer<ffi::S32>>()
                                  .Ret<ffi::Buffer<ffi::F32>>()
                                  .Attr<uint32_t>("threshold")
                                  .Attr<int32_t>("threads"));
#pragma GCC visibility pop
