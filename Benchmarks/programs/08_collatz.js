// The longest Collatz chain below a limit. Usage: node 08_collatz.js LIMIT
function collatz(limit) {
  let longest = 0;
  for (let start = 2; start < limit; start++) {
    let n = start;
    let steps = 0;
    while (n !== 1) {
      n = n % 2 === 0 ? n / 2 : 3 * n + 1;
      steps++;
    }
    if (steps > longest) longest = steps;
  }
  return longest;
}

console.log(collatz(Number(process.argv[2])));
