// The sum of five properties, n times. Usage: node 11_object_property_loop.js N
function objectPropertyLoop(n) {
  const o = { x: 1.0, y: 2.0, z: 3.0, u: 4.0, v: 5.0 };
  let sum = 0.0;
  for (let i = 0; i < n; i++) sum = sum + o.x + o.y + o.z + o.u + o.v;
  return sum;
}

console.log(objectPropertyLoop(Number(process.argv[2])));
