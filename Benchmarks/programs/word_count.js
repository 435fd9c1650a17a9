// The words of a generated text, counted in a map. Usage: node word_count.js WORDS
function text(n) {
  const words = "the quick brown Fox jumps over The lazy dog".split(" ");
  let result = "", seed = 7;
  for (let i = 0; i < n; i++) {
    seed = (seed * 1103 + 12345) % 65536;
    result += words[Math.floor((seed * words.length) / 65536)] + " ";
    if (seed % 5 === 0) result += " ";
  }
  return result;
}

const counts = new Map();
for (const entry of text(Number(process.argv[2])).split(" ")) {
  const word = entry.toLowerCase();
  if (word !== "") counts.set(word, (counts.get(word) ?? 0) + 1);
}
const entries = [...counts].map(([word, count]) => `${JSON.stringify(word)}: ${count}`);
console.log(`Map {${entries.join(", ")}}`);
console.log(Math.max(0, ...counts.values()));
