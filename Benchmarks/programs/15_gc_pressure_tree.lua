-- Five full binary trees of objects. Usage: luajit 15_gc_pressure_tree.lua DEPTH
local function build(depth)
  if depth == 0 then return {value = 0, left = nil, right = nil} end
  local left = build(depth - 1)
  local right = build(depth - 1)
  return {value = left.value + right.value + 1, left = left, right = right}
end

local function gcPressureTree(depth)
  local sum = 0
  for _ = 1, 5 do sum = sum + build(depth).value end
  return sum
end

print(string.format("%.17g", gcPressureTree(tonumber(arg[1]))))
