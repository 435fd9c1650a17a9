-- Polynomials of three classes by a common method. Usage: luajit 12_polymorphic_dispatch.lua N
local Line, Square, Cube = {}, {}, {}
Line.__index, Square.__index, Cube.__index = Line, Square, Cube

function Line:value(x)
  return self.a * x + self.b
end

function Square:value(x)
  return self.a * x * x + self.b * x + self.c
end

function Cube:value(x)
  return self.a * x * x * x + self.b * x * x + self.c * x + self.d
end

local function polymorphicDispatch(n)
  local shapes = {
    [0] = setmetatable({a = 2.0, b = 1.0}, Line),
    setmetatable({a = 1.0, b = 2.0, c = 3.0}, Square),
    setmetatable({a = 0.5, b = 1.0, c = 1.5, d = 2.0}, Cube),
  }
  local sum = 0.0
  for i = 0, n - 1 do sum = sum + shapes[i % 3]:value(i % 100) end
  return sum
end

print(string.format("%.17g", polymorphicDispatch(tonumber(arg[1]))))
