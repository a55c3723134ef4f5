// Calls from XLA that do the same for many members: their arguments, and who works on which.
#pragma once

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <new>

#include "sets.h"
#include "xla/ffi/api/ffi.h"

namespace ontogeny {

namespace ffi = xla::ffi;

constexpr std::align_val_t kAlignment{kWidest * sizeof(float)};

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
  if (share->failed) return ffi::Error(ffi::ErrorCode::kResourceExhausted, "no memory for the members");
  return ffi::Error::Success();
}

inline ffi::Error Unfit() {
  return ffi::Error::InvalidArgument("the shapes of the arguments do not fit together");
}

}  // namespace ontogeny
