// The rollout and its gradient as calls from XLA, for many members.
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

using ontogeny::Gradient;
using ontogeny::Member;
using ontogeny::Shape;

constexpr std::align_val_t kAlignment{ontogeny::kWidest * sizeof(float)};

// Scratch memory that a thread keeps between calls.
class Scratch {
 public:
  // Null where there is no more memory.
  float* Take(size_t floats) {
    if (floats > size_) {
      Free();
      memory_ = static_cast<float*>(::operator new(floats * sizeof(float), kAlignment, std::nothrow));
      if (memory_) size_ = floats;
    }
    return memory_;
  }
  // What is large is not kept.
  void Trim() {
    if (size_ > kKept) Free();
  }
  ~Scratch() { Free(); }

 private:
  static constexpr size_t kKept = size_t{16} << 20;
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
  std::atomic<bool> failed{false};
  std::mutex mutex;
  std::condition_variable done;
};

// Calls `each(index, memory)` for every member, over at most `threads` threads, with `floats(index)` floats of memory.
template <typename Floats, typename Each>
ffi::Error ForEach(ffi::ThreadPool pool, int64_t members, int32_t threads, Floats floats, Each each) {
  auto share = std::make_shared<Share>();
  share->left = members;
  // By value: a thread that begins after the call has ended must not look at its frame.
  auto work = [=]() {
    static thread_local Scratch scratch;
    for (int64_t index; (index = share->next.fetch_add(1)) < members;) {
      float* memory = scratch.Take(floats(index));
      if (memory) each(index, memory);
      else share->failed = true;
      scratch.Trim();
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
  if (share->failed) return ffi::Error(ffi::ErrorCode::kResourceExhausted, "no memory for a rollout");
  return ffi::Error::Success();
}

// What a call reads, whatever it computes.
class Members {
 public:
  // `grids`: the dimensions of the states, with those of the batch before them.
  template <typename Dimensions>
  Members(Dimensions grids, ffi::Buffer<ffi::F32> hidden, ffi::Buffer<ffi::F32> bias, ffi::Buffer<ffi::F32> output,
          ffi::Buffer<ffi::F32> start, ffi::Buffer<ffi::U32> words, ffi::Buffer<ffi::U32> first,
          ffi::Buffer<ffi::S32> steps, uint32_t threshold)
      : batch_(grids.begin()),
        hidden_(hidden, 2),
        bias_(bias, 1),
        output_(output, 2),
        start_(start, 3),
        words_(words, 1),
        first_(first, 0),
        steps_(steps, 0) {
    const auto weights = hidden.dimensions();
    lead_ = static_cast<int>(grids.size()) - 3;
    if (lead_ < 0 || weights.size() < 2) return;
    for (int i = 0; i < lead_; ++i) count_ *= batch_[i];
    shape_.height = static_cast<int>(grids[lead_]);
    shape_.width = static_cast<int>(grids[lead_ + 1]);
    shape_.channels = static_cast<int>(grids[lead_ + 2]);
    shape_.units = static_cast<int>(weights[weights.size() - 2]);
    shape_.threshold = threshold;
    biased_ = bias.dimensions().back() != 0;
    fit_ = Suit(hidden_) && Suit(bias_) && Suit(output_) && Suit(start_) && Suit(words_) && Suit(first_) &&
           Suit(steps_) && weights.back() == 3 * shape_.channels && shape_.channels >= 4 &&
           output.dimensions().back() == shape_.units;
  }

  bool fit() const { return fit_; }
  bool biased() const { return biased_; }
  int64_t count() const { return count_; }
  const Shape& shape() const { return shape_; }
  int64_t grid() const { return static_cast<int64_t>(shape_.height) * shape_.width * shape_.channels; }

  template <typename T>
  bool Suit(const Batched<T>& argument) const {
    return argument.Suits(batch_, lead_);
  }
  template <typename T>
  const T* At(const Batched<T>& argument, int64_t index) const {
    return argument.At(index, batch_);
  }

  // All but where the member ends.
  Member operator[](int64_t index) const {
    Member member;
    member.hidden = At(hidden_, index);
    member.bias = biased_ ? At(bias_, index) : nullptr;
    member.output = At(output_, index);
    member.start = At(start_, index);
    member.words = At(words_, index);
    member.first = *At(first_, index);
    member.steps = std::max<int32_t>(0, *At(steps_, index));
    member.end = nullptr;
    return member;
  }

 private:
  const int64_t* batch_;
  Batched<float> hidden_, bias_, output_, start_;
  Batched<uint32_t> words_, first_;
  Batched<int32_t> steps_;
  Shape shape_{};
  int lead_ = 0;
  int64_t count_ = 1;
  bool biased_ = false, fit_ = false;
};

ffi::Error Unfit() { return ffi::Error::InvalidArgument("the shapes of the arguments do not fit together"); }

ffi::Error Roll(ffi::ThreadPool pool, ffi::Buffer<ffi::F32> hidden, ffi::Buffer<ffi::F32> bias,
                ffi::Buffer<ffi::F32> output, ffi::Buffer<ffi::F32> start, ffi::Buffer<ffi::U32> words,
                ffi::Buffer<ffi::U32> first, ffi::Buffer<ffi::S32> steps, ffi::ResultBuffer<ffi::F32> end,
                uint32_t threshold, int32_t threads) {
  const Members members(end->dimensions(), hidden, bias, output, start, words, first, steps, threshold);
  if (!members.fit()) return Unfit();
  const ontogeny::Rollout rollout = ontogeny::ChosenSet().rollout;
  const size_t floats = ontogeny::ScratchFloats(members.shape());
  float* ends = end->typed_data();
  return ForEach(
      pool, members.count(), threads, [=](int64_t) { return floats; },
      [=](int64_t index, float* memory) {
        Member member = members[index];
        member.end = ends + index * members.grid();
        rollout(members.shape(), member, memory);
      });
}

ffi::Error Differentiate(ffi::ThreadPool pool, ffi::Buffer<ffi::F32> hidden, ffi::Buffer<ffi::F32> bias,
                         ffi::Buffer<ffi::F32> output, ffi::Buffer<ffi::F32> start, ffi::Buffer<ffi::U32> words,
                         ffi::Buffer<ffi::U32> first, ffi::Buffer<ffi::S32> steps, ffi::Buffer<ffi::F32> by_end,
                         ffi::ResultBuffer<ffi::F32> by_hidden, ffi::ResultBuffer<ffi::F32> by_bias,
                         ffi::ResultBuffer<ffi::F32> by_output, ffi::ResultBuffer<ffi::F32> by_start,
                         uint32_t threshold, int32_t threads) {
  const Members members(by_start->dimensions(), hidden, bias, output, start, words, first, steps, threshold);
  const Batched<float> end(by_end, 3);
  if (!members.fit() || !members.Suit(end)) return Unfit();
  const ontogeny::RolloutGradient gradient = ontogeny::ChosenSet().gradient;
  float *hiddens = by_hidden->typed_data(), *biases = by_bias->typed_data(), *outputs = by_output->typed_data(),
        *starts = by_start->typed_data();
  return ForEach(
      pool, members.count(), threads,
      [=](int64_t index) { return ontogeny::ScratchFloats(members.shape(), members[index].steps); },
      [=](int64_t index, float* memory) {
        const Shape& shape = members.shape();
        const int64_t weights = static_cast<int64_t>(shape.units) * shape.channels;
        Gradient to;
        to.end = members.At(end, index);
        to.hidden = hiddens + 3 * weights * index;
        to.bias = members.biased() ? biases + shape.units * index : nullptr;
        to.output = outputs + weights * index;
        to.start = starts + members.grid() * index;
        gradient(shape, members[index], to, memory);
      });
}

// What both calls begin with.
auto Arguments() {
  return ffi::Ffi::Bind()
      .Ctx<ffi::ThreadPool>()
      .Arg<ffi::Buffer<ffi::F32>>()
      .Arg<ffi::Buffer<ffi::F32>>()
      .Arg<ffi::Buffer<ffi::F32>>()
      .Arg<ffi::Buffer<ffi::F32>>()
      .Arg<ffi::Buffer<ffi::U32>>()
      .Arg<ffi::Buffer<ffi::U32>>()
      .Arg<ffi::Buffer<ffi::S32>>();
}

}  // namespace

extern "C" __attribute__((visibility("default"))) const char* OntogenyInstructionSet() {
  return ontogeny::ChosenSet().name;
}

#pragma GCC visibility push(default)
XLA_FFI_DEFINE_HANDLER_SYMBOL(OntogenyNcaRollout, Roll,
                              Arguments()
                                  .Ret<ffi::Buffer<ffi::F32>>()
                                  .Attr<uint32_t>("threshold")
                                  .Attr<int32_t>("threads"));
XLA_FFI_DEFINE_HANDLER_SYMBOL(OntogenyNcaGradient, Differentiate,
                              Arguments()
                                  .Arg<ffi::Buffer<ffi::F32>>()
                                  .Ret<ffi::Buffer<ffi::F32>>()
                                  .Ret<ffi::Buffer<ffi::F32>>()
                                  .Ret<ffi::Buffer<ffi::F32>>()
                                  .Ret<ffi::Buffer<ffi::F32>>()
                                  .Attr<uint32_t>("threshold")
                                  .Attr<int32_t>("threads"));
#pragma GCC visibility pop
