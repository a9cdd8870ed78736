import { KubeProxyMode } from '../../lib/cluster';
import { LinuxDataplane, TunedCalico } from '../../lib/cni';
import { dualStack } from '../support/dual-stack';
import { render, said } from './calico';

type Env = Record<string, string>;

const read = (env: Env) => TunedCalico.fromManifestEnv(env);
const spec = (env: Env, facts = {}) =>
  render(read(env), facts).objects.find('FelixConfiguration').spec as Record<string, unknown>;
const notes = (env: Env, facts = {}) =>
  said(render(read(env), facts))
    .filter((text) => /-04[345] FELIX/i.test(text))
    .map((text) => text.replace('GW-CNI-', ''));
const refusal = (
  name: string,
  allowed: string,
  got: string,
  remedy = 'correct it, or leave it out',
) => new Error(`[TunedCalico.fromManifestEnv] ${name} must be ${allowed}, got ${got}; ${remedy}`);

const withoutProxy = { kubeProxyMode: KubeProxyMode.NONE };
describe('props', () => {
  test.each<[Env, any]>([
    [{ FELIX_LOGSEVERITYSCREEN: 'debug' }, { felix: { logSeverityScreen: 'Debug' } }],
    [{ FELIX_USAGEREPORTINGENABLED: 'f' }, { felix: { usageReportingEnabled: false } }],
    [{ FELIX_PROMETHEUSMETRICSENABLED: '1' }, { felix: { prometheusMetricsPort: 9091 } }],
    [{ FELIX_PROMETHEUSMETRICSENABLED: 'false' }, {}],
    [{ FELIX_NFTABLESMODE: 'enabled' }, { linuxDataplane: LinuxDataplane.NFTABLES }],
    [{ FELIX_NFTABLESMODE: 'Disabled' }, { linuxDataplane: LinuxDataplane.IPTABLES }],
    [{ FELIX_NFTABLESMODE: 'Auto', FELIX_BPFENABLED: 'false' }, {}],
    [
      { FELIX_BPFENABLED: 'true', FELIX_NFTABLESMODE: 'Disabled' },
      { linuxDataplane: LinuxDataplane.BPF },
    ],
    [
      { FELIX_BPFENABLED: 'true', FELIX_BPFEXTERNALSERVICEMODE: 'dsr' },
      { linuxDataplane: LinuxDataplane.BPF, bpf: { externalServiceMode: 'DSR' } },
    ],
    [{ FELIX_WIREGUARDENABLED: 'true' }, { wireguard: {} }],
    [
      { FELIX_WIREGUARDENABLED: 'true', FELIX_WIREGUARDLISTENINGPORT: '51900' },
      { wireguard: { listeningPort: 51900 } },
    ],
    [
      { FELIX_WIREGUARDENABLED: 'true', FELIX_WIREGUARDPERSISTENTKEEPALIVE: '0' },
      { wireguard: {} },
    ],
    [{ FELIX_PROGRAMCLUSTERROUTES: 'Enabled' }, { clusterRoutingMode: 'Felix' }],
    [{ FELIX_PROGRAMCLUSTERROUTES: 'Disabled' }, {}],
    [
      { FELIX_FEATUREDETECTOVERRIDE: 'ChecksumOffloadBroken=false', FELIX_WIREGUARDENABLED: 'y' },
      { wireguard: {} },
    ],
    [{ FELIX_FAILSAFEINBOUNDHOSTPORTS: '' }, { felix: { failsafeInboundHostPorts: [] } }],
    [
      {
        FELIX_FAILSAFEINBOUNDHOSTPORTS:
          '22,tcp:10.1.2.3/8:8443,udp:[2001:db8::1]:68,tcp:10.0.0.1:1',
      },
      {
        felix: {
          failsafeInboundHostPorts: [
            { protocol: 'tcp', port: 22 },
            { protocol: 'tcp', port: 8443, net: '10.0.0.0/8' },
            { protocol: 'udp', port: 68, net: '2001:db8::1/128' },
            { protocol: 'tcp', port: 1, net: '10.0.0.1/32' },
          ],
        },
      },
    ],
    [{ FELIX_IPTABLESMARKMASK: '0xffff0000' }, {}],
    [{ FELIX_LOGFILEPATH: 'None' }, { felix: { overrides: { logFilePath: '' } } }],
    [{ FELIX_LOGFILEPATH: '' }, {}],
    [{ FELIX_NETLINKTIMEOUTSECS: 'none' }, { felix: { overrides: { netlinkTimeout: '0s' } } }],
    [{ FELIX_XDPENABLED: 'none' }, { felix: { overrides: { xdpEnabled: false } } }],
    [{ FELIX_GOGCTHRESHOLD: '-1' }, { felix: { overrides: { goGCThreshold: -1 } } }],
    [{ FELIX_DEBUGPORT: '010' }, { felix: { overrides: { debugPort: 8 } } }],
  ])('%j', (env, options) => {
    expect(read(env)).toEqual({ ...options, manifestEnv: env });
  });
});

test('usage reporting that was off stays off, and what is on is told', () => {
  expect(spec({ FELIX_USAGEREPORTINGENABLED: 'false' }).usageReportingEnabled).toBe(false);
  expect(said(render(read({ FELIX_USAGEREPORTINGENABLED: 'true' })))).toEqual([
    'GW-CNI-032 felix.usageReportingEnabled is on',
  ]);
});

describe('findings', () => {
  const idle = 'has no effect';
  test.each<[Env, any]>([
    [{ FELIX_DEFAULTENDPOINTTOHOSTACTION: 'accept', FELIX_HEALTHENABLED: 'true' }, []],
    [{ FELIX_HEALTHPORT: '9099', FELIX_VXLANPORT: '4789', FELIX_VXLANVNI: '4096' }, []],
    [{ FELIX_IPV6SUPPORT: 'false', FELIX_DATASTORETYPE: 'Kubernetes' }, []],
    [
      { FELIX_DEFAULTENDPOINTTOHOSTACTION: 'DROP' },
      [
        `045 FELIX_DEFAULTENDPOINTTOHOSTACTION=DROP ${idle}: the operator sets ACCEPT in the environment, which wins`,
      ],
    ],
    [
      { FELIX_HEALTHENABLED: 'false' },
      [`045 FELIX_HEALTHENABLED=false ${idle}: the operator switches it on, for its probes`],
    ],
    [
      { FELIX_VXLANPORT: '8472' },
      [`045 FELIX_VXLANPORT=8472 ${idle}: the operator decides the port`],
    ],
    [{ FELIX_VXLANVNI: '1' }, [`045 FELIX_VXLANVNI=1 ${idle}: the operator decides the number`]],
    [
      { FELIX_IPV6SUPPORT: 'true' },
      [`045 FELIX_IPV6SUPPORT=true ${idle}: the operator goes by the cluster, which has IPv4`],
    ],
    [
      { FELIX_PROMETHEUSMETRICSPORT: '9091' },
      [`045 FELIX_PROMETHEUSMETRICSPORT=9091 ${idle} without FELIX_PROMETHEUSMETRICSENABLED=true`],
    ],
    [
      { FELIX_BPFDATAIFACEPATTERN: 'eno.*' },
      [`045 FELIX_BPFDATAIFACEPATTERN=eno.* ${idle} without FELIX_BPFENABLED=true`],
    ],
    [
      { FELIX_WIREGUARDLISTENINGPORTV6: '51900' },
      [`045 FELIX_WIREGUARDLISTENINGPORTV6=51900 ${idle} without FELIX_WIREGUARDENABLEDV6=true`],
    ],
    [
      { FELIX_WIREGUARDPERSISTENTKEEPALIVE: '25' },
      [`045 FELIX_WIREGUARDPERSISTENTKEEPALIVE=25 ${idle} without FELIX_WIREGUARDENABLED=true`],
    ],
    [
      { FELIX_NFTABLESREFRESHINTERVAL: '60' },
      [`045 FELIX_NFTABLESREFRESHINTERVAL=60 ${idle} with dataplane Iptables`],
    ],
    [
      { FELIX_BPFENABLED: 'true', FELIX_IPTABLESREFRESHINTERVAL: '60' },
      [`045 FELIX_IPTABLESREFRESHINTERVAL=60 ${idle} with dataplane BPF`],
    ],
    [
      { FELIX_FEATUREDETECTOVERRIDE: 'ChecksumOffloadBroken=true' },
      [
        `045 FELIX_FEATUREDETECTOVERRIDE=ChecksumOffloadBroken=true ${idle}: it is about tunnel devices, and no variable switches a tunnel on`,
      ],
    ],
    [
      { FELIX_FEATUREDETECTOVERRIDE: 'SNATFullyRandom=false' },
      [
        '045 FELIX_FEATUREDETECTOVERRIDE=SNATFullyRandom=false is not taken over for SNATFullyRandom: Felix detects it from the kernel',
      ],
    ],
    [
      { FELIX_TYPHAK8SSERVICENAME: 'calico-typha' },
      [
        `045 FELIX_TYPHAK8SSERVICENAME=calico-typha ${idle}: Felix reads it from its environment alone, which is the operator's`,
      ],
    ],
    [{ FELIX_IPIPMTU: '1440' }, [`045 FELIX_IPIPMTU=1440 ${idle}: Felix has no such parameter`]],
    [{ felix_constructor: 'x' }, [`045 felix_constructor=x ${idle}: Felix has no such parameter`]],
  ])('%j', (env, findings) => {
    expect(notes(env, env.FELIX_BPFENABLED === undefined ? {} : withoutProxy)).toEqual(findings);
  });

  test('a name of the field is led to that of the variable', () => {
    const { cluster } = render(read({ FELIX_IPIPMTU: '1440' }));
    expect(cluster.findings().map(({ remedy }) => remedy)).toContain('write FELIX_IPINIPMTU');
  });

  test('encryption of one family where there are two', () => {
    const one = { FELIX_WIREGUARDENABLED: 'true' };
    expect(notes(one, dualStack())).toEqual([
      '044 FELIX_WIREGUARDENABLED=true encrypted IPv4 only; here wireguard encrypts IPv4 and IPv6',
    ]);
    expect(notes(one)).toEqual([]);
    expect(notes({ FELIX_WIREGUARDENABLEDV6: 'true' })).toEqual([
      '044 FELIX_WIREGUARDENABLEDV6=true encrypted IPv6 only; here wireguard encrypts IPv4',
    ]);
    expect(notes({ ...one, FELIX_WIREGUARDENABLEDV6: 'true' }, dualStack())).toEqual([]);
  });
});

describe('what cannot be parsed', () => {
  test.each([
    ['FELIX_XDPENABLED', 'maybe', 'true or false'],
    ['FELIX_LOGSEVERITYSCREEN', 'loud', 'Trace, Debug, Info, Warning, Error or Fatal'],
    ['FELIX_DEBUGPORT', '65536', 'a whole number between 0 and 65535'],
    ['FELIX_DEBUGPORT', '089', 'a whole number between 0 and 65535'],
    ['FELIX_GOMAXPROCS', 'four', 'a whole number between -2147483648 and 2147483647'],
    ['FELIX_MAXIPSETSIZE', 'none', 'a whole number between -2147483648 and 2147483647'],
    ['FELIX_NETLINKTIMEOUTSECS', '10s', 'a number of seconds'],
    ['FELIX_IPTABLESLOCKPROBEINTERVALMILLIS', '-1', 'a number of milliseconds'],
    ['FELIX_NATPORTRANGE', '9:1', 'a port, or two with a colon between them'],
    ['FELIX_KUBENODEPORTRANGES', '1:2:3', 'a list of ports, or of two with a colon between them'],
    ['FELIX_BPFDSROPTOUTCIDRS', '10.0.0.0/8,x', 'a list of networks, with commas between'],
    ['FELIX_ROUTETABLERANGES', '9-1', 'a list of ranges such as 1-250, with commas between'],
    ['FELIX_ROUTETABLERANGE', '0-250', 'a range such as 1-250'],
    ['FELIX_HEALTHTIMEOUTOVERRIDES', 'loop=90', 'a list of name=duration, with commas between'],
    ['FELIX_BPFLOGFILTERS', 'all', 'a list of name=value, with commas between'],
    [
      'FELIX_BPFCONNTRACKTIMEOUTS',
      'TCPSynSent=20',
      'a list of name=duration with names of creationGracePeriod, genericTimeout, icmpTimeout, tcpEstablished, tcpFinsSeen, tcpResetSeen, tcpSynSent, udpTimeout',
    ],
    ['FELIX_LOGPREFIX', 'a"b', 'letters, digits, blanks and %:/_-'],
    ['FELIX_FEATUREDETECTOVERRIDE', 'fast', 'name=true or name=false, with commas between'],
    ['FELIX_IPTABLESMARKMASK', '0xff000000', 'a whole number between 1 and 2147483647'],
    ...['sctp:22', 'tcp:0', 'tcp:65536', 'tcp:x:22', 'tcp:10.0.0.0/33:22', 'ssh'].map((text) => [
      'FELIX_FAILSAFEINBOUNDHOSTPORTS',
      text,
      'a list of protocol:port, protocol:network:port or port, with commas between',
    ]),
  ])('%s=%s', (name, got, allowed) => {
    expect(() => read({ [name!]: got! })).toThrow(refusal(name!, allowed!, got!));
  });

  test.each<[Env, any]>([
    [
      { FELIX_ROUTEREFRESHINTERVAL: '0.5' },
      "FELIX_ROUTEREFRESHINTERVAL must be between 1 and 86400 seconds, or 0 for never, got 0.5; leave it out for Felix's own default",
    ],
    [
      { FELIX_PROMETHEUSMETRICSENABLED: 'true', FELIX_PROMETHEUSMETRICSPORT: '80' },
      'FELIX_PROMETHEUSMETRICSPORT must be between 1024 and 65535, got 80; use 9091 unless it is taken',
    ],
    [
      { FELIX_WIREGUARDENABLED: 'true', FELIX_WIREGUARDPERSISTENTKEEPALIVE: '2.5' },
      'FELIX_WIREGUARDPERSISTENTKEEPALIVE must be whole seconds up to 65535, got 2.5; 25 keeps most firewalls open',
    ],
    [
      { FELIX_XDPENABLED: 'true', felix_XdpEnabled: 'true' },
      'felix_XdpEnabled must be given once, not as FELIX_XDPENABLED as well, got true; Felix reads them without case; keep one',
    ],
  ])('%j', (env, text) => {
    expect(() => read(env)).toThrow(new Error(`[TunedCalico.fromManifestEnv] ${text}`));
  });
});
