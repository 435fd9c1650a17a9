-- The sieve of Eratosthenes below a limit. Usage: luajit 03_sieve.lua N
local function sieve(n)
  local prime = {}
  for i = 0, n - 1 do prime[i] = true end
  local p = 2
  while p * p < n do
    if prime[p] then
      for multiple = p * p, n - 1, p do prime[multiple] = false end
    end
    p = p + 1
  end
  local count = 0
  for i = 2, n - 1 do
    if prime[i] then count = count + 1 end
  end
  return count
end

print(string.format("%.17g", sieve(tonumber(arg[1]))))
