// The number of ways to place N queens. Usage: node nqueens.js N
function place(row, n, columns, rising, falling) {
  if (row === n) return 1;
  let ways = 0;
  for (let column = 0; column < n; column++) {
    const up = row + column, down = row - column + n;
    if (columns[column] || rising[up] || falling[down]) continue;
    columns[column] = rising[up] = falling[down] = true;
    ways += place(row + 1, n, columns, rising, falling);
    columns[column] = rising[up] = falling[down] = false;
  }
  return ways;
}

console.log(place(0, Number(process.argv[2]), [], [], []));
