#include "net/link_lookup.h"

#include <arpa/inet.h>
#include <linux/if_link.h>
#include <net/if.h>

#include <cerrno>
#include <cstdio>

#include "base/strings.h"

namespace fairway::net {
namespace {

LinkFacts to_facts(const NetlinkAnswer& answer) {
  const auto header = answer.as<ifinfomsg>();
  LinkFacts facts;
  facts.index = header.ifi_index;
  facts.up = (header.ifi_flags & IFF_UP) != 0;
  facts.name = answer.text(IFLA_IFNAME);
  facts.peer = static_cast<int>(answer.number(IFLA_LINK));
  facts.master = static_cast<int>(answer.number(IFLA_MASTER));
  if (const auto mac = answer.attributes.find(IFLA_ADDRESS); mac != answer.attributes.end()) facts.mac = mac->second;
  return facts;
}

}  // namespace

std::string at(const std::string& ns, const std::string& link) {
  return ns.empty() ? link : fmt::format("{} in {}", link, ns);
}

Result<RawAddress> parse_address(std::string_view text) {
  const auto slash = text.find('/');
  const std::string host(text.substr(0, slash));
  RawAddress raw;
  std::array<std::uint8_t, 16> bytes{};
  if (::inet_pton(AF_INET, host.c_str(), bytes.data()) == 1) {
    raw.bytes.assign(bytes.begin(), bytes.begin() + 4);
  } else if (::inet_pton(AF_INET6, host.c_str(), bytes.data()) == 1) {
    raw.family = AF_INET6;
    raw.bytes.assign(bytes.begin(), bytes.end());
  } else {
    return fail(Errc::invalid, fmt::format("'{}' is not an address", text));
  }
  raw.length = raw.full_length();
  if (slash != std::string_view::npos) {
    const auto length = parse_int(text.substr(slash + 1));
    if (!length || *length < 0 || *length > raw.full_length())
      return fail(Errc::invalid, fmt::format("'{}' has no such prefix length", text));
    raw.length = static_cast<int>(*length);
  }
  return raw;
}

Result<Mac> parse_mac(const std::string& text) {
  Mac mac{};
  const auto parts = split(text, ':');
  bool good = parts.size() == mac.size();
  for (std::size_t i = 0; good && i < mac.size(); ++i) {
    unsigned value = 0;
    good = parts[i].size() == 2 && std::sscanf(std::string(parts[i]).c_str(), "%2x", &value) == 1;
    mac[i] = static_cast<std::uint8_t>(value);
  }
  if (!good) return fail(Errc::invalid, fmt::format("'{}' is not a MAC address", text));
  return mac;
}

Result<> check_name(const std::string& name) {
  if (!name.empty() && name.size() < IFNAMSIZ) return {};
  return fail(Errc::invalid, fmt::format("link '{}': a name has 1 to {} characters", name, IFNAMSIZ - 1));
}

Result<std::optional<LinkFacts>> find_link(const std::string& ns, const std::string& name) {
  FW_TRY_DO(check_name(name));
  NetlinkRequest request(RTM_GETLINK, 0, ifinfomsg{});
  request.text(IFLA_IFNAME, name);
  std::vector<NetlinkAnswer> answers;
  FW_TRY(const int code, talk(ns, std::move(request), sizeof(ifinfomsg), &answers));
  if (code == ENODEV) return std::nullopt;
  if (code != 0) return fail_errno("look up link " + at(ns, name), code);
  if (answers.empty()) return std::nullopt;
  return to_facts(answers.front());
}

Result<LinkFacts> need_link(const std::string& ns, const std::string& name) {
  FW_TRY(auto found, find_link(ns, name));
  if (!found) return fail(Errc::not_found, fmt::format("link {}: there is none of this name", at(ns, name)));
  return *found;
}

Result<> change_link(const std::string& ns, int index, std::string_view doing, unsigned flags,
                     const std::function<void(NetlinkRequest&)>& fill) {
  ifinfomsg header{};
  header.ifi_index = index;
  header.ifi_flags = header.ifi_change = flags;
  NetlinkRequest request(RTM_NEWLINK, 0, header);
  fill(request);
  return expect(talk(ns, std::move(request)), doing);
}

Result<> set_up(const std::string& ns, const LinkFacts& link) {
  if (link.up) return {};
  return change_link(ns, link.index, "bring up " + at(ns, link.name), IFF_UP, [](NetlinkRequest&) {});
}

Result<> set_mac(const std::string& ns, const LinkFacts& link, const std::string& text) {
  if (text.empty()) return {};
  FW_TRY(const Mac mac, parse_mac(text));
  if (link.mac.size() == mac.size() && std::memcmp(link.mac.data(), mac.data(), mac.size()) == 0) return {};
  return change_link(ns, link.index, "set the MAC address of " + at(ns, link.name), 0,
                     [&](NetlinkRequest& request) { request.bytes(IFLA_ADDRESS, mac.data(), mac.size()); });
}

}  // namespace fairway::net
