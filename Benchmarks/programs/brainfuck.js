// An interpreter of Brainfuck. Usage: node brainfuck.js N
function partners(code) {
  const result = [], open = [];
  for (let i = 0; i < code.length; i++) {
    if (code[i] === "[") open.push(i);
    if (code[i] === "]") {
      const start = open.pop();
      result[start] = i;
      result[i] = start;
    }
  }
  return result;
}

function interpret(code, input) {
  const partner = partners(code), tape = new Uint8Array(64);
  let output = "", at = 0, read = 0;
  for (let ip = 0; ip < code.length; ip++) {
    switch (code[ip]) {
      case ">": at++; break;
      case "<": at--; break;
      case "+": tape[at]++; break;
      case "-": tape[at]--; break;
      case "[": if (tape[at] === 0) ip = partner[ip]; break;
      case "]": if (tape[at] !== 0) ip = partner[ip]; break;
      case ".": output += String.fromCharCode(tape[at]); break;
      case ",": tape[at] = read < input.length ? input.charCodeAt(read++) : 0; break;
    }
  }
  return output;
}

const greeting =
  "++++++++[>++++[>++>+++>+++>+<<<<-]>+>+>->>+[<]<-]>>.>---.+++++++..+++.>>.<-.<.+++.------.--------.>>+.";
const square = ",[->+>+<<]>[->[->+>+<<]>>[-<<+>>]<<<]>>>>++++++[<+++++++>-]<<[>.<-]";
console.log(interpret(">,[>,]<[.<]", "desrever"));
console.log(interpret(greeting, ""));
console.log(interpret(square, String.fromCharCode(Number(process.argv[2]))).length);
