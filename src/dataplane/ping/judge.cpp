#include "dataplane/ping/judge.h"

namespace fairway::dataplane::ping {

Standing after(const Standing& before, bool answered, const Limits& limits) {
  const Health said = answered ? Health::up : Health::down;
  if (before.health == Health::pending || before.health == said) return {said, 0};
  const int against = before.against + 1;
  if (against >= (answered ? limits.rise : limits.fall)) return {said, 0};
  return {before.health, against};
}

std::string to_word(Health health) {
  switch (health) {
    case Health::pending:
      return "pending";
    case Health::up:
      return "up";
    case Health::down:
      return "down";
  }
  return {};
}

}  // namespace fairway::dataplane::ping
