-- The number of primes below a limit by trial division. Usage: luajit 10_primes_count.lua LIMIT
local function isPrime(n)
  if n < 2 then return false end
  if n == 2 then return true end
  if n % 2 == 0 then return false end
  local d = 3
  while d * d <= n do
    if n % d == 0 then return false end
    d = d + 2
  end
  return true
end

local function count(limit)
  local count = 0
  for n = 0, limit - 1 do
    if isPrime(n) then count = count + 1 end
  end
  return count
end

print(string.format("%.17g", count(tonumber(arg[1]))))
