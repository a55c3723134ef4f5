// The rollout of one member.
#include "nca_update.h"

namespace ontogeny {

void ONTOGENY_NAME(Rollout_, ONTOGENY_SET)(const Shape& shape, const Member& member, float* scratch) {
  const Memory memory = Lay(shape, scratch);
  SpreadWeights(shape, member, memory);
  Enter(shape, member, memory);
  for (int32_t step = 0; step < member.steps; ++step)
    if (!Step(shape, member, member.first + static_cast<uint32_t>(step), memory)) break;
  LeaveGrid(shape, memory, memory.state, member.end);
}

}  // namespace ontogeny
