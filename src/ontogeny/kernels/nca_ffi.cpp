// The rollout and its gradient as calls from XLA, for many members.
#include "members.h"

namespace ffi = xla::ffi;

namespace {

using ontogeny::Batched;
using ontogeny::ForEach;
using ontogeny::Gradient;
using ontogeny::Member;
using ontogeny::Shape;
using ontogeny::Unfit;

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
