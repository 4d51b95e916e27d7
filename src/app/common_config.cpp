#include "app/common_config.h"

namespace fairway::app {

CommonConfig read_common_config(config::Section& root) {
  CommonConfig common;
  config::Section log = root.section("log");
  std::string format = "human";
  std::string level = "info";
  log.read("format", format);
  log.read("level", level);
  log.read("file", common.log.file);
  if (const auto known = parse_log_format(format)) {
    common.log.format = *known;
  } else {
    log.problem("format", format + " is neither json nor human");
  }
  if (const auto known = parse_log_level(level)) {
    common.log.level = *known;
  } else {
    log.problem("level", level + " is none of debug, info, warn, error");
  }
  log.finish();

  config::Section health = root.section("health");
  health.read("bind", common.health_bind);
  health.read("port", common.health_port);
  health.finish();
  root.read("stop_patience", common.stop_patience);
  return common;
}

}  // namespace fairway::app
