// The sieve of Eratosthenes below a limit. Usage: node 03_sieve.js N
function sieve(n) {
  const prime = new Uint8Array(n).fill(1);
  for (let p = 2; p * p < n; p++) {
    if (prime[p]) {
      for (let multiple = p * p; multiple < n; multiple += p) prime[multiple] = 0;
    }
  }
  let count = 0;
  for (let i = 2; i < n; i++) {
    if (prime[i]) count++;
  }
  return count;
}

console.log(sieve(Number(process.argv[2])));
