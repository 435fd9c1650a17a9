-- A map of n int keys, built and looked up. Usage: luajit 13_hashmap_build_query.lua N
local function hashmapBuildQuery(n)
  local m = {}
  for i = 0, n - 1 do m[i] = i * 2.5 end
  local sum = 0.0
  for key = 0, n - 1 do sum = sum + m[key] end
  return sum
end

print(string.format("%.17g", hashmapBuildQuery(tonumber(arg[1]))))
