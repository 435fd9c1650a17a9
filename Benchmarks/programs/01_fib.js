// Doubly recursive Fibonacci. Usage: node 01_fib.js N
function fib(n) {
  if (n < 2) return n;
  return fib(n - 1) + fib(n - 2);
}

console.log(fib(Number(process.argv[2])));
