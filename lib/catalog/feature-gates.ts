import { cell, type Cell } from './cell';
import { kubernetesMinor } from './kubernetes';

const READ = '2026-11-27';

/** Feature gates that can be set in every minor, as words. Settled ones are left out. */
const everyMinorGates = [
  'APIResponseCompression APIServerIdentity APIServingWithRoutine AggregatedDiscoveryRemoveBetaType',
  'AllowDNSOnlyNodeCSR AllowInsecureKubeletCertificateSigningRequests',
  'AllowOverwriteTerminationGracePeriodSeconds AllowParsingUserUIDFromCertAuth',
  'AllowUnsafeMalformedObjectDeletion AuthorizePodWebsocketUpgradeCreatePermission',
  'CBORServingAndStorage CPUManagerPolicyAlphaOptions CPUManagerPolicyBetaOptions',
  'CRDObservedGenerationTracking CSIVolumeHealth ChangeContainerStatusOnKubeletRestart',
  'ClearingNominatedNodeNameAfterBinding ClientsAllowCBOR ClientsPreferCBOR',
  'CloudControllerManagerWatchBasedRoutesReconciliation CloudControllerManagerWebhook ComponentFlagz',
  'ComponentStatusz ConcurrentWatchObjectDecode ConstrainedImpersonation ContainerCheckpoint',
  'ContainerRestartRules ContainerStopSignals CoordinatedLeaderElection',
  'CrossNamespaceVolumeDataSource DRAConsumableCapacity DRADeviceBindingConditions',
  'DRAPartitionableDevices DRASchedulerFilterTimeout DeclarativeValidationTakeover',
  'DeploymentReplicaSetTerminatingReplicas DetectCacheInconsistency DisableCPUQuotaWithExclusiveCPUs',
  'DisableNodeKubeProxyVersion EnvFiles EventedPLEG GenericWorkload GitRepoVolumeDriver',
  'GracefulNodeShutdown GracefulNodeShutdownBasedOnPodPriority HPAScaleToZero',
  'InOrderInformersBatchProcess InPlacePodLevelResourcesVerticalScaling',
  'InPlacePodVerticalScalingExclusiveCPUs InPlacePodVerticalScalingExclusiveMemory KMSv1',
  'KubeletCrashLoopBackOffMax KubeletEnsureSecretPulledImages KubeletInUserNamespace',
  'KubeletPodResourcesListUseActivePods KubeletRegistrationGetOnExistsOnly KubeletSeparateDiskGC',
  'KubeletServiceAccountTokenForCredentialProviders ListFromCacheSnapshot',
  'LocalStorageCapacityIsolationFSQuotaMonitoring MatchLabelKeysInPodTopologySpread',
  'MatchLabelKeysInPodTopologySpreadSelectorMerge MaxUnavailableStatefulSet MemoryQoS',
  'MutablePVNodeAffinity MutablePodResourcesForSuspendedJobs',
  'MutableSchedulingDirectivesForSuspendedJobs NominatedNodeNameForExpectation OpenAPIEnums',
  'OpportunisticBatching PodAndContainerStatsFromCRI PodDeletionCost PodLevelResources',
  'PodLogsQuerySplitStreams PodTopologyLabelsAdmission PortForwardWebsockets QOSReserved',
  'ReduceDefaultCrashLoopBackOffDecay ReloadKubeletServerCertificateFile RemoteRequestHeaderUID',
  'ResourceHealthStatus RestartAllContainersOnContainerExits RotateKubeletServerCertificate',
  'RuntimeClassInImageCriApi SchedulerAsyncAPICalls SchedulerAsyncPreemption',
  'SchedulerPopFromBackoffQ SeparateCacheWatchRPC ServiceAccountNodeAudienceRestriction',
  'SizeBasedListCostEstimate StatefulSetSemanticRevisionComparison StorageCapacityScoring',
  'StorageNamespaceIndex StorageVersionAPI StorageVersionHash StrictIPCIDRValidation',
  'StructuredAuthenticationConfigurationEgressSelector',
  'StructuredAuthenticationConfigurationJWKSMetrics TaintTolerationComparisonOperators',
  'TokenRequestServiceAccountUIDValidation TopologyManagerPolicyAlphaOptions',
  'TopologyManagerPolicyBetaOptions TranslateStreamCloseWebsocketRequests',
  'UnauthenticatedHTTP2DOSMitigation UnknownVersionInteroperabilityProxy',
  'UserNamespacesHostNetworkSupport VolumeLimitScaling WatchList WatchListClient',
  'WindowsCPUAndMemoryAffinity WindowsGracefulNodeShutdown WindowsHostNetwork',
].join(' ');

/** Feature gates that can be set in each minor. */
export const kubernetesGateRows: Readonly<Record<string, Cell<readonly string[]>>> = {
  '1.35': gates(
    [
      'CSIServiceAccountTokenSecrets ClusterTrustBundle ClusterTrustBundleProjection',
      'CustomCPUCFSQuotaPeriod DRAAdminAccess DRADeviceTaintRules DRADeviceTaints',
      'DRAExtendedResource DRAPrioritizedList DRAResourceClaimDeviceStatus DeclarativeValidation',
      'ExternalServiceAccountTokenSigner GangScheduling HPAConfigurableTolerance HostnameOverride',
      'ImageVolume InOrderInformers InPlacePodVerticalScalingAllocatedStatus',
      'InTreePluginPortworxUnregister KubeletFineGrainedAuthz KubeletPSI',
      'KubeletPodResourcesDynamicResources KubeletPodResourcesGet MutableCSINodeAllocatableCount',
      'MutatingAdmissionPolicy NodeDeclaredFeatures NodeLogQuery PodCertificateRequest',
      'PodReadyToStartContainersCondition PreventStaticPodAPIReferences ProcMountType',
      'RelaxedServiceNameValidation SELinuxChangePolicy SELinuxMount SELinuxMountReadWriteOncePod',
      'StorageVersionMigrator UserNamespacesSupport WatchCacheInitializationPostStartHook',
      'WatchFromStorageWithoutResourceVersion',
    ].join(' '),
    'v1.35.8',
  ),
  '1.36': gates(
    [
      'AtomicFIFO CRIListStreaming ClientsAllowCARotation ClientsAllowTLSCacheGC ClusterTrustBundle',
      'ClusterTrustBundleProjection DRADeviceTaintRules DRADeviceTaints DRAExtendedResource',
      'DRAListTypeAttributes DRANodeAllocatableResources DRAResourceClaimDeviceStatus',
      'DRAResourceClaimGranularStatusAuthorization DRAResourcePoolStatus DRAWorkloadResourceClaims',
      'DeclarativeValidationBeta ExtendWebSocketsToKubelet GangScheduling HPAConfigurableTolerance',
      'HostnameOverride ImageVolumeWithDigest InPlacePodVerticalScalingInitContainers',
      'ManifestBasedAdmissionControlConfig NodeDeclaredFeatures PLEGOnDemandRelist',
      'PersistentVolumeClaimUnusedSinceTime PodCertificateRequest PodLevelResourceManagers',
      'PodReadyToStartContainersCondition PodsAPI PreventStaticPodAPIReferences',
      'RelaxedServiceNameValidation ReloadKubeletClientCAFile ResourceHealthStatusMessage',
      'SELinuxMount ServiceCIDRStatusFieldWiping ShardedListAndWatch',
      'StaleControllerConsistencyDaemonSet StaleControllerConsistencyJob',
      'StaleControllerConsistencyReplicaSet StaleControllerConsistencyStatefulSet',
      'StorageVersionMigrator TopologyAwareWorkloadScheduling UnlockWhileProcessingFIFO',
      'WatchCacheInitializationPostStartHook WorkloadAwarePreemption WorkloadWithJob',
      'NativeHistograms',
    ].join(' '),
    'v1.36.4',
  ),
  '1.37': gates(
    [
      'APIServerWebhookAuthenticationToken AtomicFIFO AtomicWriteVolumeUserFields CRIListStreaming',
      'ClientsAllowCARotation ClientsAllowTLSCacheGC CompositePodGroup',
      'ConsistentListFromCacheSkipTimeoutFallback DRADerivedAttributes DRADeviceCompatibilityGroups',
      'DRAFractionalCapacityRange DRAListTypeAttributes DRANodeAllocatableResources',
      'DRAOptionalNodeOperations DRAPartitionableDevicesType',
      'DRAResourceClaimGranularStatusAuthorization DRAResourcePoolStatus DRAWorkloadResourceClaims',
      'DeclarativeValidationBeta DefaultPodSysctls EmptyDirVolumeMode EtcdRangeStream',
      'EvictionRequestAPI ExcludeAdmissionWebhookVirtualResources ExtendWebSocketsToKubelet',
      'GRPCContainerProbeTLS H2CContainerProbe HPAGeneration HPAOptimizedSelectorStore',
      'HugepageAwareEviction ImageVolumeWithDigest InPlacePodVerticalScalingMemoryBackedVolumes',
      'InPlacePodVerticalScalingSchedulerPreemption InterPodAffinityHostnameFastPath KubeProxyIPVS',
      'KubeProxyNFTablesLocalhostNodePorts KubeletAllocatedPodsEndpoint',
      'ManifestBasedAdmissionControlConfig NFTablesNetlink NodeControllerLeaseCircuitBreaker',
      'NodeLifecycleConditions PersistentVolumeClaimUnusedSinceTime PodGroupPreemptionPolicy',
      'PodLevelResourceManagers PodLevelResourcesFixDefaulting PodLevelResourcesFixKubeletQOSClass',
      'PodsAPI ReloadKubeletClientCAFile ResourceHealthStatusMessage SchedulerPreQueueingHints',
      'ServiceCIDRStatusFieldWiping ShardedListAndWatch StaleControllerConsistencyDaemonSet',
      'StaleControllerConsistencyHPA StaleControllerConsistencyJob',
      'StaleControllerConsistencyReplicaSet StaleControllerConsistencyStatefulSet',
      'StatefulSetRecreateStrategy TopologyAwareWorkloadScheduling UnlockWhileProcessingFIFO',
      'VolumeBindMountOptions WatchListCompression WebhookRoundTripLoadBalancing WorkloadWithJob',
      'NativeHistograms',
    ].join(' '),
    'v1.37.1',
  ),
};

function gates(own: string, tag: string): Cell<readonly string[]> {
  const names = `${everyMinorGates} ${own}`.split(' ').sort();
  return cell(
    names,
    `kubernetes/kubernetes pkg/features, apiserver, component-base and client-go ${tag}: alpha, beta and deprecated gates`,
    READ,
  );
}

/**
 * The feature gates that can be set in one minor. An unknown minor throws.
 *
 * @param minor the minor, for example `1.36`
 */
export function kubernetesGates(minor: string): readonly string[] {
  return kubernetesGateRows[kubernetesMinor(minor).minor]!.value;
}
