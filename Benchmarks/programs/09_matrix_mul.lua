-- The product of two matrices of floats. Usage: luajit 09_matrix_mul.lua N
local function matrixMul(n)
  local size = n * n
  local a, b, c = {}, {}, {}
  for e = 0, size - 1 do
    a[e] = e
    b[e] = size - e
    c[e] = 0.0
  end
  for i = 0, n - 1 do
    for j = 0, n - 1 do
      local sum = 0.0
      for k = 0, n - 1 do sum = sum + a[i * n + k] * b[k * n + j] end
      c[i * n + j] = sum
    end
  end
  return c[0]
end

print(string.format("%.17g", matrixMul(tonumber(arg[1]))))
