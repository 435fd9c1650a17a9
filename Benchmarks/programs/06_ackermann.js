// Recursive Ackermann of 3 and n. Usage: node --stack-size=65500 06_ackermann.js N
function ackermann(m, n) {
  if (m === 0) return n + 1;
  if (n === 0) return ackermann(m - 1, 1);
  return ackermann(m - 1, ackermann(m, n - 1));
}

console.log(ackermann(3, Number(process.argv[2])));
