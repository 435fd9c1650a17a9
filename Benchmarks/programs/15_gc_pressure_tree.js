// Five full binary trees of objects. Usage: node 15_gc_pressure_tree.js DEPTH
function build(depth) {
  if (depth === 0) return { value: 0, left: null, right: null };
  const left = build(depth - 1);
  const right = build(depth - 1);
  return { value: left.value + right.value + 1, left: left, right: right };
}

function gcPressureTree(depth) {
  let sum = 0;
  for (let i = 0; i < 5; i++) sum += build(depth).value;
  return sum;
}

console.log(gcPressureTree(Number(process.argv[2])));
