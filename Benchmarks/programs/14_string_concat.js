// A string that grows by one character. Usage: node 14_string_concat.js N
function stringConcat(n) {
  let text = "";
  for (let i = 0; i < n; i++) text += "x";
  return text.length;
}

console.log(stringConcat(Number(process.argv[2])));
