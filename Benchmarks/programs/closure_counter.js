// Generators made of closures that share variables. Usage: node closure_counter.js N
function counter(start, step) {
  let count = start;
  return [() => (count += step), () => count];
}

function fibonacci(a, b) {
  return () => {
    const next = a;
    [a, b] = [b, a + b];
    if (b > 2 ** 40) [a, b] = [0, 1];
    return next;
  };
}

const n = Number(process.argv[2]);
const ones = counter(0, 1), sevens = counter(1000, -7), numbers = fibonacci(0, 1);
let sum = 0;
for (let i = 0; i < n; i++) {
  const [step] = i % 3 === 0 ? ones : sevens;
  sum = (sum + step() + numbers()) % 1000003;
}
console.log(ones[1](), sevens[1]());
console.log(sum);
