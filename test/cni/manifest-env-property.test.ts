import fc from 'fast-check';
import { KubeProxyMode, Severity } from '../../lib';
import { TunedCalico } from '../../lib/cni';
import { dualStack } from '../support/dual-stack';
import { ours, render } from './calico';

type Env = Record<string, string>;

/** Right values of variables; the empty one is as good as none. */
const VALUES: Record<string, string[]> = {
  CALICO_IPV4POOL_CIDR: ['', '10.244.0.0/16', '10.244.9.9/16'],
  CALICO_IPV4POOL_BLOCK_SIZE: ['', '24', '26'],
  CALICO_IPV4POOL_NAT_OUTGOING: ['', 'true', 'false'],
  CALICO_IPV6POOL_VXLAN: ['', 'Never', 'Always', 'CrossSubnet'],
  IP: ['', 'autodetect', 'none'],
  IP_AUTODETECTION_METHOD: ['', 'first-found', 'cidr=10.20.0.0/24', 'can-reach=10.20.0.1'],
  AS: ['', '64513', '1.1'],
  CALICO_ADVERTISE_CLUSTER_IPS: ['', '10.96.0.0/16'],
  CNI_MTU: ['', '0', '1400'],
  FELIX_IPINIPMTU: ['', '0', '1410'],
  FELIX_VXLANMTU: ['', '0', '1390'],
  FELIX_WIREGUARDMTU: ['', '0', '1380'],
  FELIX_WIREGUARDENABLED: ['', 'true', 'false'],
  FELIX_WIREGUARDLISTENINGPORT: ['', '51900'],
  FELIX_WIREGUARDPERSISTENTKEEPALIVE: ['', '0', '25'],
  FELIX_BPFENABLED: ['', 'false', 'true'],
  FELIX_BPFEXTERNALSERVICEMODE: ['', 'dsr'],
  FELIX_NFTABLESMODE: ['', 'Auto', 'Enabled', 'Disabled'],
  FELIX_IPTABLESREFRESHINTERVAL: ['', '0', '60'],
  FELIX_NFTABLESREFRESHINTERVAL: ['', '60'],
  FELIX_FEATUREDETECTOVERRIDE: ['', 'ChecksumOffloadBroken=true', 'A=false'],
  FELIX_PROMETHEUSMETRICSENABLED: ['', 'true', 'false'],
  FELIX_PROMETHEUSMETRICSPORT: ['', '9095'],
  FELIX_FAILSAFEINBOUNDHOSTPORTS: ['', 'none', 'tcp:22,udp:10.0.0.0/8:68'],
  FELIX_LOGSEVERITYSCREEN: ['', 'DEBUG'],
  FELIX_NETLINKTIMEOUTSECS: ['', '10', '1.5'],
  SOMETHING_ELSE: ['', 'x'],
};

/** One tunnel at most, and a backend that goes with it. */
const TRAVEL: Env[] = [
  {},
  { CALICO_IPV4POOL_IPIP: 'Off', CALICO_NETWORKING_BACKEND: 'bird' },
  { CALICO_IPV4POOL_IPIP: 'Always', CALICO_IPV4POOL_VXLAN: 'Never' },
  { CALICO_IPV4POOL_IPIP: 'CrossSubnet' },
  { CALICO_IPV4POOL_VXLAN: 'Always', CALICO_NETWORKING_BACKEND: 'vxlan' },
  { CALICO_IPV4POOL_VXLAN: 'CrossSubnet', CALICO_NETWORKING_BACKEND: 'bird' },
  { CALICO_NETWORKING_BACKEND: 'vxlan' },
];

const environments = fc
  .tuple(
    fc.constantFrom(...TRAVEL),
    fc.record(
      Object.fromEntries(
        Object.entries(VALUES).map(([name, values]) => [name, fc.constantFrom(...values)]),
      ),
      { requiredKeys: [] },
    ),
  )
  .map(([travel, others]) => ({ ...travel, ...others }) as Env);

test('right values make a Calico, on a cluster that goes with them', () => {
  fc.assert(
    fc.property(environments, fc.boolean(), (env, two) => {
      const proxy = env.FELIX_BPFENABLED === 'true' ? { kubeProxyMode: KubeProxyMode.NONE } : {};
      const facts = { ...(two ? dualStack() : {}), ...proxy };
      const rendered = render(TunedCalico.fromManifestEnv(env), facts);
      const contradictions = ours(rendered.cluster).filter(({ id }) => id === 'GW-CNI-043');
      expect(contradictions).toEqual([]);
      // Whatever is found about a variable says which one it is, with its value.
      for (const { id, message } of ours(rendered.cluster)) {
        const named = Object.entries(env).some(([name, value]) =>
          message.includes(`${name}=${value}`),
        );
        expect(named || !/-04[45]/.test(id)).toBe(true);
      }
    }),
    { numRuns: 200 },
  );
});

test('whatever the values are, an error names the function and the variable', () => {
  const names = [...Object.keys(VALUES), ...TRAVEL.flatMap((env) => Object.keys(env)), 'IP6'];
  const odd = fc.oneof(fc.string(), fc.constantFrom('constructor', '-1', 'none', '/', '=', '[]:'));
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...names), odd), (env) => {
      try {
        TunedCalico.fromManifestEnv(env);
      } catch (error) {
        for (const line of (error as Error).message.split(/\n(?=\[TunedCalico)/)) {
          expect(line).toMatch(/^\[TunedCalico\.fromManifestEnv\] [A-Z0-9_]+ must be /);
        }
      }
    }),
    { numRuns: 500 },
  );
});

test('an environment of nothing wrong stays silent about what it does not have', () => {
  const { cluster } = render(TunedCalico.fromManifestEnv({ UNKNOWN: 'x' }));
  expect(ours(cluster)).toMatchObject([{ id: 'GW-CNI-045', severity: Severity.NOTE }]);
});
