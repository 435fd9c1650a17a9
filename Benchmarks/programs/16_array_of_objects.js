// An array of objects and the sum of one property. Usage: node 16_array_of_objects.js N
function arrayOfObjects(n) {
  const bodies = [];
  for (let i = 0; i < n; i++) bodies.push({ x: i, y: 2 * i, mass: 0.5 * i });
  let sum = 0.0;
  for (let k = 0; k < n; k++) sum += bodies[k].mass;
  return sum;
}

console.log(arrayOfObjects(Number(process.argv[2])));
