/* Five full binary trees of objects. Usage: 15_gc_pressure_tree DEPTH */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct Node {
  int64_t value;
  struct Node *left, *right;
} Node;

static Node *build(int64_t depth) {
  Node *left = depth ? build(depth - 1) : NULL;
  Node *right = depth ? build(depth - 1) : NULL;
  Node *node = malloc(sizeof *node);
  if (!node) exit(1);
  *node = (Node){depth ? left->value + right->value + 1 : 0, left, right};
  return node;
}

static void release(Node *node) {
  if (!node) return;
  release(node->left);
  release(node->right);
  free(node);
}

int main(int argc, char **argv) {
  if (argc != 2) return 64;
  int64_t depth = atoll(argv[1]), sum = 0;
  for (int i = 0; i < 5; i++) {
    Node *root = build(depth);
    sum += root->value;
    release(root);
  }
  printf("%" PRId64 "\n", sum);
  return 0;
}
