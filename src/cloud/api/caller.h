// Who is asking, as a checked token says, and what that lets them see.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace fairway::cloud {

struct Caller {
  std::string user_id, user_name;
  std::string project_id, project_name;   // empty: an unscoped token
  std::vector<std::string> roles;         // names on that project, implied ones included (admin > member > reader)
  bool is_admin = false;                  // holds the role "admin": sees and changes every project's objects
  std::string application_credential_id;  // empty: logged in by other means
  bool restricted = false;                // an application credential that may not make others

  [[nodiscard]] bool has_role(std::string_view role) const { return std::ranges::find(roles, role) != roles.end(); }
};

// Which projects' objects a query shows. Every list and every lookup by id takes one.
struct Scope {
  bool all = false;
  std::string project_id;
  [[nodiscard]] bool sees(std::string_view project) const {
    return all || (!project.empty() && project == project_id);
  }
};

// Checks a token against its signature, its expiry, the revocations, and the present user, project and roles.
// Errors: unauthenticated. Threads: the loop's; does no I/O.
class TokenVerifier {
 public:
  virtual ~TokenVerifier() = default;
  [[nodiscard]] virtual Result<Caller> verify(std::string_view token) const = 0;
};

}  // namespace fairway::cloud
