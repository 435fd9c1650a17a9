// The Levenshtein distance of two strings of N scalars. Usage: node levenshtein.js N
function distance(a, b) {
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  let current = previous.slice();
  for (let i = 0; i < a.length; i++) {
    current[0] = i + 1;
    for (let j = 0; j < b.length; j++) {
      const cost = previous[j] + (a[i] === b[j] ? 0 : 1);
      current[j + 1] = Math.min(cost, current[j] + 1, previous[j + 1] + 1);
    }
    [previous, current] = [current, previous];
  }
  return previous[b.length];
}

function text(n, seed) {
  const alphabet = Array.from("abcdeé€😀");
  const scalars = [];
  for (let i = 0; i < n; i++) {
    seed = (seed * 1103 + 12345) % 65536;
    scalars.push(alphabet[Math.floor(seed / 8192)]);
  }
  return scalars;
}

const n = Number(process.argv[2]);
console.log(distance(text(n, 1), text(n, 2)));
