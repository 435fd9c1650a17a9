#if !__has_include(<ffi.h>)
#error "libffi is missing: apt-get install libffi-dev"
#else
#include <ffi.h>
#endif
