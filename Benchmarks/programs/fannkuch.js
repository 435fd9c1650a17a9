// fannkuch over all permutations of N. Usage: node fannkuch.js N
function flips(source, scratch) {
  for (let i = 0; i < source.length; i++) scratch[i] = source[i];
  let count = 0;
  while (scratch[0] !== 0) {
    for (let low = 0, high = scratch[0]; low < high; low++, high--) {
      const held = scratch[low];
      scratch[low] = scratch[high];
      scratch[high] = held;
    }
    count++;
  }
  return count;
}

function fannkuch(n) {
  const permutation = Int32Array.from({ length: n }, (_, i) => i);
  const scratch = new Int32Array(n);
  const counts = new Int32Array(n);
  let checksum = 0, greatest = 0, isEven = true, rank = n;
  for (;;) {
    for (; rank > 1; rank--) counts[rank - 1] = rank;
    const count = flips(permutation, scratch);
    greatest = Math.max(greatest, count);
    checksum += isEven ? count : -count;
    isEven = !isEven;
    for (;;) {
      if (rank === n) return 1000 * checksum + greatest;
      const first = permutation[0];
      for (let i = 0; i < rank; i++) permutation[i] = permutation[i + 1];
      permutation[rank] = first;
      counts[rank]--;
      if (counts[rank] > 0) break;
      rank++;
    }
  }
}

console.log(fannkuch(Number(process.argv[2])));
