// Fields of endpoint slices, leases, events of events.k8s.io, and of the metadata that all objects share (format: schema.h).
#include "kube_api/schema_text.h"

namespace fairway::kube_api {

const std::string_view kOtherSchemaText = R"schema(package discovery io.k8s.api.discovery.v1
alias AddressType string enum FQDN|IPv4|IPv6
type EndpointSlice
  kind string, apiVersion string, metadata meta.ObjectMeta, addressType! AddressType, endpoints+ []Endpoint,
  ports+ []EndpointPort
type EndpointSliceList
  kind string, apiVersion string, metadata meta.ListMeta, items! []EndpointSlice
type Endpoint
  addresses! []string, conditions EndpointConditions, hostname *string, targetRef *core.ObjectReference,
  deprecatedTopology {}string, nodeName *string, zone *string, hints *EndpointHints
type EndpointPort
  name *string, protocol *core.Protocol, port *int32, appProtocol *string
type EndpointConditions
  ready *bool, serving *bool, terminating *bool
type EndpointHints
  forZones []ForZone, forNodes []ForNode
type ForZone
  name! string
type ForNode
  name! string
package coordination io.k8s.api.coordination.v1
alias CoordinatedLeaseStrategy string
type Lease
  kind string, apiVersion string, metadata meta.ObjectMeta, spec LeaseSpec
type LeaseList
  kind string, apiVersion string, metadata meta.ListMeta, items! []Lease
type LeaseSpec
  holderIdentity *string, leaseDurationSeconds *int32, acquireTime *meta.MicroTime, renewTime *meta.MicroTime,
  leaseTransitions *int32, strategy *CoordinatedLeaseStrategy, preferredHolder *string
package events io.k8s.api.events.v1
type Event
  kind string, apiVersion string, metadata+ meta.ObjectMeta, eventTime! meta.MicroTime, series *EventSeries,
  reportingController string, reportingInstance string, action string, reason string, regarding
  core.ObjectReference, related *core.ObjectReference, note string, type string, deprecatedSource
  core.EventSource, deprecatedFirstTimestamp meta.Time, deprecatedLastTimestamp meta.Time, deprecatedCount int32
type EventList
  kind string, apiVersion string, metadata meta.ListMeta, items! []Event
type EventSeries
  count! int32, lastObservedTime! meta.MicroTime
package meta io.k8s.apimachinery.pkg.apis.meta.v1
alias CauseType string
alias ConditionStatus string
alias DeletionPropagation string
alias LabelSelectorOperator string
alias ManagedFieldsOperationType string
alias StatusReason string
type Status
  kind string, apiVersion string, metadata ListMeta, status string, message string, reason StatusReason, details
  *StatusDetails, code int32
type DeleteOptions
  kind string, apiVersion string, gracePeriodSeconds *int64, preconditions *Preconditions, orphanDependents
  *bool, propagationPolicy *DeletionPropagation, dryRun []string,
  ignoreStoreReadErrorWithClusterBreakingPotential *bool
type Preconditions
  uid *types.UID, resourceVersion *string
type ObjectMeta
  name string, generateName string, namespace string, selfLink string, uid types.UID, resourceVersion string,
  generation int64, creationTimestamp Time, deletionTimestamp *Time, deletionGracePeriodSeconds *int64, labels
  {}string, annotations {}string, ownerReferences []OwnerReference @merge:uid, finalizers []string @merge,
  managedFields []ManagedFieldsEntry
type ListMeta
  selfLink string, resourceVersion string, continue string, remainingItemCount *int64, shardInfo *ShardInfo
type StatusDetails
  name string, group string, kind string, uid types.UID, causes []StatusCause, retryAfterSeconds int32
type OwnerReference
  apiVersion! string, kind! string, name! string, uid! types.UID, controller *bool, blockOwnerDeletion *bool
type ManagedFieldsEntry
  manager string, operation ManagedFieldsOperationType, apiVersion string, time *Time, fieldsType string,
  fieldsV1 *FieldsV1, subresource string
type Condition
  type! string, status! ConditionStatus, observedGeneration int64, lastTransitionTime! Time, reason! string,
  message! string
type ShardInfo
  selector! string
type StatusCause
  reason CauseType, message string, field string
type LabelSelector
  matchLabels {}string, matchExpressions []LabelSelectorRequirement
type LabelSelectorRequirement
  key! string, operator! LabelSelectorOperator, values []string
)schema";

}  // namespace fairway::kube_api
