// Power is lost at a random instant under write load, hundreds of times: every acknowledged transaction is there
// afterwards, and none is there by half.
#include <iostream>
#include <map>
#include <random>

#include "store/sqlite/shim_vfs.h"
#include "store/sqlite/sqlite_store.h"
#include "testing/env.h"
#include "testing/temporary_folder.h"

namespace fairway::store {
namespace {

// The lock and an empty file lie in a real folder, the data on the shim.
class Machine {
 public:
  Machine(std::uint32_t seed, sqlite::Sync sync) : disk_(seed), sync_(sync) {}

  Result<std::unique_ptr<Store>> open(boost::asio::io_context& context) {
    return sqlite::open(context, env_.env, {folder_.file("cloud.db"), {}, sync_, disk_.name()});
  }
  [[nodiscard]] sqlite::ShimDisk& disk() { return disk_; }

 private:
  sqlite::ShimDisk disk_;
  testing::TemporaryFolder folder_;
  sqlite::Sync sync_;
  testing::TestEnv env_;
};

// One client with a pair of keys that are always written together. What the pair may hold after the power was lost:
// what was last acknowledged, or what was asked for and never answered.
struct Client {
  std::string name;
  std::optional<std::string> acknowledged;  // none: the pair does not exist
  std::optional<std::optional<std::string>> unanswered;
};

class Load {
 public:
  explicit Load(std::uint32_t seed) : random_(seed) {
    for (int i = 0; i < 8; ++i) clients_.push_back({fmt::format("/pair/{}/", i), std::nullopt, std::nullopt});
  }

  // All clients write until the store fails, or each has written `rounds` times.
  void run(boost::asio::io_context& context, Store& store, int rounds) {
    for (auto& client : clients_) boost::asio::co_spawn(context, write(store, client, rounds), boost::asio::detached);
    context.restart();
    context.run();
  }

  // Empty: everything is as it must be.
  std::string complaint(const std::map<std::string, std::string>& found, Revision revision) {
    if (revision < newest_) return fmt::format("at revision {}, but {} was acknowledged", revision, newest_);
    for (auto& client : clients_) {
      const auto left = value_of(found, client.name + "left");
      if (left != value_of(found, client.name + "right")) return client.name + " is there by half";
      if (left != client.acknowledged && (!client.unanswered || left != *client.unanswered)) {
        return client.name + " is not what was acknowledged";
      }
      client = {client.name, left, std::nullopt};
    }
    return "";
  }
  [[nodiscard]] int acknowledged() const { return acknowledged_; }

 private:
  static std::optional<std::string> value_of(const std::map<std::string, std::string>& found,
                                             const std::string& key) {
    const auto at = found.find(key);
    return at == found.end() ? std::nullopt : std::optional(at->second);
  }

  Task<> write(Store& store, Client& client, int rounds) {
    for (int round = 0; round < rounds; ++round) {
      Transaction transaction;
      std::optional<std::string> value;
      if (random_() % 5 == 0) {
        transaction.deletes = {client.name + "left", client.name + "right"};
      } else {
        const std::size_t size = random_() % 16 == 0 ? 40'000 : 20 + random_() % 3000;
        value = fmt::format("{}:{}", ++count_, std::string(size, 'v'));
        transaction.puts = {{client.name + "left", *value}, {client.name + "right", *value}};
      }
      client.unanswered = value;
      const auto revision = co_await store.transact(std::move(transaction));
      if (!revision) co_return;
      client = {client.name, value, std::nullopt};
      newest_ = std::max(newest_, *revision);
      ++acknowledged_;
    }
  }

  std::mt19937 random_;
  std::vector<Client> clients_;
  Revision newest_ = 0;
  int count_ = 0;
  int acknowledged_ = 0;
};

// The log is without a gap up to the present, and holds whole transactions.
Task<std::string> complaint_about_log(Store& store) {
  auto watch = store.watch("/pair/", store.oldest_watchable());
  if (!watch) co_return watch.error().what;
  for (auto at = store.oldest_watchable() + 1; at <= store.revision(); ++at) {
    const auto batch = co_await (*watch)->next();
    if (!batch) co_return batch.error().what;
    if (batch->revision != at) co_return fmt::format("the log jumps from {} to {}", at - 1, batch->revision);
    if (batch->changes.size() != 2) co_return fmt::format("revision {} is there by half", at);
  }
  co_return "";
}

std::string complaint_after_restart(Machine& machine, Load& load) {
  boost::asio::io_context context;
  auto store = machine.open(context);
  if (!store) return store.error().what;
  std::string complaint = "never answered";
  const auto look = [](Store& at, Load& of, std::string& verdict) -> Task<> {
    const auto answer = co_await at.range({});
    if (!answer) {
      verdict = answer.error().what;
      co_return;
    }
    std::map<std::string, std::string> found;
    for (const auto& entry : answer->entries) found.emplace(entry.key, entry.value);
    verdict = of.complaint(found, answer->revision);
    if (verdict.empty()) verdict = co_await complaint_about_log(at);
  };
  boost::asio::co_spawn(context, look(**store, load, complaint), boost::asio::detached);
  context.run();
  return complaint;
}

struct Outcome {
  int losses_of_power = 0;
  int acknowledged = 0;
  std::vector<std::string> complaints;
};

// Four losses of power on one machine, one after the other.
void try_machine(std::uint32_t seed, sqlite::Sync sync, Outcome& outcome) {
  Machine machine(seed, sync);
  Load load(seed);
  std::mt19937 random(seed);
  for (int loss = 0; loss < 4; ++loss) {
    machine.disk().lose_power_after(random() % (loss == 0 ? 60 : 1500));
    {
      boost::asio::io_context context;
      if (auto store = machine.open(context)) load.run(context, **store, 60);
    }
    machine.disk().restart();
    ++outcome.losses_of_power;
    if (const auto complaint = complaint_after_restart(machine, load); !complaint.empty()) {
      outcome.complaints.push_back(fmt::format("seed {}, loss {}: {}", seed, loss, complaint));
      break;
    }
  }
  outcome.acknowledged += load.acknowledged();
}

TEST(PowerLoss, NothingAcknowledgedIsLostAndNothingIsThereByHalf) {
  Outcome outcome;
  for (std::uint32_t seed = 1; seed <= 100; ++seed) try_machine(seed, sqlite::Sync::full, outcome);
  EXPECT_EQ(outcome.complaints, std::vector<std::string>{});
  EXPECT_EQ(outcome.losses_of_power, 400);
  EXPECT_GT(outcome.acknowledged, 10'000);
  std::cout << fmt::format("{} losses of power, {} acknowledged transactions, {} complaints\n",
                           outcome.losses_of_power, outcome.acknowledged, outcome.complaints.size());
}

TEST(PowerLoss, TheShimSeesWhatWasNotSynced) {
  Outcome outcome;
  for (std::uint32_t seed = 1; seed <= 10; ++seed) try_machine(seed, sqlite::Sync::off, outcome);
  EXPECT_GT(outcome.complaints.size(), 5U) << "without fsync, acknowledged transactions must be found missing";
}

}  // namespace
}  // namespace fairway::store
