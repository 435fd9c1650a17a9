// The sum of 0 to n - 1. Usage: node 07_sum_loop.js N
function sum(n) {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += i;
  return sum;
}

console.log(sum(Number(process.argv[2])));
