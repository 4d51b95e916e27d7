// Fields of deployments, replica sets and scales (format: schema.h).
#include "kube_api/object/schema_text.h"

namespace fairway::kube_api {

const std::string_view kAppsSchemaText = R"schema(package core io.k8s.api.core.v1
type PodTemplateSpec
  metadata:1 meta.ObjectMeta, spec:2 PodSpec
package apps io.k8s.api.apps.v1
alias DeploymentConditionType string
alias DeploymentStrategyType string enum Recreate|RollingUpdate
alias ReplicaSetConditionType string
type Deployment
  kind string, apiVersion string, metadata:1 meta.ObjectMeta, spec:2 DeploymentSpec, status:3 DeploymentStatus
type DeploymentList
  kind string, apiVersion string, metadata:1 meta.ListMeta, items:2! []Deployment
type DeploymentSpec
  replicas:1 *int32, selector:2! *meta.LabelSelector, template:3! core.PodTemplateSpec, strategy:4
  DeploymentStrategy @retainKeys, minReadySeconds:5 int32, revisionHistoryLimit:6 *int32, paused:7 bool,
  progressDeadlineSeconds:9 *int32
type DeploymentStrategy
  type:1 DeploymentStrategyType, rollingUpdate:2 *RollingUpdateDeployment
type RollingUpdateDeployment
  maxUnavailable:1 *IntOrString, maxSurge:2 *IntOrString
type DeploymentStatus
  observedGeneration:1 int64, replicas:2 int32, updatedReplicas:3 int32, readyReplicas:7 int32,
  availableReplicas:4 int32, unavailableReplicas:5 int32, terminatingReplicas:9 *int32, conditions:6
  []DeploymentCondition @merge:type, collisionCount:8 *int32
type DeploymentCondition
  type:1! DeploymentConditionType, status:2! core.ConditionStatus, lastUpdateTime:6 meta.Time,
  lastTransitionTime:7 meta.Time, reason:4 string, message:5 string
type ReplicaSet
  kind string, apiVersion string, metadata:1 meta.ObjectMeta, spec:2 ReplicaSetSpec, status:3 ReplicaSetStatus
type ReplicaSetList
  kind string, apiVersion string, metadata:1 meta.ListMeta, items:2! []ReplicaSet
type ReplicaSetSpec
  replicas:1 *int32, minReadySeconds:4 int32, selector:2! *meta.LabelSelector, template:3 core.PodTemplateSpec
type ReplicaSetStatus
  replicas:1! int32, fullyLabeledReplicas:2 int32, readyReplicas:4 int32, availableReplicas:5 int32,
  terminatingReplicas:7 *int32, observedGeneration:3 int64, conditions:6 []ReplicaSetCondition @merge:type
type ReplicaSetCondition
  type:1! ReplicaSetConditionType, status:2! core.ConditionStatus, lastTransitionTime:3 meta.Time, reason:4
  string, message:5 string
package autoscaling io.k8s.api.autoscaling.v1
type Scale
  kind string, apiVersion string, metadata:1 meta.ObjectMeta, spec:2 ScaleSpec, status:3 ScaleStatus
type ScaleSpec
  replicas:1 int32
type ScaleStatus
  replicas:1! int32, selector:2 string
)schema";

}  // namespace fairway::kube_api
