#include "JITContext.h"
