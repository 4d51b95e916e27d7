#include "lab/images.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fairway::lab {
namespace {

std::string canonical(std::string_view text) {
  const auto reference = parse_image(text);
  return reference ? reference->canonical : "invalid";
}

TEST(Images, ReferencesAreReadAsARuntimeReadsThem) {
  const std::pair<const char*, const char*> cases[] = {
      {"nginx", "docker.io/library/nginx:latest"},
      {"nginx:1.27", "docker.io/library/nginx:1.27"},
      {"docker.io/library/nginx", "docker.io/library/nginx:latest"},
      {"hashicorp/http-echo:0.2.3", "docker.io/hashicorp/http-echo:0.2.3"},
      {"registry.k8s.io/echoserver:1.10", "registry.k8s.io/echoserver:1.10"},
      {"localhost:5000/web", "localhost:5000/web:latest"},
      {"nginx@sha256:0123", "docker.io/library/nginx@sha256:0123"},
      {"Nginx", "invalid"},
      {"nginx:", "invalid"},
      {"nginx:a b", "invalid"},
      {"a b", "invalid"},
      {"", "invalid"},
  };
  for (const auto& [text, wanted] : cases) EXPECT_EQ(canonical(text), wanted) << text;
}

TEST(Images, AreFoundByNameWhateverRegistryAndTag) {
  const Catalogue images = builtin_images();
  for (const char* text : {"nginx", "nginx:1.27-alpine", "docker.io/library/nginx", "registry.k8s.io/echoserver:1.10",
                           "hashicorp/http-echo"})
    EXPECT_NE(find_image(images, *parse_image(text)), nullptr) << text;
  EXPECT_EQ(find_image(images, *parse_image("nginxx")), nullptr);
}

TEST(Images, OfTheConfigurationAddAndReplace) {
  config::File file = config::File::parse("lab.yaml", R"(images:
  web:
    command: [serve]
    tags: ["1", "2"]
    env: ["A=b=c"]
    files: [{path: /etc/web.conf, content: hello}]
    stop_signal: SIGINT
)");
  config::Section root = file.root();
  Catalogue images;
  read_images(root, images);
  root.finish();
  ASSERT_EQ(file.report(), "");
  EXPECT_EQ(images.at("web").env.at("A"), "b=c");
  EXPECT_EQ(images.at("web").files.at("/etc/web.conf"), "hello");
  EXPECT_NE(find_image(images, *parse_image("web:2")), nullptr);
  EXPECT_EQ(find_image(images, *parse_image("web:3")), nullptr) << "an image with tags has those only";
}

TEST(Images, EveryProblemIsReported) {
  config::File file = config::File::parse("lab.yaml", R"(images:
  web:
    env: [nonsense]
    files: [{path: relative}]
    stop_signal: SIGHUP
)");
  config::Section root = file.root();
  Catalogue images;
  read_images(root, images);
  EXPECT_EQ(file.problems().size(), 4U) << file.report();
}

}  // namespace
}  // namespace fairway::lab
