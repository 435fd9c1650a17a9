/* A map of n int keys, built and looked up; open addressing, doubled when half full.
   Usage: 13_hashmap_build_query N */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct {
  int64_t key;
  double value;
  bool used;
} Entry;

typedef struct {
  Entry *entries;
  uint64_t mask, count;
} Map;

static Entry *find(const Map *map, int64_t key) {
  uint64_t slot = ((uint64_t)key * UINT64_C(0x9E3779B97F4A7C15)) >> 20 & map->mask;
  while (map->entries[slot].used && map->entries[slot].key != key) slot = (slot + 1) & map->mask;
  return &map->entries[slot];
}

static void make(Map *map, uint64_t capacity) {
  map->entries = calloc(capacity, sizeof *map->entries);
  if (!map->entries) exit(1);
  map->mask = capacity - 1;
  map->count = 0;
}

static void set(Map *map, int64_t key, double value) {
  if (2 * map->count > map->mask) {
    Map old = *map;
    make(map, 2 * (old.mask + 1));
    for (uint64_t i = 0; i <= old.mask; i++)
      if (old.entries[i].used) set(map, old.entries[i].key, old.entries[i].value);
    free(old.entries);
  }
  Entry *entry = find(map, key);
  if (!entry->used) map->count++;
  *entry = (Entry){key, value, true};
}

int main(int argc, char **argv) {
  if (argc != 2) return 64;
  int64_t n = atoll(argv[1]);
  Map map;
  make(&map, 16);
  for (int64_t i = 0; i < n; i++) set(&map, i, (double)i * 2.5);
  double sum = 0;
  for (int64_t key = 0; key < n; key++) sum += find(&map, key)->value;
  printf("%.17g\n", sum);
  free(map.entries);
  return 0;
}
