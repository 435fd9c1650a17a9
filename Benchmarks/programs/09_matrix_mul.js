// The product of two matrices of floats. Usage: node 09_matrix_mul.js N
function matrixMul(n) {
  const size = n * n;
  const a = new Float64Array(size);
  const b = new Float64Array(size);
  const c = new Float64Array(size);
  for (let e = 0; e < size; e++) {
    a[e] = e;
    b[e] = size - e;
  }
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0.0;
      for (let k = 0; k < n; k++) sum += a[i * n + k] * b[k * n + j];
      c[i * n + j] = sum;
    }
  }
  return c[0];
}

console.log(matrixMul(Number(process.argv[2])));
