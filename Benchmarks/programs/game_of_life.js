// The Game of Life on a torus of 16 by 16 cells. Usage: node game_of_life.js GENERATIONS
const size = 16;

function next(cells) {
  return cells.map((isAlive, place) => {
    const row = Math.floor(place / size), column = place % size;
    let neighbors = 0;
    for (let down = -1; down <= 1; down++) {
      for (let right = -1; right <= 1; right++) {
        if (down === 0 && right === 0) continue;
        const other = ((row + down + size) % size) * size + ((column + right + size) % size);
        if (cells[other]) neighbors++;
      }
    }
    return neighbors === 3 || (neighbors === 2 && isAlive);
  });
}

let cells = new Array(size * size).fill(false);
for (const place of [1, 18, 32, 33, 34, 120, 121, 135, 136, 152]) cells[place] = true;
const generations = Number(process.argv[2]);
for (let i = 0; i < generations; i++) cells = next(cells);
for (let row = 0; row < size; row++) {
  const line = cells.slice(row * size, (row + 1) * size);
  console.log(line.map((isAlive) => (isAlive ? "#" : ".")).join(""));
}
console.log(cells.filter((isAlive) => isAlive).length);
