-- Iterative Fibonacci to infinity. Usage: luajit 02_fib_iter.lua N
local function fib(n)
  local a, b = 0, 1
  for _ = 1, n do
    a, b = b, a + b
  end
  return a
end

print(string.format("%.17g", fib(tonumber(arg[1]))))
