// A parser of sums and products that throws on malformed texts. Usage: node exception_parser.js N
const greatestInt = 2 ** 47 - 1;
let text, at;

class Malformed {
  constructor(expected) {
    this.at = at;
    this.expected = expected;
  }
}

class Trap {
  constructor(name) {
    this.name = name;
  }
}

function int(value) {
  if (Math.abs(value) > greatestInt) throw new Trap("TypeError");
  return value;
}

const peek = () => (at < text.length ? text[at] : "");

function number() {
  let value = 0, digits = 0;
  for (; peek() >= "0" && peek() <= "9"; at++, digits++) {
    value = int(value * 10 + Number(peek()));
  }
  if (digits === 0) throw new Malformed("a digit");
  return value;
}

function factor() {
  if (peek() !== "(") return number();
  at++;
  const value = sum();
  if (peek() !== ")") throw new Malformed(")");
  at++;
  return value;
}

function product() {
  let value = factor();
  for (;;) {
    if (peek() === "*") {
      at++;
      value = int(value * factor());
    } else if (peek() === "/") {
      at++;
      const divisor = factor();
      if (divisor === 0) throw new Trap("DivisionByZero");
      value = Math.trunc(value / divisor);
    } else {
      return value;
    }
  }
}

function sum() {
  let value = product();
  for (;;) {
    if (peek() === "+") {
      at++;
      value = int(value + product());
    } else if (peek() === "-") {
      at++;
      value = int(value - product());
    } else {
      return value;
    }
  }
}

function parse(source) {
  text = source;
  at = 0;
  const value = sum();
  if (peek() !== "") throw new Malformed("the end");
  return value;
}

const texts = [
  "1+2*3", "(1+2)*3-4", "2*(3", "7/(2-2)", "10-", "((((5))))", "99999999*99999999", "1x",
  "123456789123456789", "8/3*3",
];
let values = 0, malformed = 0, traps = 0, caught = null;
for (let i = 0; i < Number(process.argv[2]); i++) {
  try {
    values += parse(texts[i % texts.length]);
  } catch (error) {
    if (error instanceof Malformed) {
      malformed += error.at + 1;
      caught = `Malformed {at: ${error.at}, expected: ${JSON.stringify(error.expected)}}`;
    } else if (error instanceof Trap) {
      traps++;
      caught = error.name;
    } else {
      throw error;
    }
  }
}
console.log(values, malformed, traps);
console.log(caught);
console.log(values);
