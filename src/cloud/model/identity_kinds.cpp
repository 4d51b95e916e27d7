#include "cloud/model/identity.h"

#include "cloud/model/kind_impl.h"

namespace fairway::cloud {

FAIRWAY_CLOUD_KIND(Domain)
FAIRWAY_CLOUD_KIND(Project)
FAIRWAY_CLOUD_KIND(User)
FAIRWAY_CLOUD_KIND(Role)
FAIRWAY_CLOUD_KIND(RoleAssignment)
FAIRWAY_CLOUD_KIND(ApplicationCredential)
FAIRWAY_CLOUD_KIND(SigningKey)
FAIRWAY_CLOUD_KIND(RevokedToken)

}  // namespace fairway::cloud
