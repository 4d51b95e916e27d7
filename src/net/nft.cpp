#include "net/nft.h"

#include <nftables/libnftables.h>
#include <sys/stat.h>

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "base/strings.h"
#include "net/namespace.h"

namespace fairway::net {
namespace {

struct FreeContext {
  void operator()(nft_ctx* context) const { nft_ctx_free(context); }
};
using Context = std::unique_ptr<nft_ctx, FreeContext>;

// Which namespace a name stands for now: a name can be taken down and made again.
using Identity = std::pair<dev_t, ino_t>;

std::optional<Identity> identify(const std::string& ns) {
  struct stat facts{};
  const std::string path = ns.empty() ? "/proc/self/ns/net" : "/run/netns/" + ns;
  if (::stat(path.c_str(), &facts) != 0) return std::nullopt;
  return Identity{facts.st_dev, facts.st_ino};
}

// Contexts stay open between calls: opening one costs more than changing an element. Each holds a netlink socket and
// so keeps its namespace alive, which is why remove_namespace() says forget_nft().
class Contexts {
 public:
  Result<std::string> run(const std::string& ns, const std::string& commands, bool as_json) {
    const std::lock_guard lock(mutex_);
    const auto identity = identify(ns);
    if (!identity) return fail(Errc::not_found, fmt::format("network namespace {}: there is none of this name", ns));
    std::string output;
    auto& kept = kept_[ns];
    FW_TRY_DO(in_namespace(ns, [&]() -> Result<> {
      if (auto ready = make_ready(kept, *identity); !ready) return ready;
      return run_in(kept.context.get(), commands, as_json, output);
    }));
    return output;
  }

  void forget(const std::string& ns) {
    const std::lock_guard lock(mutex_);
    kept_.erase(ns);
  }

 private:
  struct Kept {
    Context context;
    Identity identity;
  };

  static Result<Context> open() {
    Context context(nft_ctx_new(NFT_CTX_DEFAULT));
    if (!context || nft_ctx_buffer_output(context.get()) != 0 || nft_ctx_buffer_error(context.get()) != 0) {
      return fail(Errc::unavailable, "nftables: no context; is nf_tables in this kernel, and are we root?");
    }
    return context;
  }

  static Result<> make_ready(Kept& kept, const Identity& identity) {
    if (kept.context && kept.identity == identity) return {};
    FW_TRY(kept.context, open());
    kept.identity = identity;
    return {};
  }

  static Result<> run_in(nft_ctx* context, const std::string& commands, bool as_json, std::string& output) {
    nft_ctx_output_set_flags(context, as_json ? NFT_CTX_OUTPUT_JSON : 0);
    const int code = nft_run_cmd_from_buffer(context, commands.c_str());
    // Both must be read, or the next call's would be added to them.
    const std::string error = nft_ctx_get_error_buffer(context);
    output = nft_ctx_get_output_buffer(context);
    if (code != 0) return fail(Errc::invalid, fmt::format("nftables refused a transaction: {}", trim(error)));
    return {};
  }

  std::mutex mutex_;  // libnftables keeps some state of its own for the whole process
  std::map<std::string, Kept> kept_;
};

Contexts& contexts() {
  static Contexts all;
  return all;
}

}  // namespace

Result<> run_nft(const std::string& ns, const std::string& commands) {
  FW_TRY_DO(contexts().run(ns, commands, false));
  return {};
}

Result<std::string> query_nft(const std::string& ns, const std::string& commands, bool as_json) {
  return contexts().run(ns, commands, as_json);
}

void forget_nft(const std::string& ns) { contexts().forget(ns); }

}  // namespace fairway::net
