-- An array of objects and the sum of one property. Usage: luajit 16_array_of_objects.lua N
local function arrayOfObjects(n)
  local bodies = {}
  for i = 0, n - 1 do bodies[i + 1] = {x = i, y = 2 * i, mass = 0.5 * i} end
  local sum = 0.0
  for k = 1, n do sum = sum + bodies[k].mass end
  return sum
end

print(string.format("%.17g", arrayOfObjects(tonumber(arg[1]))))
