-- The sum of 0 to n - 1. Usage: luajit 07_sum_loop.lua N
local function sum(n)
  local sum = 0
  for i = 0, n - 1 do sum = sum + i end
  return sum
end

print(string.format("%.17g", sum(tonumber(arg[1]))))
