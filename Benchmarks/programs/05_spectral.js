// Ten rounds of v := A u, u := A v. Usage: node 05_spectral.js N
function a(i, j) {
  return ((i + j) * (i + j + 1)) / 2 + i + 1;
}

function multiply(source, target, n) {
  for (let i = 0; i < n; i++) {
    let sum = 0.0;
    for (let j = 0; j < n; j++) sum += source[j] / a(i, j);
    target[i] = sum;
  }
}

function spectral(n) {
  const u = new Float64Array(n).fill(1.0);
  const v = new Float64Array(n);
  for (let round = 0; round < 10; round++) {
    multiply(u, v, n);
    multiply(v, u, n);
  }
  return u[0];
}

console.log(spectral(Number(process.argv[2])));
