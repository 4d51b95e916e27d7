// The nodes' agent without nodes: what it asks of the API.
#include "lab/kubelet.h"

#include <gtest/gtest.h>

#include "testing/fake_kube_api.h"
#include "testing/loopback_http.h"
#include "testing/simulation.h"
#include "testing/temporary_folder.h"

namespace fairway::lab {
namespace {

class KubeletTest : public ::testing::Test {
 protected:
  KubeletTest() { nodes_.emplace_back().name = "minion-1"; }
  ~KubeletTest() override {
    sim_.spawn(tasks_.stop());
    sim_.settle();
  }

  void bring_pod() {
    const json::Value pod = *json::parse(R"({"metadata":{"name":"x","namespace":"web","uid":"1"},"spec":{}})");
    kubelet_.synced();
    kubelet_.changed("web/x", &pod);
  }
  // Each try to bind it is answered by these in turn, the last again and again.
  void answer(std::vector<int> codes) {
    wire_.fault = [codes, next = std::size_t{0}](const http::Request&) mutable {
      const int code = codes[std::min(next++, codes.size() - 1)];
      return testing::Fault{.instead = http::Response::json(code, R"({"kind":"Status","message":"so it is"})")};
    };
  }
  [[nodiscard]] std::size_t tries() const { return wire_.count("POST /api/v1/namespaces/web/pods/x/binding"); }

  testing::TemporaryFolder folder_;
  testing::Simulation sim_;
  testing::FakeKubeApi api_{sim_.env()};
  testing::Wire wire_;
  std::unique_ptr<kube::Client> kube_ = kube::make_client(
      testing::make_loopback(sim_.env(), wire_, "", [this](http::Request& request) { return api_.handle(request); }),
      kube::Config{});
  LabConfig config_{.state_dir = folder_.file("state"), .bind_pods = true};
  std::vector<Node> nodes_;
  TaskGroup tasks_{sim_.context(), sim_.env().log};
  kube::EventRecorder events_{*kube_, sim_.env(), "test"};
  kube::Reflector services_{*kube_, sim_.env(), {"services", kube::kServices.path(), ""}, {}};
  PodContext shared_{tasks_, sim_.env(), *kube_, events_, config_, {}, services_};
  Kubelet kubelet_{shared_, nodes_};
};

TEST_F(KubeletTest, APodIsBoundWhenTheApiIsBackAgain) {
  answer({503, 503, 503, 201});
  bring_pod();
  sim_.run_for(std::chrono::minutes(1));
  EXPECT_EQ(tries(), 4U);
}

TEST_F(KubeletTest, APodThatIsRefusedANodeIsNotTriedAgain) {
  for (const int code : {404, 409, 403}) {
    wire_.requests.clear();
    answer({code});
    bring_pod();
    sim_.run_for(std::chrono::minutes(1));
    EXPECT_EQ(tries(), 1U) << code;
  }
}

}  // namespace
}  // namespace fairway::lab
