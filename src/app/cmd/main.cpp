// The program: parses the command line and hands over to the role (app/).
#include <cstdio>

int main() {
  std::fprintf(stderr, "fairway: no role is built yet\n");
  return 2;
}
