// SHA-256 of a message of N letters, "abc…" again and again. Usage: node sha256.js N
const isPrime = (n) => {
  for (let d = 2; d * d <= n; d++) if (n % d === 0) return false;
  return true;
};
const primes = [];
for (let n = 2; primes.length < 64; n++) if (isPrime(n)) primes.push(n);
const fraction = (x) => Math.floor((x - Math.floor(x)) * 2 ** 32) | 0;
const k = primes.map((prime) => fraction(Math.cbrt(prime)));
const state = primes.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)));

const rotate = (x, count) => (x >>> count) | (x << (32 - count));

function block(bytes, start) {
  const w = new Int32Array(64);
  for (let i = 0; i < 16; i++) {
    const at = start + i * 4;
    w[i] = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
  }
  for (let i = 16; i < 64; i++) {
    const x = w[i - 15], y = w[i - 2];
    const small0 = rotate(x, 7) ^ rotate(x, 18) ^ (x >>> 3);
    const small1 = rotate(y, 17) ^ rotate(y, 19) ^ (y >>> 10);
    w[i] = w[i - 16] + small0 + w[i - 7] + small1;
  }
  let [a, b, c, d, e, f, g, h] = state;
  for (let i = 0; i < 64; i++) {
    const big1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const choice = (e & f) ^ (~e & g);
    const first = (h + big1 + choice + k[i] + w[i]) | 0;
    const big0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const majority = (a & b) ^ (a & c) ^ (b & c);
    [a, b, c, d, e, f, g, h] = [(first + big0 + majority) | 0, a, b, c, (d + first) | 0, e, f, g];
  }
  [a, b, c, d, e, f, g, h].forEach((word, i) => (state[i] = (state[i] + word) | 0));
}

const n = Number(process.argv[2]);
const length = (Math.floor((n + 8) / 64) + 1) * 64;
const bytes = new Uint8Array(length);
for (let i = 0; i < n; i++) bytes[i] = 97 + (i % 26);
bytes[n] = 128;
for (let i = 0, bits = n * 8; i < 4; i++, bits >>>= 8) bytes[length - 1 - i] = bits & 255;
for (let start = 0; start < length; start += 64) block(bytes, start);
console.log(state.map((word) => (word >>> 0).toString(16).padStart(8, "0")).join(""));
