// What is compiled for one instruction set.
#pragma once

#include "layers_forward.h"
#include "nca_rollout.h"

namespace ontogeny {

struct Set {
  const char* name;
  Rollout rollout;
  RolloutGradient gradient;
  Forward forward;
};

// The set that suits this processor.
const Set& ChosenSet();

}  // namespace ontogeny
