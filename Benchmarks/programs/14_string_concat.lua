-- A string that grows by one character. Usage: luajit 14_string_concat.lua N
local function stringConcat(n)
  local text = ""
  for _ = 1, n do text = text .. "x" end
  return #text
end

print(string.format("%.17g", stringConcat(tonumber(arg[1]))))
