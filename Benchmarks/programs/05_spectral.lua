-- Ten rounds of v := A u, u := A v. Usage: luajit 05_spectral.lua N
local function a(i, j)
  return (i + j) * (i + j + 1) / 2 + i + 1
end

local function multiply(source, target, n)
  for i = 0, n - 1 do
    local sum = 0.0
    for j = 0, n - 1 do sum = sum + source[j] / a(i, j) end
    target[i] = sum
  end
end

local function spectral(n)
  local u, v = {}, {}
  for i = 0, n - 1 do
    u[i] = 1.0
    v[i] = 0.0
  end
  for _ = 1, 10 do
    multiply(u, v, n)
    multiply(v, u, n)
  end
  return u[0]
end

print(string.format("%.17g", spectral(tonumber(arg[1]))))
