import { felixFields } from '../../lib/catalog';
import { KubeProxyMode } from '../../lib/cluster';
import { TunedCalico } from '../../lib/cni';
import { dualStack } from '../support/dual-stack';
import { validateStrictly } from '../support/strict-schema';
import { describeWithUpstream } from '../support/upstream';
import { render, said } from './calico';

type Env = Record<string, string>;

const read = (env: Env) => TunedCalico.fromManifestEnv(env);
const withoutProxy = { kubeProxyMode: KubeProxyMode.NONE };
/** Names that differ from the field's, as upstream's config-params.json of v3.32.1 spells them. */
const RENAMED: Env = {
  bpfConntrackMode: 'BPFConntrackCleanupMode',
  endpointReportingDelay: 'EndpointReportingDelaySecs',
  externalNodesList: 'ExternalNodesCIDRList',
  ipipEnabled: 'IpInIpEnabled',
  iptablesLockProbeInterval: 'IptablesLockProbeIntervalMillis',
  iptablesPostWriteCheckInterval: 'IptablesPostWriteCheckIntervalSecs',
  netlinkTimeout: 'NetlinkTimeoutSecs',
  reportingInterval: 'ReportingIntervalSecs',
  reportingTTL: 'ReportingTTLSecs',
  usageReportingInitialDelay: 'UsageReportingInitialDelaySecs',
  usageReportingInterval: 'UsageReportingIntervalSecs',
  wireguardKeepAlive: 'WireguardPersistentKeepAlive',
};

const variableOf = (field: string) => `FELIX_${(RENAMED[field] ?? field).toUpperCase()}`;

/** A value in the environment and what it is in FelixConfiguration, by the type of the field. */
const SAMPLES: Record<string, [string, unknown]> = {
  boolean: ['Yes', true],
  integer: ['0x10', 16],
  string: ['text', 'text'],
  duration: ['1.5', '1500ms'],
  intOrString: ['20000:29999', '20000:29999'],
};

/** Where a field takes only some values, or lists and objects. */
const SPECIAL: Record<string, [string, unknown]> = {
  awsSrcDstCheck: ['donothing', 'DoNothing'],
  bpfAttachType: ['tc', 'TC'],
  bpfCTLBLogFilter: ['ALL', 'all'],
  bpfConnectTimeLoadBalancing: ['tcp', 'TCP'],
  bpfConntrackLogLevel: ['debug', 'Debug'],
  bpfConntrackMode: ['bpfprogram', 'BPFProgram'],
  bpfConntrackTimeouts: [
    'TCPSynSent=20s,TCPFinsSeen=Auto',
    { tcpSynSent: '20s', tcpFinsSeen: 'Auto' },
  ],
  bpfDSROptoutCIDRs: ['10.1.2.3/8, 10.9.9.9', ['10.0.0.0/8', '10.9.9.9/32']],
  bpfEnforceRPF: ['STRICT', 'Strict'],
  bpfExcludeCIDRsFromNAT: ['10.0.0.0/8', ['10.0.0.0/8']],
  bpfExternalServiceMode: ['tunnel', 'Tunnel'],
  bpfForceTrackPacketsFromIfaces: ['docker+,br0', ['docker+', 'br0']],
  bpfHostNetworkedNATWithoutCTLB: ['enabled', 'Enabled'],
  bpfJITHardening: ['strict', 'Strict'],
  bpfLogFilters: ['all=host 10.0.0.1,eth0=tcp', { all: 'host 10.0.0.1', eth0: 'tcp' }],
  bpfLogLevel: ['info', 'Info'],
  bpfMapSizeConntrack: ['600000', 600000],
  bpfMapSizeConntrackScaling: ['doubleiffull', 'DoubleIfFull'],
  bpfProfiling: ['enabled', 'Enabled'],
  bpfRedirectToPeer: ['disabled', 'Disabled'],
  chainInsertMode: ['append', 'Append'],
  externalNodesList: ['192.168.0.0/24', ['192.168.0.0/24']],
  failsafeInboundHostPorts: [
    'tcp:22, UDP:68',
    [
      { protocol: 'TCP', port: 22 },
      { protocol: 'UDP', port: 68 },
    ],
  ],
  failsafeOutboundHostPorts: ['none', []],
  featureDetectOverride: ['ChecksumOffloadBroken=true', 'ChecksumOffloadBroken=true'],
  featureGates: [
    'BPFConnectTimeLoadBalancingWorkaround=enabled',
    'BPFConnectTimeLoadBalancingWorkaround=enabled',
  ],
  floatingIPs: ['enabled', 'Enabled'],
  flowLogsLocalReporter: ['enabled', 'Enabled'],
  flowLogsPolicyEvaluationMode: ['none', 'None'],
  healthTimeoutOverrides: [
    'InternalDataplaneMainLoop=90s',
    [{ name: 'InternalDataplaneMainLoop', timeout: '90s' }],
  ],
  ipForwarding: ['disabled', 'Disabled'],
  iptablesBackend: ['nft', 'NFT'],
  iptablesFilterAllowAction: ['RETURN', 'Return'],
  iptablesFilterDenyAction: ['REJECT', 'Reject'],
  iptablesLockProbeInterval: ['70', '70ms'],
  iptablesMangleAllowAction: ['RETURN', 'Return'],
  iptablesMarkMask: ['0xff0000', 0xff0000],
  istioAmbientMode: ['enabled', 'Enabled'],
  kubeNodePortRanges: ['30000:32767,8080', ['30000:32767', 8080]],
  logActionRateLimit: ['10/second', '10/second'],
  logSeverityFile: ['DEBUG', 'Debug'],
  logSeverityScreen: ['WARNING', 'Warning'],
  logSeveritySys: ['error', 'Error'],
  natOutgoingExclusions: ['ippoolsandhostips', 'IPPoolsAndHostIPs'],
  dataplaneWatchdogTimeout: ['90', '90s'],
  nftablesFilterAllowAction: ['accept', 'Accept'],
  nftablesFilterDenyAction: ['drop', 'Drop'],
  nftablesMangleAllowAction: ['accept', 'Accept'],
  nftablesMarkMask: ['0xff0000', 0xff0000],
  nftablesRefreshInterval: ['1.5', '1500ms'],
  prometheusMetricsClientAuth: ['noclientcert', 'NoClientCert'],
  prometheusMetricsPort: ['9091', 9091],
  routeSource: ['workloadips', 'WorkloadIPs'],
  routeTableRange: ['1-250', { min: 1, max: 250 }],
  routeTableRanges: [
    '1-100,200-250',
    [
      { min: 1, max: 100 },
      { min: 200, max: 250 },
    ],
  ],
  serviceLoopPrevention: ['reject', 'Reject'],
  windowsManageFirewallRules: ['enabled', 'Enabled'],
  wireguardKeepAlive: ['25', '25s'],
  wireguardListeningPort: ['51830', 51830],
  wireguardListeningPortV6: ['51831', 51831],
  workloadSourceSpoofing: ['any', 'Any'],
};

/** Fields of which nothing is to be seen in FelixConfiguration, each with a test of its own. */
const ELSEWHERE = [
  'bpfEnabled defaultEndpointToHostAction healthEnabled healthPort ipipMTU ipv6Support nodeSelector',
  'nftablesMode programClusterRoutes vxlanMTU vxlanMTUV6 vxlanPort vxlanVNI wireguardMTU',
  'wireguardMTUV6',
].flatMap((line) => line.split(' '));

/** What a field needs beside it to be of use. */
function companions(field: string): Env {
  const bpf = [
    'bpfExternalServiceMode',
    'bpfConnectTimeLoadBalancing',
    'bpfDataIfacePattern',
    'bpfMapSizeConntrack',
  ];
  return {
    ...(bpf.includes(field) ? { FELIX_BPFENABLED: 'true' } : {}),
    ...(/^wireguard/.test(field)
      ? { FELIX_WIREGUARDENABLED: 'true', FELIX_WIREGUARDENABLEDV6: 'true' }
      : {}),
    ...(field === 'nftablesRefreshInterval' ? { FELIX_NFTABLESMODE: 'Enabled' } : {}),
    ...(field === 'prometheusMetricsPort' ? { FELIX_PROMETHEUSMETRICSENABLED: 'true' } : {}),
    ...(field === 'featureDetectOverride' ? { CALICO_IPV4POOL_VXLAN: 'Always' } : {}),
  };
}

const FIELDS = Object.keys(felixFields.value).filter((field) => !ELSEWHERE.includes(field));

describe('every field of FelixConfiguration has its variable', () => {
  const facts = (env: Env) =>
    dualStack({
      ...(env.FELIX_BPFENABLED === undefined ? {} : withoutProxy),
      ...(env.FELIX_NFTABLESMODE === undefined ? {} : { kubeProxyMode: KubeProxyMode.NFTABLES }),
    });

  describeWithUpstream('in the types of the schema', () => {
    test.each(FIELDS)('%s', (field) => {
      const [text, value] = SPECIAL[field] ?? SAMPLES[felixFields.value[field]!]!;
      // Upstream reads names without regard to case.
      const { [variableOf(field)]: _own, ...others } = companions(field);
      const env: Env = { ...others, [variableOf(field).replace('FELIX', 'Felix')]: text };
      const rendered = render(read(env), facts(env));
      const felix = rendered.objects.find('FelixConfiguration');
      expect(felix.spec[field]).toEqual(value);
      expect(validateStrictly(felix)).toEqual([]);
      expect(said(rendered).filter((message) => /-04[345] Felix/.test(message))).toEqual([]);
    });
  });
});
