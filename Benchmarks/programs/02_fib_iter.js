// Iterative Fibonacci to infinity. Usage: node 02_fib_iter.js N
function fib(n) {
  let a = 0;
  let b = 1;
  for (let i = 0; i < n; i++) {
    const next = a + b;
    a = b;
    b = next;
  }
  return a;
}

console.log(fib(Number(process.argv[2])));
