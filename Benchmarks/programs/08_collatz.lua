-- The longest Collatz chain below a limit. Usage: luajit 08_collatz.lua LIMIT
local function collatz(limit)
  local longest = 0
  for start = 2, limit - 1 do
    local n, steps = start, 0
    while n ~= 1 do
      if n % 2 == 0 then n = n / 2 else n = 3 * n + 1 end
      steps = steps + 1
    end
    if steps > longest then longest = steps end
  end
  return longest
end

print(string.format("%.17g", collatz(tonumber(arg[1]))))
