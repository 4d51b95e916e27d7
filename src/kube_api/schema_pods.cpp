// Fields of pods (format: schema.h).
#include "kube_api/schema_text.h"

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
  volumes []Volume @merge+retainKeys:name, initContainers []Container @merge:name, containers! []Container
  @merge:name, ephemeralContainers []EphemeralContainer @merge:name, restartPolicy RestartPolicy,
  terminationGracePeriodSeconds *int64, activeDeadlineSeconds *int64, dnsPolicy DNSPolicy, nodeSelector
  {}string, serviceAccountName string, serviceAccount string, automountServiceAccountToken *bool, nodeName
  string, hostNetwork bool, hostPID bool, hostIPC bool, shareProcessNamespace *bool, securityContext
  *PodSecurityContext, imagePullSecrets []LocalObjectReference @merge:name, hostname string, subdomain string,
  affinity *Affinity, schedulerName string, tolerations []Toleration, hostAliases []HostAlias @merge:ip,
  priorityClassName string, priority *int32, dnsConfig *PodDNSConfig, readinessGates []PodReadinessGate,
  runtimeClassName *string, enableServiceLinks *bool, preemptionPolicy *PreemptionPolicy, overhead ResourceList,
  topologySpreadConstraints []TopologySpreadConstraint @merge:topologyKey, setHostnameAsFQDN *bool, os *PodOS,
  hostUsers *bool, schedulingGates []PodSchedulingGate @merge:name, resourceClaims []PodResourceClaim
  @merge+retainKeys:name, resources *ResourceRequirements, hostnameOverride *string, schedulingGroup
  *PodSchedulingGroup
type PodStatus
  observedGeneration int64, phase PodPhase, conditions []PodCondition @merge:type, message string, reason
  string, nominatedNodeName string, hostIP string, hostIPs []HostIP @merge:ip, podIP string, podIPs []PodIP
  @merge:ip, startTime *meta.Time, initContainerStatuses []ContainerStatus, containerStatuses []ContainerStatus,
  qosClass PodQOSClass, ephemeralContainerStatuses []ContainerStatus, resize PodResizeStatus,
  resourceClaimStatuses []PodResourceClaimStatus @merge+retainKeys:name, extendedResourceClaimStatus
  *PodExtendedResourceClaimStatus, allocatedResources ResourceList, resources *ResourceRequirements,
  nodeAllocatableResourceClaimStatuses []NodeAllocatableResourceClaimStatus
type Volume
  name! string, hostPath *HostPathVolumeSource, emptyDir *EmptyDirVolumeSource, gcePersistentDisk
  *GCEPersistentDiskVolumeSource, awsElasticBlockStore *AWSElasticBlockStoreVolumeSource, gitRepo
  *GitRepoVolumeSource, secret *SecretVolumeSource, nfs *NFSVolumeSource, iscsi *ISCSIVolumeSource, glusterfs
  *GlusterfsVolumeSource, persistentVolumeClaim *PersistentVolumeClaimVolumeSource, rbd *RBDVolumeSource,
  flexVolume *FlexVolumeSource, cinder *CinderVolumeSource, cephfs *CephFSVolumeSource, flocker
  *FlockerVolumeSource, downwardAPI *DownwardAPIVolumeSource, fc *FCVolumeSource, azureFile
  *AzureFileVolumeSource, configMap *ConfigMapVolumeSource, vsphereVolume *VsphereVirtualDiskVolumeSource,
  quobyte *QuobyteVolumeSource, azureDisk *AzureDiskVolumeSource, photonPersistentDisk
  *PhotonPersistentDiskVolumeSource, projected *ProjectedVolumeSource, portworxVolume *PortworxVolumeSource,
  scaleIO *ScaleIOVolumeSource, storageos *StorageOSVolumeSource, csi *CSIVolumeSource, ephemeral
  *EphemeralVolumeSource, image *ImageVolumeSource
type Container
  name! string, image string, command []string, args []string, workingDir string, ports []ContainerPort
  @merge:containerPort, envFrom []EnvFromSource, env []EnvVar @merge:name, resources ResourceRequirements,
  resizePolicy []ContainerResizePolicy, restartPolicy *ContainerRestartPolicy, restartPolicyRules
  []ContainerRestartRule, volumeMounts []VolumeMount @merge:mountPath, volumeDevices []VolumeDevice
  @merge:devicePath, livenessProbe *Probe, readinessProbe *Probe, startupProbe *Probe, lifecycle *Lifecycle,
  terminationMessagePath string, terminationMessagePolicy TerminationMessagePolicy, imagePullPolicy PullPolicy,
  securityContext *SecurityContext, stdin bool, stdinOnce bool, tty bool
type EphemeralContainer
  name! string, image string, command []string, args []string, workingDir string, ports []ContainerPort
  @merge:containerPort, envFrom []EnvFromSource, env []EnvVar @merge:name, resources ResourceRequirements,
  resizePolicy []ContainerResizePolicy, restartPolicy *ContainerRestartPolicy, restartPolicyRules
  []ContainerRestartRule, volumeMounts []VolumeMount @merge:mountPath, volumeDevices []VolumeDevice
  @merge:devicePath, livenessProbe *Probe, readinessProbe *Probe, startupProbe *Probe, lifecycle *Lifecycle,
  terminationMessagePath string, terminationMessagePolicy TerminationMessagePolicy, imagePullPolicy PullPolicy,
  securityContext *SecurityContext, stdin bool, stdinOnce bool, tty bool, targetContainerName string
type PodSecurityContext
  seLinuxOptions *SELinuxOptions, windowsOptions *WindowsSecurityContextOptions, runAsUser *int64, runAsGroup
  *int64, runAsNonRoot *bool, supplementalGroups []int64, supplementalGroupsPolicy *SupplementalGroupsPolicy,
  fsGroup *int64, sysctls []Sysctl, fsGroupChangePolicy *PodFSGroupChangePolicy, seccompProfile *SeccompProfile,
  appArmorProfile *AppArmorProfile, seLinuxChangePolicy *PodSELinuxChangePolicy
type Affinity
  nodeAffinity *NodeAffinity, podAffinity *PodAffinity, podAntiAffinity *PodAntiAffinity
type Toleration
  key string, operator TolerationOperator, value string, effect TaintEffect, tolerationSeconds *int64
type HostAlias
  ip! string, hostnames []string
type PodDNSConfig
  nameservers []string, searches []string, options []PodDNSConfigOption
type PodReadinessGate
  conditionType! PodConditionType
type TopologySpreadConstraint
  maxSkew! int32, topologyKey! string, whenUnsatisfiable! UnsatisfiableConstraintAction, labelSelector
  *meta.LabelSelector, minDomains *int32, nodeAffinityPolicy *NodeInclusionPolicy, nodeTaintsPolicy
  *NodeInclusionPolicy, matchLabelKeys []string
type PodOS
  name! OSName
type PodSchedulingGate
  name! string
type PodResourceClaim
  name! string, resourceClaimName *string, resourceClaimTemplateName *string
type ResourceRequirements
  limits ResourceList, requests ResourceList, claims []ResourceClaim
type PodSchedulingGroup
  podGroupName *string
type PodCondition
  type! PodConditionType, observedGeneration int64, status! ConditionStatus, lastProbeTime meta.Time,
  lastTransitionTime meta.Time, reason string, message string
type HostIP
  ip! string
type PodIP
  ip! string
type ContainerStatus
  name! string, state ContainerState, lastState ContainerState, ready! bool, restartCount! int32, image! string,
  imageID! string, containerID string, started *bool, allocatedResources ResourceList, resources
  *ResourceRequirements, volumeMounts []VolumeMountStatus @merge:mountPath, user *ContainerUser,
  allocatedResourcesStatus []ResourceStatus @merge:name, stopSignal *Signal
type PodResourceClaimStatus
  name! string, resourceClaimName *string
type PodExtendedResourceClaimStatus
  requestMappings! []ContainerExtendedResourceRequest, resourceClaimName! string
type NodeAllocatableResourceClaimStatus
  resourceClaimName! string, containers []string, resources! {}Quantity
type HostPathVolumeSource
  path! string, type *HostPathType
type EmptyDirVolumeSource
  medium StorageMedium, sizeLimit *Quantity
type GCEPersistentDiskVolumeSource
  pdName! string, fsType string, partition int32, readOnly bool
type AWSElasticBlockStoreVolumeSource
  volumeID! string, fsType string, partition int32, readOnly bool
type GitRepoVolumeSource
  repository! string, revision string, directory string
type SecretVolumeSource
  secretName string, items []KeyToPath, defaultMode *int32, optional *bool
type NFSVolumeSource
  server! string, path! string, readOnly bool
type ISCSIVolumeSource
  targetPortal! string, iqn! string, lun! int32, iscsiInterface string, fsType string, readOnly bool, portals
  []string, chapAuthDiscovery bool, chapAuthSession bool, secretRef *LocalObjectReference, initiatorName *string
type GlusterfsVolumeSource
  endpoints! string, path! string, readOnly bool
type PersistentVolumeClaimVolumeSource
  claimName! string, readOnly bool
type RBDVolumeSource
  monitors! []string, image! string, fsType string, pool string, user string, keyring string, secretRef
  *LocalObjectReference, readOnly bool
type FlexVolumeSource
  driver! string, fsType string, secretRef *LocalObjectReference, readOnly bool, options {}string
type CinderVolumeSource
  volumeID! string, fsType string, readOnly bool, secretRef *LocalObjectReference
type CephFSVolumeSource
  monitors! []string, path string, user string, secretFile string, secretRef *LocalObjectReference, readOnly
  bool
type FlockerVolumeSource
  datasetName string, datasetUUID string
type DownwardAPIVolumeSource
  items []DownwardAPIVolumeFile, defaultMode *int32
type FCVolumeSource
  targetWWNs []string, lun *int32, fsType string, readOnly bool, wwids []string
type AzureFileVolumeSource
  secretName! string, shareName! string, readOnly bool
type ConfigMapVolumeSource
  name string, items []KeyToPath, defaultMode *int32, optional *bool
type VsphereVirtualDiskVolumeSource
  volumePath! string, fsType string, storagePolicyName string, storagePolicyID string
type QuobyteVolumeSource
  registry! string, volume! string, readOnly bool, user string, group string, tenant string
type AzureDiskVolumeSource
  diskName! string, diskURI! string, cachingMode *AzureDataDiskCachingMode, fsType *string, readOnly *bool, kind
  *AzureDataDiskKind
type PhotonPersistentDiskVolumeSource
  pdID! string, fsType string
type ProjectedVolumeSource
  sources+ []VolumeProjection, defaultMode *int32
type PortworxVolumeSource
  volumeID! string, fsType string, readOnly bool
type ScaleIOVolumeSource
  gateway! string, system! string, secretRef! *LocalObjectReference, sslEnabled bool, protectionDomain string,
  storagePool string, storageMode string, volumeName string, fsType string, readOnly bool
type StorageOSVolumeSource
  volumeName string, volumeNamespace string, fsType string, readOnly bool, secretRef *LocalObjectReference
type CSIVolumeSource
  driver! string, readOnly *bool, fsType *string, volumeAttributes {}string, nodePublishSecretRef
  *LocalObjectReference
type EphemeralVolumeSource
  volumeClaimTemplate *PersistentVolumeClaimTemplate
type ImageVolumeSource
  reference string, pullPolicy PullPolicy
type ContainerPort
  name string, hostPort int32, containerPort! int32, protocol Protocol, hostIP string
type EnvFromSource
  prefix string, configMapRef *ConfigMapEnvSource, secretRef *SecretEnvSource
type EnvVar
  name! string, value string, valueFrom *EnvVarSource
type ContainerResizePolicy
  resourceName! ResourceName, restartPolicy! ResourceResizeRestartPolicy
type ContainerRestartRule
  action ContainerRestartRuleAction, exitCodes *ContainerRestartRuleOnExitCodes
type VolumeMount
  name! string, readOnly bool, recursiveReadOnly *RecursiveReadOnlyMode, mountPath! string, subPath string,
  mountPropagation *MountPropagationMode, subPathExpr string
type VolumeDevice
  name! string, devicePath! string
type Probe
  exec *ExecAction, httpGet *HTTPGetAction, tcpSocket *TCPSocketAction, grpc *GRPCAction, initialDelaySeconds
  int32, timeoutSeconds int32, periodSeconds int32, successThreshold int32, failureThreshold int32,
  terminationGracePeriodSeconds *int64
type Lifecycle
  postStart *LifecycleHandler, preStop *LifecycleHandler, stopSignal *Signal
type SecurityContext
  capabilities *Capabilities, privileged *bool, seLinuxOptions *SELinuxOptions, windowsOptions
  *WindowsSecurityContextOptions, runAsUser *int64, runAsGroup *int64, runAsNonRoot *bool,
  readOnlyRootFilesystem *bool, allowPrivilegeEscalation *bool, procMount *ProcMountType, seccompProfile
  *SeccompProfile, appArmorProfile *AppArmorProfile
type SELinuxOptions
  user string, role string, type string, level string
type WindowsSecurityContextOptions
  gmsaCredentialSpecName *string, gmsaCredentialSpec *string, runAsUserName *string, hostProcess *bool
type Sysctl
  name! string, value! string
type SeccompProfile
  type! SeccompProfileType, localhostProfile *string
type AppArmorProfile
  type! AppArmorProfileType, localhostProfile *string
type NodeAffinity
  requiredDuringSchedulingIgnoredDuringExecution *NodeSelector, preferredDuringSchedulingIgnoredDuringExecution
  []PreferredSchedulingTerm
type PodAffinity
  requiredDuringSchedulingIgnoredDuringExecution []PodAffinityTerm,
  preferredDuringSchedulingIgnoredDuringExecution []WeightedPodAffinityTerm
type PodAntiAffinity
  requiredDuringSchedulingIgnoredDuringExecution []PodAffinityTerm,
  preferredDuringSchedulingIgnoredDuringExecution []WeightedPodAffinityTerm
type PodDNSConfigOption
  name string, value *string
type ResourceClaim
  name! string, request string
type ContainerState
  waiting *ContainerStateWaiting, running *ContainerStateRunning, terminated *ContainerStateTerminated
type VolumeMountStatus
  name! string, mountPath! string, readOnly bool, recursiveReadOnly *RecursiveReadOnlyMode, volumeStatus
  *VolumeStatus
type ContainerUser
  linux *LinuxContainerUser
type ResourceStatus
  name! ResourceName, resources []ResourceHealth
type ContainerExtendedResourceRequest
  containerName! string, resourceName! string, requestName! string
type KeyToPath
  key! string, path! string, mode *int32
type DownwardAPIVolumeFile
  path! string, fieldRef *ObjectFieldSelector, resourceFieldRef *ResourceFieldSelector, mode *int32
type VolumeProjection
  secret *SecretProjection, downwardAPI *DownwardAPIProjection, configMap *ConfigMapProjection,
  serviceAccountToken *ServiceAccountTokenProjection, clusterTrustBundle *ClusterTrustBundleProjection,
  podCertificate *PodCertificateProjection
type PersistentVolumeClaimTemplate
  metadata meta.ObjectMeta, spec! PersistentVolumeClaimSpec
type ConfigMapEnvSource
  name string, optional *bool
type SecretEnvSource
  name string, optional *bool
type EnvVarSource
  fieldRef *ObjectFieldSelector, resourceFieldRef *ResourceFieldSelector, configMapKeyRef *ConfigMapKeySelector,
  secretKeyRef *SecretKeySelector, fileKeyRef *FileKeySelector
type ContainerRestartRuleOnExitCodes
  operator ContainerRestartRuleOnExitCodesOperator, values []int32
type ExecAction
  command []string
type HTTPGetAction
  path string, port! IntOrString, host string, scheme URIScheme, httpHeaders []HTTPHeader
type TCPSocketAction
  port! IntOrString, host string
type GRPCAction
  port! int32, service+ *string
type LifecycleHandler
  exec *ExecAction, httpGet *HTTPGetAction, tcpSocket *TCPSocketAction, sleep *SleepAction
type Capabilities
  add []Capability, drop []Capability
type NodeSelector
  nodeSelectorTerms! []NodeSelectorTerm
type PreferredSchedulingTerm
  weight! int32, preference! NodeSelectorTerm
type PodAffinityTerm
  labelSelector *meta.LabelSelector, namespaces []string, topologyKey! string, namespaceSelector
  *meta.LabelSelector, matchLabelKeys []string, mismatchLabelKeys []string
type WeightedPodAffinityTerm
  weight! int32, podAffinityTerm! PodAffinityTerm
type ContainerStateWaiting
  reason string, message string
type ContainerStateRunning
  startedAt meta.Time
type ContainerStateTerminated
  exitCode! int32, signal int32, reason string, message string, startedAt meta.Time, finishedAt meta.Time,
  containerID string
type VolumeStatus
  image *ImageVolumeStatus
type LinuxContainerUser
  uid! int64, gid! int64, supplementalGroups []int64
type ResourceHealth
  resourceID! ResourceID, health ResourceHealthStatus, message *string
type ObjectFieldSelector
  apiVersion string, fieldPath! string
type ResourceFieldSelector
  containerName string, resource! string, divisor Quantity
type SecretProjection
  name string, items []KeyToPath, optional *bool
type DownwardAPIProjection
  items []DownwardAPIVolumeFile
type ConfigMapProjection
  name string, items []KeyToPath, optional *bool
type ServiceAccountTokenProjection
  audience string, expirationSeconds *int64, path! string
type ClusterTrustBundleProjection
  name *string, signerName *string, labelSelector *meta.LabelSelector, optional *bool, path! string
type PodCertificateProjection
  signerName string, keyType string, maxExpirationSeconds *int32, credentialBundlePath string, keyPath string,
  certificateChainPath string, userAnnotations {}string
type PersistentVolumeClaimSpec
  accessModes []PersistentVolumeAccessMode, selector *meta.LabelSelector, resources VolumeResourceRequirements,
  volumeName string, storageClassName *string, volumeMode *PersistentVolumeMode, dataSource
  *TypedLocalObjectReference, dataSourceRef *TypedObjectReference, volumeAttributesClassName *string
type ConfigMapKeySelector
  name string, key! string, optional *bool
type SecretKeySelector
  name string, key! string, optional *bool
type FileKeySelector
  volumeName! string, path! string, key! string, optional *bool
type HTTPHeader
  name! string, value! string
type SleepAction
  seconds! int64
type NodeSelectorTerm
  matchExpressions []NodeSelectorRequirement, matchFields []NodeSelectorRequirement
type ImageVolumeStatus
  imageRef string
type VolumeResourceRequirements
  limits ResourceList, requests ResourceList
type TypedLocalObjectReference
  apiGroup+ *string, kind! string, name! string
type TypedObjectReference
  apiGroup+ *string, kind! string, name! string, namespace *string
type NodeSelectorRequirement
  key! string, operator! NodeSelectorOperator, values []string
)schema";

}  // namespace fairway::kube_api
