// A map of n int keys, built and looked up. Usage: node 13_hashmap_build_query.js N
function hashmapBuildQuery(n) {
  const m = new Map();
  for (let i = 0; i < n; i++) m.set(i, i * 2.5);
  let sum = 0.0;
  for (let key = 0; key < n; key++) sum += m.get(key);
  return sum;
}

console.log(hashmapBuildQuery(Number(process.argv[2])));
