import { cell } from './cell';

/** What a field of FelixConfiguration takes. */
export type FelixFieldType =
  'boolean' | 'integer' | 'string' | 'duration' | 'intOrString' | 'array' | 'object';

/** Field names by type, as words with spaces between them. */
const NAMES: Readonly<Record<FelixFieldType, string>> = {
  boolean: [
    'allowIPIPPacketsFromWorkloads allowVXLANPacketsFromWorkloads',
    'bpfConnectTimeLoadBalancingEnabled bpfDisableUnprivileged bpfEnabled',
    'bpfHostConntrackBypass bpfKubeProxyIptablesCleanupEnabled bpfPolicyDebugEnabled',
    'debugDisableLogDropping disableConntrackInvalidCheck endpointReportingEnabled',
    'flowLogsCollectorDebugTrace genericXDPEnabled healthEnabled ipipEnabled ipv6Support',
    'prometheusGoMetricsEnabled prometheusMetricsEnabled prometheusProcessMetricsEnabled',
    'prometheusWireGuardMetricsEnabled removeExternalRoutes requireMTUFile routeSyncDisabled',
    'sidecarAccelerationEnabled usageReportingEnabled useInternalDataplaneDriver vxlanEnabled',
    'wireguardEnabled wireguardEnabledV6 wireguardHostEncryptionEnabled',
    'wireguardThreadingEnabled xdpEnabled',
  ].join(' '),
  integer: [
    'bpfExportBufferSizeMB bpfExtToServiceConnmark bpfKubeProxyHealthzPort',
    'bpfMaglevMaxEndpointsPerService bpfMaglevMaxServices bpfMapSizeConntrack',
    'bpfMapSizeConntrackCleanupQueue bpfMapSizeIPSets bpfMapSizeIfState bpfMapSizeNATAffinity',
    'bpfMapSizeNATBackend bpfMapSizeNATFrontend bpfMapSizePerCpuConntrack bpfMapSizeRoute',
    'debugPort deviceRouteProtocol goGCThreshold goMaxProcs goMemoryLimitMB healthPort',
    'ipipMTU iptablesMarkMask ipv4ElevatedRoutePriority ipv4NormalRoutePriority',
    'ipv6ElevatedRoutePriority ipv6NormalRoutePriority istioDSCPMark logActionRateLimitBurst',
    'maxIpsetSize metadataPort nftablesMarkMask prometheusMetricsPort vxlanMTU vxlanMTUV6',
    'vxlanPort vxlanVNI wireguardListeningPort wireguardListeningPortV6 wireguardMTU',
    'wireguardMTUV6 wireguardRoutingRulePriority',
  ].join(' '),
  string: [
    'awsSrcDstCheck bpfAttachType bpfCTLBLogFilter bpfConnectTimeLoadBalancing',
    'bpfConntrackLogLevel bpfConntrackMode bpfDataIfacePattern bpfDisableGROForIfaces',
    'bpfEnforceRPF bpfExternalServiceMode bpfHostNetworkedNATWithoutCTLB bpfJITHardening',
    'bpfL3IfacePattern bpfLogLevel bpfMapSizeConntrackScaling bpfProfiling bpfRedirectToPeer',
    'cgroupV2Path chainInsertMode dataplaneDriver dataplaneWatchdogTimeout debugHost',
    'debugMemoryProfilePath defaultEndpointToHostAction deviceRouteSourceAddress',
    'deviceRouteSourceAddressIPv6 endpointStatusPathPrefix featureDetectOverride featureGates',
    'floatingIPs flowLogsGoldmaneServer flowLogsLocalReporter flowLogsPolicyEvaluationMode',
    'healthHost interfaceExclude interfacePrefix ipForwarding iptablesBackend',
    'iptablesFilterAllowAction iptablesFilterDenyAction iptablesMangleAllowAction',
    'iptablesNATOutgoingInterfaceFilter istioAmbientMode logActionRateLimit',
    'logDebugFilenameRegex logFilePath logPrefix logSeverityFile logSeverityScreen',
    'logSeveritySys metadataAddr mtuIfacePattern natOutgoingAddress natOutgoingExclusions',
    'nftablesFilterAllowAction nftablesFilterDenyAction nftablesMangleAllowAction',
    'nftablesMode nftablesRefreshInterval nodeSelector openstackRegion policySyncPathPrefix',
    'programClusterRoutes prometheusMetricsCAFile prometheusMetricsCertFile',
    'prometheusMetricsClientAuth prometheusMetricsHost prometheusMetricsKeyFile routeSource',
    'serviceLoopPrevention windowsManageFirewallRules wireguardInterfaceName',
    'wireguardInterfaceNameV6 workloadSourceSpoofing',
  ].join(' '),
  duration: [
    'bpfKubeProxyMinSyncPeriod debugSimulateCalcGraphHangAfter',
    'debugSimulateDataplaneApplyDelay debugSimulateDataplaneHangAfter endpointReportingDelay',
    'flowLogsFlushInterval interfaceRefreshInterval ipsetsRefreshInterval',
    'iptablesLockProbeInterval iptablesPostWriteCheckInterval iptablesRefreshInterval',
    'liveMigrationRouteConvergenceTime netlinkTimeout reportingInterval reportingTTL',
    'routeRefreshInterval usageReportingInitialDelay usageReportingInterval',
    'wireguardKeepAlive xdpRefreshInterval',
  ].join(' '),
  intOrString: ['bpfPSNATPorts natPortRange'].join(' '),
  array: [
    'bpfDSROptoutCIDRs bpfExcludeCIDRsFromNAT bpfForceTrackPacketsFromIfaces',
    'externalNodesList failsafeInboundHostPorts failsafeOutboundHostPorts',
    'healthTimeoutOverrides kubeNodePortRanges routeTableRanges',
  ].join(' '),
  object: ['bpfConntrackTimeouts bpfLogFilters routeTableRange'].join(' '),
};

/** Every field of FelixConfiguration's spec → what it takes. */
export const felixFields = cell<Readonly<Record<string, FelixFieldType>>>(
  Object.fromEntries(
    Object.entries(NAMES).flatMap(([type, names]) =>
      names.split(' ').map((name) => [name, type as FelixFieldType]),
    ),
  ),
  'projectcalico/calico api/config/crd FelixConfiguration at v3.32.1',
  '2026-11-26',
);
