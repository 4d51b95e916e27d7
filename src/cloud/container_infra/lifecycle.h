// What becomes of a cluster: the steps of its status, as changes of the ledger. Decisions only; no I/O.
//
//   POST            CREATE_IN_PROGRESS ─done→ CREATE_COMPLETE     ─failed, or out of time→ CREATE_FAILED
//   PATCH, resize…  UPDATE_IN_PROGRESS ─done→ UPDATE_COMPLETE     ─failed, or out of time→ UPDATE_FAILED
//   an adoption     CREATE_IN_PROGRESS ─done→ ADOPT_COMPLETE      ─failed, or out of time→ CREATE_FAILED
//   DELETE          DELETE_IN_PROGRESS ─gone→ the rows go         ─failed, or out of time→ DELETE_FAILED
//
// A driver is level-based, so a failure is not the end of it: what it reports as done afterwards is complete.
#pragma once

#include <string>
#include <string_view>

#include "cloud/model/ledger.h"
#include "cluster_link/messages.h"
#include "json/value.h"
#include "runtime/env.h"

namespace fairway::cloud::container_infra {

[[nodiscard]] bool in_progress(std::string_view status);  // …_IN_PROGRESS
[[nodiscard]] bool has_failed(std::string_view status);   // …_FAILED

// The stamp of a change now, as stored; and as the API shows it ("2026-01-01T00:00:00+00:00", null for empty).
[[nodiscard]] std::string stamp_now(Env& env);
[[nodiscard]] json::Value show_stamp(const std::string& stored);

// Begins an operation: `verb` is CREATE, UPDATE or DELETE. The generation grows, the deadline is set by the cluster's
// timeout.
void begin(Env& env, Cluster& cluster, std::string_view verb);
// The same for those of a cluster's groups that the operation concerns.
void begin(Env& env, NodeGroup& group, std::string_view verb);

// Error: unsupported, when the cluster is adopted. `doing`: "Upgrading".
[[nodiscard]] Result<> check_own(const Cluster& cluster, std::string_view doing);
// Error: unsupported, when the cluster is adopted or its status does not let it be changed; `doing`: "Updating", "Resizing".
[[nodiscard]] Result<> check_may_change(const Cluster& cluster, std::string_view doing);

// What a driver has said. A cluster that is not known is passed over.
void take_facts(Work& work, Env& env, const cluster_link::Facts& facts);
// A deleting cluster has left nothing behind: it goes, and with it its groups, facts and credential.
void take_gone(Work& work, const std::string& id);
// Fails what has not come to an end by its deadline. `why`: what was waited for, when the driver has not said it.
void fail_overdue(Work& work, Env& env, std::string_view why);
[[nodiscard]] bool any_overdue(const State& state, const Env& env);

}  // namespace fairway::cloud::container_infra
