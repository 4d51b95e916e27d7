#include "kube_api/object/decode.h"

#include "kube_api/object/json_reader.h"
#include "kube_api/object/quantity.h"
#include "kube_api/object/times.h"

namespace fairway::kube_api {
namespace {

std::string decoded(std::string_view type, std::string_view text) {
  auto read = read_json(text);
  if (!read) return "syntax: " + read.error().what;
  std::vector<std::string> unknown;
  auto done = decode_object(read->value, Schema::builtin().type(type), unknown);
  if (!done) return "error: " + done.error().what;
  auto out = json::write(read->value);
  for (const auto& name : unknown) out += " ?" + name;
  for (const auto& name : read->duplicates) out += " twice " + name;
  return out;
}

TEST(Decode, GivesTheOneFormAndTheWordsOfTheRealServer) {
  const std::vector<std::array<std::string_view, 3>> cases{
      {"core.ServicePort", R"({"port":80,"name":"","nodePort":0,"targetPort":"web"})",
       R"({"port":80,"targetPort":"web"})"},
      {"core.ServicePort", R"({"name":"a"})", R"({"name":"a","port":0})"},
      {"core.ServicePort", R"({"port":"80"})",
       "error: json: cannot unmarshal string into Go struct field ServicePort.port of type int32"},
      {"core.Service", R"({"spec":{"ports":[{"port":8000000000}]}})",
       "error: json: cannot unmarshal number 8000000000 into Go struct field ServicePort.spec.ports.port of type "
       "int32"},
      {"core.Service", R"({"spec":{"ports":{"port":80}}})",
       "error: json: cannot unmarshal object into Go struct field ServiceSpec.spec.ports of type []v1.ServicePort"},
      {"core.Service", R"({"metadata":{"labels":{"a":1}}})",
       "error: json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string"},
      {"core.Service", R"({"metadata":{"creationTimestamp":5}})",
       "error: json: cannot unmarshal number into Go struct field ObjectMeta.metadata.creationTimestamp of type "
       "string"},
      {"core.Secret", R"({"data":{"a":"Yg="}})", "error: illegal base64 data at input byte 3"},
      {"core.Secret", R"({"data":{"a":"Yg"}})", "error: illegal base64 data at input byte 0"},
      {"core.Pod", R"({"spec":{"volumes":[{"hostPath":{"path":5}}]}})",
       "error: json: cannot unmarshal number into Go struct field "
       "HostPathVolumeSource.spec.volumes.VolumeSource.hostPath.path of "
       "type string"},
      {"core.Node", R"({"status":{"capacity":[]}})",
       "error: json: cannot unmarshal array into Go struct field NodeStatus.status.capacity of type v1.ResourceList"},
      {"core.Service", R"({"spec":{"prots":[],"type":"ClusterIP","type":"NodePort"}})",
       R"({"metadata":{},"spec":{"type":"NodePort"},"status":{"loadBalancer":{}}} ?spec.prots twice spec.type)"},
      {"core.Container", R"({"name":"a","resources":{"limits":{"cpu":"1000m","memory":"1024Mi"}}})",
       R"({"name":"a","resources":{"limits":{"cpu":"1","memory":"1Gi"}}})"},
      {"core.Service", "{\"a\":", "syntax: unexpected end of JSON input"},
      {"core.Service", "{a:1}", "syntax: invalid character 'a' looking for beginning of object key string"},
      {"core.Service", R"({"a":1}})", "syntax: invalid character '}' after top-level value"},
  };
  for (const auto& [type, text, wanted] : cases) EXPECT_EQ(decoded(type, text), wanted) << text;
}

TEST(Quantity, IsWrittenInOneWay) {
  const std::vector<std::pair<std::string_view, std::string_view>> cases{
      {"1000m", "1"},      {"0.5", "500m"}, {"1.5Gi", "1536Mi"}, {"1024", "1024"}, {"1000", "1k"},
      {"100000k", "100M"}, {"2e3", "2e3"},  {"-1", "-1"},        {"0", "0"}};
  for (const auto& [text, wanted] : cases) {
    const auto quantity = parse_quantity(text);
    ASSERT_TRUE(quantity) << text;
    EXPECT_EQ(format_quantity(*quantity), wanted) << text;
  }
  for (const auto* bad : {"", "a", "1x", "1.2.3", "1Kib"}) EXPECT_FALSE(parse_quantity(bad)) << bad;
}

TEST(Times, AgesReadAsKubectlShowsThem) {
  const std::vector<std::pair<int, std::string_view>> cases{
      {0, "0s"},     {119, "119s"},   {120, "2m"},    {190, "3m10s"},   {700, "11m"},
      {10800, "3h"}, {10860, "3h1m"}, {86400, "24h"}, {200000, "2d7h"}, {1000000, "11d"}};
  for (const auto& [seconds, wanted] : cases) EXPECT_EQ(human_duration(std::chrono::seconds(seconds)), wanted);
  EXPECT_EQ(format_time(*parse_time("2026-01-01T02:00:00.5+02:00")), "2026-01-01T00:00:00Z");
  EXPECT_FALSE(parse_time("2026-13-01T02:00:00Z"));
}

}  // namespace
}  // namespace fairway::kube_api
