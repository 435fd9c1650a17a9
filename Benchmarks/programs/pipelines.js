// Pipelines of callbacks over arrays. Usage: node pipelines.js N
const n = Number(process.argv[2]);
const range = (count) => Array.from({ length: count }, (_, i) => i);
const isBelow = (limit) => (x) => x < limit;

const oddSquares = range(n)
  .filter((x) => x % 2)
  .map((x) => x * x)
  .reduce((total, x) => total + x, 0);

let calls = 0;
const scaledSum =
  new Array(n).fill(0.5)
    .map((x, place) => {
      calls++;
      return x * 3.0 + place;
    })
    .filter(isBelow(Math.floor(n / 2)))
    .reduce((total, x, place) => total + x * (place + 1), 0) + calls;

const labels = range(Math.min(n, 12))
  .map((x) => "n" + x)
  .filter(isBelow("n7"))
  .join(" ");

const squares = range(n).map((x) => x * x);
const searches = [
  squares.findIndex(isBelow(n)),
  squares.some((x) => x % 2),
  squares.every(isBelow(n)),
];
console.log(`${labels} [${searches.join(", ")}]`);
console.log(oddSquares + scaledSum);
