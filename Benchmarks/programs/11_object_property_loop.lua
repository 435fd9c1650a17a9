-- The sum of five properties, n times. Usage: luajit 11_object_property_loop.lua N
local function objectPropertyLoop(n)
  local o = {x = 1.0, y = 2.0, z = 3.0, u = 4.0, v = 5.0}
  local sum = 0.0
  for _ = 1, n do sum = sum + o.x + o.y + o.z + o.u + o.v end
  return sum
end

print(string.format("%.17g", objectPropertyLoop(tonumber(arg[1]))))
