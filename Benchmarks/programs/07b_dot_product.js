// The dot product of two float arrays. Usage: node 07b_dot_product.js N
function dotProduct(n) {
  const a = new Float64Array(n);
  const b = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    a[i] = i;
    b[i] = n - i;
  }
  let sum = 0.0;
  for (let k = 0; k < n; k++) sum += a[k] * b[k];
  return sum;
}

console.log(dotProduct(Number(process.argv[2])));
