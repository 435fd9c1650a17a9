-- The dot product of two float arrays. Usage: luajit 07b_dot_product.lua N
local function dotProduct(n)
  local a, b = {}, {}
  for i = 0, n - 1 do
    a[i] = i
    b[i] = n - i
  end
  local sum = 0.0
  for k = 0, n - 1 do sum = sum + a[k] * b[k] end
  return sum
end

print(string.format("%.17g", dotProduct(tonumber(arg[1]))))
