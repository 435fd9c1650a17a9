-- Mandelbrot points of a grid. Usage: luajit 04_mandelbrot.lua SIZE
local function mandelbrot(size)
  local count = 0
  for y = 0, size - 1 do
    local ci = 2.0 * y / size - 1.0
    for x = 0, size - 1 do
      local cr = 2.0 * x / size - 1.5
      local zr, zi, step = 0.0, 0.0, 0
      while step < 50 do
        local next = zr * zr - zi * zi + cr
        zi = 2.0 * zr * zi + ci
        zr = next
        if zr * zr + zi * zi > 4.0 then break end
        step = step + 1
      end
      if step == 50 then count = count + 1 end
    end
  end
  return count
end

print(string.format("%.17g", mandelbrot(tonumber(arg[1]))))
