// Fields of namespaces, nodes, services, endpoints, events, secrets, config maps and service accounts (format: schema.h).
#include "kube_api/schema_text.h"

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
  kind string, apiVersion string, metadata meta.ObjectMeta, spec NamespaceSpec, status NamespaceStatus
type Node
  kind string, apiVersion string, metadata meta.ObjectMeta, spec NodeSpec, status NodeStatus
type Pod
  kind string, apiVersion string, metadata meta.ObjectMeta, spec PodSpec, status PodStatus
type Service
  kind string, apiVersion string, metadata meta.ObjectMeta, spec ServiceSpec, status ServiceStatus
type Endpoints
  kind string, apiVersion string, metadata meta.ObjectMeta, subsets []EndpointSubset
type Event
  kind string, apiVersion string, metadata! meta.ObjectMeta, involvedObject! ObjectReference, reason string,
  message string, source EventSource, firstTimestamp meta.Time, lastTimestamp meta.Time, count int32, type
  string, eventTime meta.MicroTime, series *EventSeries, action string, related *ObjectReference,
  reportingComponent+ string, reportingInstance+ string
type Secret
  kind string, apiVersion string, metadata meta.ObjectMeta, immutable *bool, data {}bytes, stringData {}string,
  type SecretType
type ConfigMap
  kind string, apiVersion string, metadata meta.ObjectMeta, immutable *bool, data {}string, binaryData {}bytes
type ServiceAccount
  kind string, apiVersion string, metadata meta.ObjectMeta, secrets []ObjectReference @merge:name,
  imagePullSecrets []LocalObjectReference, automountServiceAccountToken *bool
type Binding
  kind string, apiVersion string, metadata meta.ObjectMeta, target! ObjectReference
type NamespaceList
  kind string, apiVersion string, metadata meta.ListMeta, items! []Namespace
type NodeList
  kind string, apiVersion string, metadata meta.ListMeta, items! []Node
type PodList
  kind string, apiVersion string, metadata meta.ListMeta, items! []Pod
type ServiceList
  kind string, apiVersion string, metadata meta.ListMeta, items! []Service
type EndpointsList
  kind string, apiVersion string, metadata meta.ListMeta, items! []Endpoints
type EventList
  kind string, apiVersion string, metadata meta.ListMeta, items! []Event
type SecretList
  kind string, apiVersion string, metadata meta.ListMeta, items! []Secret
type ConfigMapList
  kind string, apiVersion string, metadata meta.ListMeta, items! []ConfigMap
type ServiceAccountList
  kind string, apiVersion string, metadata meta.ListMeta, items! []ServiceAccount
type NamespaceSpec
  finalizers []FinalizerName
type NamespaceStatus
  phase NamespacePhase, conditions []NamespaceCondition @merge:type
type NodeSpec
  podCIDR string, podCIDRs []string @merge, providerID string, unschedulable bool, taints []Taint, configSource
  *NodeConfigSource, externalID string
type NodeStatus
  capacity ResourceList, allocatable ResourceList, phase NodePhase, conditions []NodeCondition @merge:type,
  addresses []NodeAddress @merge:type, daemonEndpoints NodeDaemonEndpoints, nodeInfo NodeSystemInfo, images
  []ContainerImage, volumesInUse []UniqueVolumeName, volumesAttached []AttachedVolume, config *NodeConfigStatus,
  runtimeHandlers []NodeRuntimeHandler, features *NodeFeatures, declaredFeatures []string
type ServiceSpec
  ports []ServicePort @merge:port, selector {}string, clusterIP string, clusterIPs []string, type ServiceType,
  externalIPs []string, sessionAffinity ServiceAffinity, loadBalancerIP string, loadBalancerSourceRanges
  []string, externalName string, externalTrafficPolicy ServiceExternalTrafficPolicy, healthCheckNodePort int32,
  publishNotReadyAddresses bool, sessionAffinityConfig *SessionAffinityConfig, ipFamilies []IPFamily,
  ipFamilyPolicy *IPFamilyPolicy, allocateLoadBalancerNodePorts *bool, loadBalancerClass *string,
  internalTrafficPolicy *ServiceInternalTrafficPolicy, trafficDistribution *string
type ServiceStatus
  loadBalancer LoadBalancerStatus, conditions []meta.Condition @merge:type
type EndpointSubset
  addresses []EndpointAddress, notReadyAddresses []EndpointAddress, ports []EndpointPort
type ObjectReference
  kind string, namespace string, name string, uid types.UID, apiVersion string, resourceVersion string,
  fieldPath string
type EventSource
  component string, host string
type EventSeries
  count int32, lastObservedTime meta.MicroTime
type LocalObjectReference
  name string
type NamespaceCondition
  type! NamespaceConditionType, status! ConditionStatus, lastTransitionTime meta.Time, reason string, message
  string
type Taint
  key! string, value string, effect! TaintEffect, timeAdded *meta.Time
type NodeConfigSource
  configMap *ConfigMapNodeConfigSource
type NodeCondition
  type! NodeConditionType, status! ConditionStatus, lastHeartbeatTime meta.Time, lastTransitionTime meta.Time,
  reason string, message string
type NodeAddress
  type! NodeAddressType, address! string
type NodeDaemonEndpoints
  kubeletEndpoint DaemonEndpoint
type NodeSystemInfo
  machineID! string, systemUUID! string, bootID! string, kernelVersion! string, osImage! string,
  containerRuntimeVersion! string, kubeletVersion! string, kubeProxyVersion! string, operatingSystem! string,
  architecture! string, swap *NodeSwapStatus
type ContainerImage
  names+ []string, sizeBytes int64
type AttachedVolume
  name! UniqueVolumeName, devicePath! string
type NodeConfigStatus
  assigned *NodeConfigSource, active *NodeConfigSource, lastKnownGood *NodeConfigSource, error string
type NodeRuntimeHandler
  name+ string, features *NodeRuntimeHandlerFeatures
type NodeFeatures
  supplementalGroupsPolicy *bool
type ServicePort
  name string, protocol Protocol, appProtocol *string, port! int32, targetPort IntOrString, nodePort int32
type SessionAffinityConfig
  clientIP *ClientIPConfig
type LoadBalancerStatus
  ingress []LoadBalancerIngress
type EndpointAddress
  ip! string, hostname string, nodeName *string, targetRef *ObjectReference
type EndpointPort
  name string, port! int32, protocol Protocol, appProtocol *string
type ConfigMapNodeConfigSource
  namespace! string, name! string, uid types.UID, resourceVersion string, kubeletConfigKey! string
type DaemonEndpoint
  Port! int32
type NodeSwapStatus
  capacity *int64
type NodeRuntimeHandlerFeatures
  recursiveReadOnlyMounts *bool, userNamespaces *bool
type ClientIPConfig
  timeoutSeconds *int32
type LoadBalancerIngress
  ip string, hostname string, ipMode *LoadBalancerIPMode, ports []PortStatus
type PortStatus
  port! int32, protocol! Protocol, error *string
)schema";

}  // namespace fairway::kube_api
