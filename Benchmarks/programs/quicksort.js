// Quicksort of N pseudo-random ints; the result is a checksum. Usage: node quicksort.js N
function sort(values, low, high) {
  let left = low, right = high;
  const pivot = values[Math.floor((low + high) / 2)];
  while (left <= right) {
    while (values[left] < pivot) left++;
    while (values[right] > pivot) right--;
    if (left <= right) {
      [values[left], values[right]] = [values[right], values[left]];
      left++;
      right--;
    }
  }
  if (low < right) sort(values, low, right);
  if (left < high) sort(values, left, high);
}

const n = Number(process.argv[2]);
const values = new Int32Array(n);
let seed = 42;
for (let i = 0; i < n; i++) {
  seed = (seed * 1103 + 12345) % 65536;
  values[i] = seed - 32768;
}
sort(values, 0, n - 1);
let checksum = 0;
for (let i = 0; i < n; i++) {
  if (i > 0 && values[i - 1] > values[i]) checksum = null;
  if (checksum !== null) checksum = (checksum * 31 + values[i]) % 1000003;
}
console.log(checksum);
