-- Doubly recursive Fibonacci. Usage: luajit 01_fib.lua N
local function fib(n)
  if n < 2 then return n end
  return fib(n - 1) + fib(n - 2)
end

print(string.format("%.17g", fib(tonumber(arg[1]))))
