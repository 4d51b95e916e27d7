// Fields of namespaces, nodes, services, endpoints, events, secrets, config maps and service accounts (format:
// schema.h).
#include "kube_api/object/schema_text.h"

namespace fairway::kube_api {

const std::string_view kCoreSchemaText = R"schema(package core io.k8s.api.core.v1
alias ConditionStatus string
alias FinalizerName string
alias IPFamily string enum |IPv4|IPv6
alias IPFamilyPolicy string enum PreferDualStack|RequireDualStack|SingleStack
alias LoadBalancerIPMode string
alias NamespaceConditionType string
alias NamespacePhase string enum Active|Terminating
alias NodeAddressType string
alias NodeConditionType string
alias NodePhase string enum Pending|Running|Terminated
alias Protocol string enum SCTP|TCP|UDP
alias ResourceList {}Quantity
alias SecretType string
alias ServiceAffinity string enum ClientIP|None
alias ServiceExternalTrafficPolicy string enum Cluster|Local
alias ServiceInternalTrafficPolicy string enum Cluster|Local
alias ServiceType string enum ClusterIP|ExternalName|LoadBalancer|NodePort
alias TaintEffect string enum NoExecute|NoSchedule|PreferNoSchedule
alias UniqueVolumeName string
type Namespace
  kind string, apiVersion string, metadata:1 meta.ObjectMeta, spec:2 NamespaceSpec, status:3 NamespaceStatus
type Node
  kind string, apiVersion string, metadata:1 meta.ObjectMeta, spec:2 NodeSpec, status:3 NodeStatus
type Pod
  kind string, apiVersion string, metadata:1 meta.ObjectMeta, spec:2 PodSpec, status:3 PodStatus
type Service
  kind string, apiVersion string, metadata:1 meta.ObjectMeta, spec:2 ServiceSpec, status:3 ServiceStatus
type Endpoints
  kind string, apiVersion string, metadata:1 meta.ObjectMeta, subsets:2 []EndpointSubset
type Event
  kind string, apiVersion string, metadata:1! meta.ObjectMeta, involvedObject:2! ObjectReference, reason:3
  string, message:4 string, source:5 EventSource, firstTimestamp:6 meta.Time, lastTimestamp:7 meta.Time, count:8
  int32, type:9 string, eventTime:10 meta.MicroTime, series:11 *EventSeries, action:12 string, related:13
  *ObjectReference, reportingComponent:14+ string, reportingInstance:15+ string
type Secret
  kind string, apiVersion string, metadata:1 meta.ObjectMeta, immutable:5 *bool, data:2 {}bytes, stringData:4
  {}string, type:3 SecretType
type ConfigMap
  kind string, apiVersion string, metadata:1 meta.ObjectMeta, immutable:4 *bool, data:2 {}string, binaryData:3
  {}bytes
type ServiceAccount
  kind string, apiVersion string, metadata:1 meta.ObjectMeta, secrets:2 []ObjectReference @merge:name,
  imagePullSecrets:3 []LocalObjectReference, automountServiceAccountToken:4 *bool
type Binding
  kind string, apiVersion string, metadata:1 meta.ObjectMeta, target:2! ObjectReference
type NamespaceList
  kind string, apiVersion string, metadata:1 meta.ListMeta, items:2! []Namespace
type NodeList
  kind string, apiVersion string, metadata:1 meta.ListMeta, items:2! []Node
type PodList
  kind string, apiVersion string, metadata:1 meta.ListMeta, items:2! []Pod
type ServiceList
  kind string, apiVersion string, metadata:1 meta.ListMeta, items:2! []Service
type EndpointsList
  kind string, apiVersion string, metadata:1 meta.ListMeta, items:2! []Endpoints
type EventList
  kind string, apiVersion string, metadata:1 meta.ListMeta, items:2! []Event
type SecretList
  kind string, apiVersion string, metadata:1 meta.ListMeta, items:2! []Secret
type ConfigMapList
  kind string, apiVersion string, metadata:1 meta.ListMeta, items:2! []ConfigMap
type ServiceAccountList
  kind string, apiVersion string, metadata:1 meta.ListMeta, items:2! []ServiceAccount
type NamespaceSpec
  finalizers:1 []FinalizerName
type NamespaceStatus
  phase:1 NamespacePhase, conditions:2 []NamespaceCondition @merge:type
type NodeSpec
  podCIDR:1 string, podCIDRs:7 []string @merge, providerID:3 string, unschedulable:4 bool, taints:5 []Taint,
  configSource:6 *NodeConfigSource, externalID:2 string
type NodeStatus
  capacity:1 ResourceList, allocatable:2 ResourceList, phase:3 NodePhase, conditions:4 []NodeCondition
  @merge:type, addresses:5 []NodeAddress @merge:type, daemonEndpoints:6 NodeDaemonEndpoints, nodeInfo:7
  NodeSystemInfo, images:8 []ContainerImage, volumesInUse:9 []UniqueVolumeName, volumesAttached:10
  []AttachedVolume, config:11 *NodeConfigStatus, runtimeHandlers:12 []NodeRuntimeHandler, features:13
  *NodeFeatures, declaredFeatures:14 []string
type ServiceSpec
  ports:1 []ServicePort @merge:port, selector:2 {}string, clusterIP:3 string, clusterIPs:18 []string, type:4
  ServiceType, externalIPs:5 []string, sessionAffinity:7 ServiceAffinity, loadBalancerIP:8 string,
  loadBalancerSourceRanges:9 []string, externalName:10 string, externalTrafficPolicy:11
  ServiceExternalTrafficPolicy, healthCheckNodePort:12 int32, publishNotReadyAddresses:13 bool,
  sessionAffinityConfig:14 *SessionAffinityConfig, ipFamilies:19 []IPFamily, ipFamilyPolicy:17 *IPFamilyPolicy,
  allocateLoadBalancerNodePorts:20 *bool, loadBalancerClass:21 *string, internalTrafficPolicy:22
  *ServiceInternalTrafficPolicy, trafficDistribution:23 *string
type ServiceStatus
  loadBalancer:1 LoadBalancerStatus, conditions:2 []meta.Condition @merge:type
type EndpointSubset
  addresses:1 []EndpointAddress, notReadyAddresses:2 []EndpointAddress, ports:3 []EndpointPort
type ObjectReference
  kind:1 string, namespace:2 string, name:3 string, uid:4 types.UID, apiVersion:5 string, resourceVersion:6
  string, fieldPath:7 string
type EventSource
  component:1 string, host:2 string
type EventSeries
  count:1 int32, lastObservedTime:2 meta.MicroTime
type LocalObjectReference
  name:1 string
type NamespaceCondition
  type:1! NamespaceConditionType, status:2! ConditionStatus, lastTransitionTime:4 meta.Time, reason:5 string,
  message:6 string
type Taint
  key:1! string, value:2 string, effect:3! TaintEffect, timeAdded:4 *meta.Time
type NodeConfigSource
  configMap:2 *ConfigMapNodeConfigSource
type NodeCondition
  type:1! NodeConditionType, status:2! ConditionStatus, lastHeartbeatTime:3 meta.Time, lastTransitionTime:4
  meta.Time, reason:5 string, message:6 string
type NodeAddress
  type:1! NodeAddressType, address:2! string
type NodeDaemonEndpoints
  kubeletEndpoint:1 DaemonEndpoint
type NodeSystemInfo
  machineID:1! string, systemUUID:2! string, bootID:3! string, kernelVersion:4! string, osImage:5! string,
  containerRuntimeVersion:6! string, kubeletVersion:7! string, kubeProxyVersion:8! string, operatingSystem:9!
  string, architecture:10! string, swap:11 *NodeSwapStatus
type ContainerImage
  names:1+ []string, sizeBytes:2 int64
type AttachedVolume
  name:1! UniqueVolumeName, devicePath:2! string
type NodeConfigStatus
  assigned:1 *NodeConfigSource, active:2 *NodeConfigSource, lastKnownGood:3 *NodeConfigSource, error:4 string
type NodeRuntimeHandler
  name:1+ string, features:2 *NodeRuntimeHandlerFeatures
type NodeFeatures
  supplementalGroupsPolicy:1 *bool
type ServicePort
  name:1 string, protocol:2 Protocol, appProtocol:6 *string, port:3! int32, targetPort:4 IntOrString, nodePort:5
  int32
type SessionAffinityConfig
  clientIP:1 *ClientIPConfig
type LoadBalancerStatus
  ingress:1 []LoadBalancerIngress
type EndpointAddress
  ip:1! string, hostname:3 string, nodeName:4 *string, targetRef:2 *ObjectReference
type EndpointPort
  name:1 string, port:2! int32, protocol:3 Protocol, appProtocol:4 *string
type ConfigMapNodeConfigSource
  namespace:1! string, name:2! string, uid:3 types.UID, resourceVersion:4 string, kubeletConfigKey:5! string
type DaemonEndpoint
  Port:1! int32
type NodeSwapStatus
  capacity:1 *int64
type NodeRuntimeHandlerFeatures
  recursiveReadOnlyMounts:1 *bool, userNamespaces:2 *bool
type ClientIPConfig
  timeoutSeconds:1 *int32
type LoadBalancerIngress
  ip:1 string, hostname:2 string, ipMode:3 *LoadBalancerIPMode, ports:4 []PortStatus
type PortStatus
  port:1! int32, protocol:2! Protocol, error:3 *string
)schema";

}  // namespace fairway::kube_api
