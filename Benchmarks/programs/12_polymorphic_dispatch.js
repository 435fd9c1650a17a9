// Polynomials of three classes by a common method. Usage: node 12_polymorphic_dispatch.js N
class Line {
  constructor(a, b) {
    this.a = a;
    this.b = b;
  }
  value(x) {
    return this.a * x + this.b;
  }
}

class Square {
  constructor(a, b, c) {
    this.a = a;
    this.b = b;
    this.c = c;
  }
  value(x) {
    return this.a * x * x + this.b * x + this.c;
  }
}

class Cube {
  constructor(a, b, c, d) {
    this.a = a;
    this.b = b;
    this.c = c;
    this.d = d;
  }
  value(x) {
    return this.a * x * x * x + this.b * x * x + this.c * x + this.d;
  }
}

function polymorphicDispatch(n) {
  const shapes = [new Line(2.0, 1.0), new Square(1.0, 2.0, 3.0), new Cube(0.5, 1.0, 1.5, 2.0)];
  let sum = 0.0;
  for (let i = 0; i < n; i++) sum += shapes[i % 3].value(i % 100);
  return sum;
}

console.log(polymorphicDispatch(Number(process.argv[2])));
