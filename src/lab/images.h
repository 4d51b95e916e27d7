// The catalogue of images: what a container of that image runs here, on the machine's own programs.
//
//   images:
//     nginx:
//       entrypoint: [nginx]                what a Pod's `command` replaces
//       command: [-g, "daemon off;"]       what a Pod's `args` replace
//       files: [{path: /etc/nginx/nginx.conf, content: "…"}]
//       stop_signal: SIGQUIT               how the program is asked to end; SIGTERM if not given
//       env: ["KEY=value"]                 user: www-data      working_dir: /      tags: [latest, "1.27"]
//
// A reference is looked up by its last name: docker.io/library/nginx:1.27, nginx:latest and nginx are the same image.
// An image with `tags` has those only.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/reader.h"

namespace fairway::lab {

struct Image {
  std::vector<std::string> entrypoint, command;
  std::map<std::string, std::string> files;  // path in the container -> content
  std::map<std::string, std::string> env;
  std::string user = "root";
  std::string working_dir = "/";
  std::vector<std::string> tags;        // empty: any
  std::string stop_signal = "SIGTERM";  // or SIGQUIT, SIGINT: how the program is asked to end
};

using Catalogue = std::map<std::string, Image>;

struct ImageReference {
  std::string name;       // "nginx", "e2e-test-images/agnhost" without docker.io/ and library/
  std::string tag;        // "latest" when there is neither tag nor digest
  std::string canonical;  // "docker.io/library/nginx:latest", as a runtime names it
};

// Empty when it is no reference at all ("Nginx:", "a b").
[[nodiscard]] std::optional<ImageReference> parse_image(std::string_view text);

// nginx, busybox, alpine, debian, python, http-echo, echoserver, pause.
[[nodiscard]] Catalogue builtin_images();

// Adds to or replaces in `catalogue` what stands under `images` of this section.
void read_images(config::Section& section, Catalogue& catalogue);

// Null when the catalogue does not have it.
[[nodiscard]] const Image* find_image(const Catalogue& catalogue, const ImageReference& reference);

}  // namespace fairway::lab
