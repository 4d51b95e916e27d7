// Fields of pods (format: schema.h).
#include "kube_api/object/schema_text.h"

namespace fairway::kube_api {

const std::string_view kPodSchemaText = R"schema(package core io.k8s.api.core.v1
alias AppArmorProfileType string enum Localhost|RuntimeDefault|Unconfined
alias AzureDataDiskCachingMode string enum None|ReadOnly|ReadWrite
alias AzureDataDiskKind string enum Dedicated|Managed|Shared
alias Capability string
alias ContainerRestartPolicy string
alias ContainerRestartRuleAction string
alias ContainerRestartRuleOnExitCodesOperator string
alias DNSPolicy string enum ClusterFirst|ClusterFirstWithHostNet|Default|None
alias HostPathType string enum |BlockDevice|CharDevice|Directory|DirectoryOrCreate|File|FileOrCreate|Socket
alias MountPropagationMode string enum Bidirectional|HostToContainer|None
alias NodeInclusionPolicy string enum Honor|Ignore
alias NodeSelectorOperator string enum DoesNotExist|Exists|Gt|In|Lt|NotIn
alias OSName string
alias PersistentVolumeAccessMode string enum ReadOnlyMany|ReadWriteMany|ReadWriteOnce|ReadWriteOncePod
alias PersistentVolumeMode string enum Block|Filesystem
alias PodConditionType string
alias PodFSGroupChangePolicy string enum Always|OnRootMismatch
alias PodPhase string enum Failed|Pending|Running|Succeeded|Unknown
alias PodQOSClass string enum BestEffort|Burstable|Guaranteed
alias PodResizeStatus string
alias PodSELinuxChangePolicy string
alias PreemptionPolicy string enum Never|PreemptLowerPriority
alias ProcMountType string enum Default|Unmasked
alias PullPolicy string enum Always|IfNotPresent|Never
alias RecursiveReadOnlyMode string
alias ResourceHealthStatus string
alias ResourceID string
alias ResourceName string
alias ResourceResizeRestartPolicy string
alias RestartPolicy string enum Always|Never|OnFailure
alias SeccompProfileType string enum Localhost|RuntimeDefault|Unconfined
alias Signal string enum SIGABRT|SIGALRM|SIGBUS|SIGCHLD|SIGCLD|SIGCONT|SIGFPE|SIGHUP|SIGILL|SIGINT|SIGIO|SIGIOT|SIGKILL|SIGPIPE|SIGPOLL|SIGPROF|SIGPWR|SIGQUIT|SIGRTMAX|SIGRTMAX-1|SIGRTMAX-10|SIGRTMAX-11|SIGRTMAX-12|SIGRTMAX-13|SIGRTMAX-14|SIGRTMAX-2|SIGRTMAX-3|SIGRTMAX-4|SIGRTMAX-5|SIGRTMAX-6|SIGRTMAX-7|SIGRTMAX-8|SIGRTMAX-9|SIGRTMIN|SIGRTMIN+1|SIGRTMIN+10|SIGRTMIN+11|SIGRTMIN+12|SIGRTMIN+13|SIGRTMIN+14|SIGRTMIN+15|SIGRTMIN+2|SIGRTMIN+3|SIGRTMIN+4|SIGRTMIN+5|SIGRTMIN+6|SIGRTMIN+7|SIGRTMIN+8|SIGRTMIN+9|SIGSEGV|SIGSTKFLT|SIGSTOP|SIGSYS|SIGTERM|SIGTRAP|SIGTSTP|SIGTTIN|SIGTTOU|SIGURG|SIGUSR1|SIGUSR2|SIGVTALRM|SIGWINCH|SIGXCPU|SIGXFSZ
alias StorageMedium string
alias SupplementalGroupsPolicy string enum Merge|Strict
alias TerminationMessagePolicy string enum FallbackToLogsOnError|File
alias TolerationOperator string enum Equal|Exists|Gt|Lt
alias URIScheme string enum HTTP|HTTPS
alias UnsatisfiableConstraintAction string enum DoNotSchedule|ScheduleAnyway
type PodSpec
  volumes:1 []Volume @merge+retainKeys:name, initContainers:20 []Container @merge:name, containers:2!
  []Container @merge:name, ephemeralContainers:34 []EphemeralContainer @merge:name, restartPolicy:3
  RestartPolicy, terminationGracePeriodSeconds:4 *int64, activeDeadlineSeconds:5 *int64, dnsPolicy:6 DNSPolicy,
  nodeSelector:7 {}string, serviceAccountName:8 string, serviceAccount:9 string, automountServiceAccountToken:21
  *bool, nodeName:10 string, hostNetwork:11 bool, hostPID:12 bool, hostIPC:13 bool, shareProcessNamespace:27
  *bool, securityContext:14 *PodSecurityContext, imagePullSecrets:15 []LocalObjectReference @merge:name,
  hostname:16 string, subdomain:17 string, affinity:18 *Affinity, schedulerName:19 string, tolerations:22
  []Toleration, hostAliases:23 []HostAlias @merge:ip, priorityClassName:24 string, priority:25 *int32,
  dnsConfig:26 *PodDNSConfig, readinessGates:28 []PodReadinessGate, runtimeClassName:29 *string,
  enableServiceLinks:30 *bool, preemptionPolicy:31 *PreemptionPolicy, overhead:32 ResourceList,
  topologySpreadConstraints:33 []TopologySpreadConstraint @merge:topologyKey, setHostnameAsFQDN:35 *bool, os:36
  *PodOS, hostUsers:37 *bool, schedulingGates:38 []PodSchedulingGate @merge:name, resourceClaims:39
  []PodResourceClaim @merge+retainKeys:name, resources:40 *ResourceRequirements, hostnameOverride:41 *string,
  schedulingGroup:43 *PodSchedulingGroup
type PodStatus
  observedGeneration:17 int64, phase:1 PodPhase, conditions:2 []PodCondition @merge:type, message:3 string,
  reason:4 string, nominatedNodeName:11 string, hostIP:5 string, hostIPs:16 []HostIP @merge:ip, podIP:6 string,
  podIPs:12 []PodIP @merge:ip, startTime:7 *meta.Time, initContainerStatuses:10 []ContainerStatus,
  containerStatuses:8 []ContainerStatus, qosClass:9 PodQOSClass, ephemeralContainerStatuses:13
  []ContainerStatus, resize:14 PodResizeStatus, resourceClaimStatuses:15 []PodResourceClaimStatus
  @merge+retainKeys:name, extendedResourceClaimStatus:18 *PodExtendedResourceClaimStatus, allocatedResources:19
  ResourceList, resources:20 *ResourceRequirements, nodeAllocatableResourceClaimStatuses:21
  []NodeAllocatableResourceClaimStatus
type Volume
  name:1! string, &:2 VolumeSource
type Container
  name:1! string, image:2 string, command:3 []string, args:4 []string, workingDir:5 string, ports:6
  []ContainerPort @merge:containerPort, envFrom:19 []EnvFromSource, env:7 []EnvVar @merge:name, resources:8
  ResourceRequirements, resizePolicy:23 []ContainerResizePolicy, restartPolicy:24 *ContainerRestartPolicy,
  restartPolicyRules:25 []ContainerRestartRule, volumeMounts:9 []VolumeMount @merge:mountPath, volumeDevices:21
  []VolumeDevice @merge:devicePath, livenessProbe:10 *Probe, readinessProbe:11 *Probe, startupProbe:22 *Probe,
  lifecycle:12 *Lifecycle, terminationMessagePath:13 string, terminationMessagePolicy:20
  TerminationMessagePolicy, imagePullPolicy:14 PullPolicy, securityContext:15 *SecurityContext, stdin:16 bool,
  stdinOnce:17 bool, tty:18 bool
type EphemeralContainer
  &:1 EphemeralContainerCommon, targetContainerName:2 string
type PodSecurityContext
  seLinuxOptions:1 *SELinuxOptions, windowsOptions:8 *WindowsSecurityContextOptions, runAsUser:2 *int64,
  runAsGroup:6 *int64, runAsNonRoot:3 *bool, supplementalGroups:4 []int64, supplementalGroupsPolicy:12
  *SupplementalGroupsPolicy, fsGroup:5 *int64, sysctls:7 []Sysctl, fsGroupChangePolicy:9
  *PodFSGroupChangePolicy, seccompProfile:10 *SeccompProfile, appArmorProfile:11 *AppArmorProfile,
  seLinuxChangePolicy:13 *PodSELinuxChangePolicy
type Affinity
  nodeAffinity:1 *NodeAffinity, podAffinity:2 *PodAffinity, podAntiAffinity:3 *PodAntiAffinity
type Toleration
  key:1 string, operator:2 TolerationOperator, value:3 string, effect:4 TaintEffect, tolerationSeconds:5 *int64
type HostAlias
  ip:1! string, hostnames:2 []string
type PodDNSConfig
  nameservers:1 []string, searches:2 []string, options:3 []PodDNSConfigOption
type PodReadinessGate
  conditionType:1! PodConditionType
type TopologySpreadConstraint
  maxSkew:1! int32, topologyKey:2! string, whenUnsatisfiable:3! UnsatisfiableConstraintAction, labelSelector:4
  *meta.LabelSelector, minDomains:5 *int32, nodeAffinityPolicy:6 *NodeInclusionPolicy, nodeTaintsPolicy:7
  *NodeInclusionPolicy, matchLabelKeys:8 []string
type PodOS
  name:1! OSName
type PodSchedulingGate
  name:1! string
type PodResourceClaim
  name:1! string, resourceClaimName:3 *string, resourceClaimTemplateName:4 *string
type ResourceRequirements
  limits:1 ResourceList, requests:2 ResourceList, claims:3 []ResourceClaim
type PodSchedulingGroup
  podGroupName:1 *string
type PodCondition
  type:1! PodConditionType, observedGeneration:7 int64, status:2! ConditionStatus, lastProbeTime:3 meta.Time,
  lastTransitionTime:4 meta.Time, reason:5 string, message:6 string
type HostIP
  ip:1! string
type PodIP
  ip:1! string
type ContainerStatus
  name:1! string, state:2 ContainerState, lastState:3 ContainerState, ready:4! bool, restartCount:5! int32,
  image:6! string, imageID:7! string, containerID:8 string, started:9 *bool, allocatedResources:10 ResourceList,
  resources:11 *ResourceRequirements, volumeMounts:12 []VolumeMountStatus @merge:mountPath, user:13
  *ContainerUser, allocatedResourcesStatus:14 []ResourceStatus @merge:name, stopSignal:15 *Signal
type PodResourceClaimStatus
  name:1! string, resourceClaimName:2 *string
type PodExtendedResourceClaimStatus
  requestMappings:1! []ContainerExtendedResourceRequest, resourceClaimName:2! string
type NodeAllocatableResourceClaimStatus
  resourceClaimName:1! string, containers:2 []string, resources:3! {}Quantity
type VolumeSource
  hostPath:1 *HostPathVolumeSource, emptyDir:2 *EmptyDirVolumeSource, gcePersistentDisk:3
  *GCEPersistentDiskVolumeSource, awsElasticBlockStore:4 *AWSElasticBlockStoreVolumeSource, gitRepo:5
  *GitRepoVolumeSource, secret:6 *SecretVolumeSource, nfs:7 *NFSVolumeSource, iscsi:8 *ISCSIVolumeSource,
  glusterfs:9 *GlusterfsVolumeSource, persistentVolumeClaim:10 *PersistentVolumeClaimVolumeSource, rbd:11
  *RBDVolumeSource, flexVolume:12 *FlexVolumeSource, cinder:13 *CinderVolumeSource, cephfs:14
  *CephFSVolumeSource, flocker:15 *FlockerVolumeSource, downwardAPI:16 *DownwardAPIVolumeSource, fc:17
  *FCVolumeSource, azureFile:18 *AzureFileVolumeSource, configMap:19 *ConfigMapVolumeSource, vsphereVolume:20
  *VsphereVirtualDiskVolumeSource, quobyte:21 *QuobyteVolumeSource, azureDisk:22 *AzureDiskVolumeSource,
  photonPersistentDisk:23 *PhotonPersistentDiskVolumeSource, projected:26 *ProjectedVolumeSource,
  portworxVolume:24 *PortworxVolumeSource, scaleIO:25 *ScaleIOVolumeSource, storageos:27 *StorageOSVolumeSource,
  csi:28 *CSIVolumeSource, ephemeral:29 *EphemeralVolumeSource, image:30 *ImageVolumeSource
type ContainerPort
  name:1 string, hostPort:2 int32, containerPort:3! int32, protocol:4 Protocol, hostIP:5 string
type EnvFromSource
  prefix:1 string, configMapRef:2 *ConfigMapEnvSource, secretRef:3 *SecretEnvSource
type EnvVar
  name:1! string, value:2 string, valueFrom:3 *EnvVarSource
type ContainerResizePolicy
  resourceName:1! ResourceName, restartPolicy:2! ResourceResizeRestartPolicy
type ContainerRestartRule
  action:1 ContainerRestartRuleAction, exitCodes:2 *ContainerRestartRuleOnExitCodes
type VolumeMount
  name:1! string, readOnly:2 bool, recursiveReadOnly:7 *RecursiveReadOnlyMode, mountPath:3! string, subPath:4
  string, mountPropagation:5 *MountPropagationMode, subPathExpr:6 string
type VolumeDevice
  name:1! string, devicePath:2! string
type Probe
  &:1 ProbeHandler, initialDelaySeconds:2 int32, timeoutSeconds:3 int32, periodSeconds:4 int32,
  successThreshold:5 int32, failureThreshold:6 int32, terminationGracePeriodSeconds:7 *int64
type Lifecycle
  postStart:1 *LifecycleHandler, preStop:2 *LifecycleHandler, stopSignal:3 *Signal
type SecurityContext
  capabilities:1 *Capabilities, privileged:2 *bool, seLinuxOptions:3 *SELinuxOptions, windowsOptions:10
  *WindowsSecurityContextOptions, runAsUser:4 *int64, runAsGroup:8 *int64, runAsNonRoot:5 *bool,
  readOnlyRootFilesystem:6 *bool, allowPrivilegeEscalation:7 *bool, procMount:9 *ProcMountType,
  seccompProfile:11 *SeccompProfile, appArmorProfile:12 *AppArmorProfile
type EphemeralContainerCommon
  name:1! string, image:2 string, command:3 []string, args:4 []string, workingDir:5 string, ports:6
  []ContainerPort @merge:containerPort, envFrom:19 []EnvFromSource, env:7 []EnvVar @merge:name, resources:8
  ResourceRequirements, resizePolicy:23 []ContainerResizePolicy, restartPolicy:24 *ContainerRestartPolicy,
  restartPolicyRules:25 []ContainerRestartRule, volumeMounts:9 []VolumeMount @merge:mountPath, volumeDevices:21
  []VolumeDevice @merge:devicePath, livenessProbe:10 *Probe, readinessProbe:11 *Probe, startupProbe:22 *Probe,
  lifecycle:12 *Lifecycle, terminationMessagePath:13 string, terminationMessagePolicy:20
  TerminationMessagePolicy, imagePullPolicy:14 PullPolicy, securityContext:15 *SecurityContext, stdin:16 bool,
  stdinOnce:17 bool, tty:18 bool
type SELinuxOptions
  user:1 string, role:2 string, type:3 string, level:4 string
type WindowsSecurityContextOptions
  gmsaCredentialSpecName:1 *string, gmsaCredentialSpec:2 *string, runAsUserName:3 *string, hostProcess:4 *bool
type Sysctl
  name:1! string, value:2! string
type SeccompProfile
  type:1! SeccompProfileType, localhostProfile:2 *string
type AppArmorProfile
  type:1! AppArmorProfileType, localhostProfile:2 *string
type NodeAffinity
  requiredDuringSchedulingIgnoredDuringExecution:1 *NodeSelector,
  preferredDuringSchedulingIgnoredDuringExecution:2 []PreferredSchedulingTerm
type PodAffinity
  requiredDuringSchedulingIgnoredDuringExecution:1 []PodAffinityTerm,
  preferredDuringSchedulingIgnoredDuringExecution:2 []WeightedPodAffinityTerm
type PodAntiAffinity
  requiredDuringSchedulingIgnoredDuringExecution:1 []PodAffinityTerm,
  preferredDuringSchedulingIgnoredDuringExecution:2 []WeightedPodAffinityTerm
type PodDNSConfigOption
  name:1 string, value:2 *string
type ResourceClaim
  name:1! string, request:2 string
type ContainerState
  waiting:1 *ContainerStateWaiting, running:2 *ContainerStateRunning, terminated:3 *ContainerStateTerminated
type VolumeMountStatus
  name:1! string, mountPath:2! string, readOnly:3 bool, recursiveReadOnly:4 *RecursiveReadOnlyMode,
  volumeStatus:5 *VolumeStatus
type ContainerUser
  linux:1 *LinuxContainerUser
type ResourceStatus
  name:1! ResourceName, resources:2 []ResourceHealth
type ContainerExtendedResourceRequest
  containerName:1! string, resourceName:2! string, requestName:3! string
type HostPathVolumeSource
  path:1! string, type:2 *HostPathType
type EmptyDirVolumeSource
  medium:1 StorageMedium, sizeLimit:2 *Quantity
type GCEPersistentDiskVolumeSource
  pdName:1! string, fsType:2 string, partition:3 int32, readOnly:4 bool
type AWSElasticBlockStoreVolumeSource
  volumeID:1! string, fsType:2 string, partition:3 int32, readOnly:4 bool
type GitRepoVolumeSource
  repository:1! string, revision:2 string, directory:3 string
type SecretVolumeSource
  secretName:1 string, items:2 []KeyToPath, defaultMode:3 *int32, optional:4 *bool
type NFSVolumeSource
  server:1! string, path:2! string, readOnly:3 bool
type ISCSIVolumeSource
  targetPortal:1! string, iqn:2! string, lun:3! int32, iscsiInterface:4 string, fsType:5 string, readOnly:6
  bool, portals:7 []string, chapAuthDiscovery:8 bool, chapAuthSession:11 bool, secretRef:10
  *LocalObjectReference, initiatorName:12 *string
type GlusterfsVolumeSource
  endpoints:1! string, path:2! string, readOnly:3 bool
type PersistentVolumeClaimVolumeSource
  claimName:1! string, readOnly:2 bool
type RBDVolumeSource
  monitors:1! []string, image:2! string, fsType:3 string, pool:4 string, user:5 string, keyring:6 string,
  secretRef:7 *LocalObjectReference, readOnly:8 bool
type FlexVolumeSource
  driver:1! string, fsType:2 string, secretRef:3 *LocalObjectReference, readOnly:4 bool, options:5 {}string
type CinderVolumeSource
  volumeID:1! string, fsType:2 string, readOnly:3 bool, secretRef:4 *LocalObjectReference
type CephFSVolumeSource
  monitors:1! []string, path:2 string, user:3 string, secretFile:4 string, secretRef:5 *LocalObjectReference,
  readOnly:6 bool
type FlockerVolumeSource
  datasetName:1 string, datasetUUID:2 string
type DownwardAPIVolumeSource
  items:1 []DownwardAPIVolumeFile, defaultMode:2 *int32
type FCVolumeSource
  targetWWNs:1 []string, lun:2 *int32, fsType:3 string, readOnly:4 bool, wwids:5 []string
type AzureFileVolumeSource
  secretName:1! string, shareName:2! string, readOnly:3 bool
type ConfigMapVolumeSource
  &:1 LocalObjectReference, items:2 []KeyToPath, defaultMode:3 *int32, optional:4 *bool
type VsphereVirtualDiskVolumeSource
  volumePath:1! string, fsType:2 string, storagePolicyName:3 string, storagePolicyID:4 string
type QuobyteVolumeSource
  registry:1! string, volume:2! string, readOnly:3 bool, user:4 string, group:5 string, tenant:6 string
type AzureDiskVolumeSource
  diskName:1! string, diskURI:2! string, cachingMode:3 *AzureDataDiskCachingMode, fsType:4 *string, readOnly:5
  *bool, kind:6 *AzureDataDiskKind
type PhotonPersistentDiskVolumeSource
  pdID:1! string, fsType:2 string
type ProjectedVolumeSource
  sources:1+ []VolumeProjection, defaultMode:2 *int32
type PortworxVolumeSource
  volumeID:1! string, fsType:2 string, readOnly:3 bool
type ScaleIOVolumeSource
  gateway:1! string, system:2! string, secretRef:3! *LocalObjectReference, sslEnabled:4 bool, protectionDomain:5
  string, storagePool:6 string, storageMode:7 string, volumeName:8 string, fsType:9 string, readOnly:10 bool
type StorageOSVolumeSource
  volumeName:1 string, volumeNamespace:2 string, fsType:3 string, readOnly:4 bool, secretRef:5
  *LocalObjectReference
type CSIVolumeSource
  driver:1! string, readOnly:2 *bool, fsType:3 *string, volumeAttributes:4 {}string, nodePublishSecretRef:5
  *LocalObjectReference
type EphemeralVolumeSource
  volumeClaimTemplate:1 *PersistentVolumeClaimTemplate
type ImageVolumeSource
  reference:1 string, pullPolicy:2 PullPolicy
type ConfigMapEnvSource
  &:1 LocalObjectReference, optional:2 *bool
type SecretEnvSource
  &:1 LocalObjectReference, optional:2 *bool
type EnvVarSource
  fieldRef:1 *ObjectFieldSelector, resourceFieldRef:2 *ResourceFieldSelector, configMapKeyRef:3
  *ConfigMapKeySelector, secretKeyRef:4 *SecretKeySelector, fileKeyRef:5 *FileKeySelector
type ContainerRestartRuleOnExitCodes
  operator:1 ContainerRestartRuleOnExitCodesOperator, values:2 []int32
type ProbeHandler
  exec:1 *ExecAction, httpGet:2 *HTTPGetAction, tcpSocket:3 *TCPSocketAction, grpc:4 *GRPCAction
type LifecycleHandler
  exec:1 *ExecAction, httpGet:2 *HTTPGetAction, tcpSocket:3 *TCPSocketAction, sleep:4 *SleepAction
type Capabilities
  add:1 []Capability, drop:2 []Capability
type NodeSelector
  nodeSelectorTerms:1! []NodeSelectorTerm
type PreferredSchedulingTerm
  weight:1! int32, preference:2! NodeSelectorTerm
type PodAffinityTerm
  labelSelector:1 *meta.LabelSelector, namespaces:2 []string, topologyKey:3! string, namespaceSelector:4
  *meta.LabelSelector, matchLabelKeys:5 []string, mismatchLabelKeys:6 []string
type WeightedPodAffinityTerm
  weight:1! int32, podAffinityTerm:2! PodAffinityTerm
type ContainerStateWaiting
  reason:1 string, message:2 string
type ContainerStateRunning
  startedAt:1 meta.Time
type ContainerStateTerminated
  exitCode:1! int32, signal:2 int32, reason:3 string, message:4 string, startedAt:5 meta.Time, finishedAt:6
  meta.Time, containerID:7 string
type VolumeStatus
  image:1 *ImageVolumeStatus
type LinuxContainerUser
  uid:1! int64, gid:2! int64, supplementalGroups:3 []int64
type ResourceHealth
  resourceID:1! ResourceID, health:2 ResourceHealthStatus, message:6 *string
type KeyToPath
  key:1! string, path:2! string, mode:3 *int32
type DownwardAPIVolumeFile
  path:1! string, fieldRef:2 *ObjectFieldSelector, resourceFieldRef:3 *ResourceFieldSelector, mode:4 *int32
type VolumeProjection
  secret:1 *SecretProjection, downwardAPI:2 *DownwardAPIProjection, configMap:3 *ConfigMapProjection,
  serviceAccountToken:4 *ServiceAccountTokenProjection, clusterTrustBundle:5 *ClusterTrustBundleProjection,
  podCertificate:6 *PodCertificateProjection
type PersistentVolumeClaimTemplate
  metadata:1 meta.ObjectMeta, spec:2! PersistentVolumeClaimSpec
type ObjectFieldSelector
  apiVersion:1 string, fieldPath:2! string
type ResourceFieldSelector
  containerName:1 string, resource:2! string, divisor:3 Quantity
type ConfigMapKeySelector
  &:1 LocalObjectReference, key:2! string, optional:3 *bool
type SecretKeySelector
  &:1 LocalObjectReference, key:2! string, optional:3 *bool
type FileKeySelector
  volumeName:1! string, path:2! string, key:3! string, optional:4 *bool
type ExecAction
  command:1 []string
type HTTPGetAction
  path:1 string, port:2! IntOrString, host:3 string, scheme:4 URIScheme, httpHeaders:5 []HTTPHeader
type TCPSocketAction
  port:1! IntOrString, host:2 string
type GRPCAction
  port:1! int32, service:2+ *string
type SleepAction
  seconds:1! int64
type NodeSelectorTerm
  matchExpressions:1 []NodeSelectorRequirement, matchFields:2 []NodeSelectorRequirement
type ImageVolumeStatus
  imageRef:1 string
type SecretProjection
  &:1 LocalObjectReference, items:2 []KeyToPath, optional:4 *bool
type DownwardAPIProjection
  items:1 []DownwardAPIVolumeFile
type ConfigMapProjection
  &:1 LocalObjectReference, items:2 []KeyToPath, optional:4 *bool
type ServiceAccountTokenProjection
  audience:1 string, expirationSeconds:2 *int64, path:3! string
type ClusterTrustBundleProjection
  name:1 *string, signerName:2 *string, labelSelector:3 *meta.LabelSelector, optional:5 *bool, path:4! string
type PodCertificateProjection
  signerName:1 string, keyType:2 string, maxExpirationSeconds:3 *int32, credentialBundlePath:4 string, keyPath:5
  string, certificateChainPath:6 string, userAnnotations:7 {}string
type PersistentVolumeClaimSpec
  accessModes:1 []PersistentVolumeAccessMode, selector:4 *meta.LabelSelector, resources:2
  VolumeResourceRequirements, volumeName:3 string, storageClassName:5 *string, volumeMode:6
  *PersistentVolumeMode, dataSource:7 *TypedLocalObjectReference, dataSourceRef:8 *TypedObjectReference,
  volumeAttributesClassName:9 *string
type HTTPHeader
  name:1! string, value:2! string
type NodeSelectorRequirement
  key:1! string, operator:2! NodeSelectorOperator, values:3 []string
type VolumeResourceRequirements
  limits:1 ResourceList, requests:2 ResourceList
type TypedLocalObjectReference
  apiGroup:1+ *string, kind:2! string, name:3! string
type TypedObjectReference
  apiGroup:1+ *string, kind:2! string, name:3! string, namespace:4 *string
)schema";

}  // namespace fairway::kube_api
