-- Recursive Ackermann of 3 and n; results go through a local, so that no call is a tail call.
-- Usage: luajit 06_ackermann.lua N
local function ackermann(m, n)
  if m == 0 then return n + 1 end
  if n == 0 then
    local result = ackermann(m - 1, 1)
    return result
  end
  local inner = ackermann(m, n - 1)
  local result = ackermann(m - 1, inner)
  return result
end

print(string.format("%.17g", ackermann(3, tonumber(arg[1]))))
