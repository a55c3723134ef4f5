#pragma once

#include "layers_forward.h"

// Whether the layers of one instruction set are right; says which are not.
bool CheckLayers(const char* set, ontogeny::Forward forward);
