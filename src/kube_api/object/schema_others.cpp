// Fields of endpoint slices, leases, events of events.k8s.io, and of the metadata that all objects share (format:
// schema.h).
#include "kube_api/object/schema_text.h"

namespace fairway::kube_api {

const std::string_view kOtherSchemaText = R"schema(package discovery io.k8s.api.discovery.v1
alias AddressType string enum FQDN|IPv4|IPv6
type EndpointSlice
  kind string, apiVersion string, metadata:1 meta.ObjectMeta, addressType:4! AddressType, endpoints:2+
  []Endpoint, ports:3+ []EndpointPort
type EndpointSliceList
  kind string, apiVersion string, metadata:1 meta.ListMeta, items:2! []EndpointSlice
type Endpoint
  addresses:1! []string, conditions:2 EndpointConditions, hostname:3 *string, targetRef:4 *core.ObjectReference,
  deprecatedTopology:5 {}string, nodeName:6 *string, zone:7 *string, hints:8 *EndpointHints
type EndpointPort
  name:1 *string, protocol:2 *core.Protocol, port:3 *int32, appProtocol:4 *string
type EndpointConditions
  ready:1 *bool, serving:2 *bool, terminating:3 *bool
type EndpointHints
  forZones:1 []ForZone, forNodes:2 []ForNode
type ForZone
  name:1! string
type ForNode
  name:1! string
package coordination io.k8s.api.coordination.v1
alias CoordinatedLeaseStrategy string
type Lease
  kind string, apiVersion string, metadata:1 meta.ObjectMeta, spec:2 LeaseSpec
type LeaseList
  kind string, apiVersion string, metadata:1 meta.ListMeta, items:2! []Lease
type LeaseSpec
  holderIdentity:1 *string, leaseDurationSeconds:2 *int32, acquireTime:3 *meta.MicroTime, renewTime:4
  *meta.MicroTime, leaseTransitions:5 *int32, strategy:6 *CoordinatedLeaseStrategy, preferredHolder:7 *string
package events io.k8s.api.events.v1
type Event
  kind string, apiVersion string, metadata:1+ meta.ObjectMeta, eventTime:2! meta.MicroTime, series:3
  *EventSeries, reportingController:4 string, reportingInstance:5 string, action:6 string, reason:7 string,
  regarding:8 core.ObjectReference, related:9 *core.ObjectReference, note:10 string, type:11 string,
  deprecatedSource:12 core.EventSource, deprecatedFirstTimestamp:13 meta.Time, deprecatedLastTimestamp:14
  meta.Time, deprecatedCount:15 int32
type EventList
  kind string, apiVersion string, metadata:1 meta.ListMeta, items:2! []Event
type EventSeries
  count:1! int32, lastObservedTime:2! meta.MicroTime
package meta io.k8s.apimachinery.pkg.apis.meta.v1
alias CauseType string
alias ConditionStatus string
alias DeletionPropagation string
alias LabelSelectorOperator string
alias ManagedFieldsOperationType string
alias StatusReason string
type Status
  kind string, apiVersion string, metadata:1 ListMeta, status:2 string, message:3 string, reason:4 StatusReason,
  details:5 *StatusDetails, code:6 int32
type DeleteOptions
  kind string, apiVersion string, gracePeriodSeconds:1 *int64, preconditions:2 *Preconditions,
  orphanDependents:3 *bool, propagationPolicy:4 *DeletionPropagation, dryRun:5 []string,
  ignoreStoreReadErrorWithClusterBreakingPotential:6 *bool
type Preconditions
  uid:1 *types.UID, resourceVersion:2 *string
type ObjectMeta
  name:1 string, generateName:2 string, namespace:3 string, selfLink:4 string, uid:5 types.UID,
  resourceVersion:6 string, generation:7 int64, creationTimestamp:8 Time, deletionTimestamp:9 *Time,
  deletionGracePeriodSeconds:10 *int64, labels:11 {}string, annotations:12 {}string, ownerReferences:13
  []OwnerReference @merge:uid, finalizers:14 []string @merge, managedFields:17 []ManagedFieldsEntry
type ListMeta
  selfLink:1 string, resourceVersion:2 string, continue:3 string, remainingItemCount:4 *int64, shardInfo:5
  *ShardInfo
type StatusDetails
  name:1 string, group:2 string, kind:3 string, uid:6 types.UID, causes:4 []StatusCause, retryAfterSeconds:5
  int32
type OwnerReference
  apiVersion:5! string, kind:1! string, name:3! string, uid:4! types.UID, controller:6 *bool,
  blockOwnerDeletion:7 *bool
type ManagedFieldsEntry
  manager:1 string, operation:2 ManagedFieldsOperationType, apiVersion:3 string, time:4 *Time, fieldsType:6
  string, fieldsV1:7 *FieldsV1, subresource:8 string
type Condition
  type:1! string, status:2! ConditionStatus, observedGeneration:3 int64, lastTransitionTime:4! Time, reason:5!
  string, message:6! string
type ShardInfo
  selector:1! string
type StatusCause
  reason:1 CauseType, message:2 string, field:3 string
type LabelSelector
  matchLabels:1 {}string, matchExpressions:2 []LabelSelectorRequirement
type LabelSelectorRequirement
  key:1! string, operator:2! LabelSelectorOperator, values:3 []string
)schema";

}  // namespace fairway::kube_api
