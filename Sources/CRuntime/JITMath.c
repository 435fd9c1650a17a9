#include "JITMath.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

double jit_math_pow(double base, double exponent) { return pow(base, exponent); }
double jit_math_fmod(double dividend, double divisor) { return fmod(dividend, divisor); }
float jit_math_fmodf(float dividend, float divisor) { return fmodf(dividend, divisor); }
double jit_math_sqrt(double x) { return sqrt(x); }
double jit_math_log(double x) { return log(x); }
double jit_math_exp(double x) { return exp(x); }
double jit_math_log10(double x) { return log10(x); }
double jit_math_sin(double x) { return sin(x); }
double jit_math_cos(double x) { return cos(x); }
double jit_math_tan(double x) { return tan(x); }
double jit_math_asin(double x) { return asin(x); }
double jit_math_acos(double x) { return acos(x); }
double jit_math_atan(double x) { return atan(x); }
double jit_math_hypot(double x, double y) { return hypot(x, y); }

int jit_format_exponent(double x, int significant_digits, char *buffer) {
  return snprintf(buffer, 32, "%.*e", significant_digits - 1, x);
}

double jit_parse_number(const char *text) { return strtod(text, NULL); }
