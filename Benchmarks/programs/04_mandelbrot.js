// Mandelbrot points of a grid. Usage: node 04_mandelbrot.js SIZE
function mandelbrot(size) {
  let count = 0;
  for (let y = 0; y < size; y++) {
    const ci = (2.0 * y) / size - 1.0;
    for (let x = 0; x < size; x++) {
      const cr = (2.0 * x) / size - 1.5;
      let zr = 0.0;
      let zi = 0.0;
      let step = 0;
      while (step < 50) {
        const next = zr * zr - zi * zi + cr;
        zi = 2.0 * zr * zi + ci;
        zr = next;
        if (zr * zr + zi * zi > 4.0) break;
        step++;
      }
      if (step === 50) count++;
    }
  }
  return count;
}

console.log(mandelbrot(Number(process.argv[2])));
