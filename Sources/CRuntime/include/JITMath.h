/* The C library's functions behind calls no optimizer can see through.
 *
 * Every tier reaches them by these entries and no other, so that none replaces one by a cheaper
 * form or folds it differently. Results are the library's: callers make a NaN canonical. */
#ifndef TIERPROOF_JIT_MATH_H
#define TIERPROOF_JIT_MATH_H

#include <stddef.h>

double jit_math_pow(double base, double exponent);
double jit_math_fmod(double dividend, double divisor);
float jit_math_fmodf(float dividend, float divisor);
double jit_math_sqrt(double x);
double jit_math_log(double x);
double jit_math_exp(double x);
double jit_math_log10(double x);
double jit_math_sin(double x);
double jit_math_cos(double x);
double jit_math_tan(double x);
double jit_math_asin(double x);
double jit_math_acos(double x);
double jit_math_atan(double x);
double jit_math_hypot(double x, double y);

/* Writes x as d.ddde±xx with so many significant digits (1 … 17), correctly rounded, ties to even,
 * and a final zero byte. The buffer holds 32 bytes. Returns the length. */
int jit_format_exponent(double x, int significant_digits, char *buffer);
/* The binary64 nearest to a decimal. */
double jit_parse_number(const char *text);

#endif
