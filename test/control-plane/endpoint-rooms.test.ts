import { App } from 'cdk8s';
import { parse } from 'yaml';
import {
  ApiEndpoint,
  ApiEndpointKind,
  Encapsulation,
  KubeProxyMode,
  LinuxDataplane,
  TunedCalico,
  type NvmeControlPlaneProps,
} from '../../lib';
import { failsafeTcp } from '../../lib/cni/calico/felix';
import { applyScript } from '../../lib/control-plane/apply-script';
import { behind, endpoints } from '../support/endpoints';
import { osloPlane } from './oslo-plane';

// Rooms that know nothing of one another read the same facts of the endpoint.

const plane = (endpoint: ApiEndpoint, changes: Partial<NvmeControlPlaneProps> = {}) =>
  osloPlane(new App(), { ...behind(endpoint), ...changes });

const objects = ({ node }: ReturnType<typeof plane>): any[] =>
  node
    .findAll()
    .flatMap((part) => ('toJson' in part && 'apiVersion' in part ? [(part as any).toJson()] : []));

/** The two files of kube-proxy. */
const proxyFiles = (endpoint: ApiEndpoint) => {
  const { data } = objects(plane(endpoint)).find(
    ({ kind, data: some }) => kind === 'ConfigMap' && some?.['config.conf'] !== undefined,
  );
  return { config: parse(data['config.conf']), kubeconfig: parse(data['kubeconfig.conf']) };
};

test.each([
  ['kube-vip', 6443, ['10.20.0.10/32']],
  ['kube-vip-bgp', 6443, ['10.99.0.10/32']],
  ['keepalived-haproxy', 7443, ['10.20.0.10/32']],
  ['local-proxy', 7443, []],
  ['external', 6443, []],
] as Array<[ApiEndpointKind, number, string[]]>)(
  'kube-proxy behind %s: its server, and addresses that are not its own',
  (kind, port, excluded) => {
    const { config, kubeconfig } = proxyFiles(endpoints[kind]);
    expect(kubeconfig.clusters[0].cluster.server).toBe(`https://api.oslo.example:${port}`);
    expect(config.ipvs.excludeCIDRs).toEqual(excluded);
  },
);

test('no policy of Felix shuts off a port of the API', () => {
  const ports = Object.values(endpoints).map((endpoint) =>
    failsafeTcp(plane(endpoint).cluster, 179),
  );
  for (const [index, endpoint] of Object.values(endpoints).entries()) {
    expect(ports[index]).toEqual(expect.arrayContaining([endpoint.port, endpoint.apiServerPort]));
  }
});

test('the edge may speak to API servers on their own port', () => {
  const endpoint = ApiEndpoint.localProxy({ dnsName: 'api.oslo.example', apiServerPort: 8443 });
  const policies = objects(plane(endpoint)).filter(({ kind }) => kind === 'NetworkPolicy');
  const ports = policies.flatMap(({ spec }) =>
    (spec.egress ?? []).flatMap((rule: any) => rule.ports.map(({ port }: any) => port)),
  );
  expect(ports).toEqual(expect.arrayContaining([6443, 7443, 8443]));
});

test('the BPF dataplane cannot look for the API on loopback', () => {
  const found = (endpoint: ApiEndpoint) =>
    plane(endpoint, {
      kubeProxy: undefined,
      kubeProxyMode: KubeProxyMode.NONE,
      cni: TunedCalico.configure({
        linuxDataplane: LinuxDataplane.BPF,
        encapsulation: Encapsulation.VXLAN,
      }),
    } as Partial<NvmeControlPlaneProps>)
      .cluster.findings()
      .filter(({ id }) => id === 'GW-CNI-022')
      .map(({ message }) => message);
  expect(found(endpoints['local-proxy'])).toEqual([
    'endpoint must have an address with dataplane BPF, got api.oslo.example alone',
  ]);
  expect(found(endpoints['keepalived-haproxy'])).toEqual([]);
});

test.each(Object.entries(endpoints))('apply.sh knows the servers behind %s', (kind, endpoint) => {
  const script = applyScript(plane(endpoint).cluster, [], []);
  const [, line] = /\nserver=[^\n]*\n[^\n]*\n {2}([^\n]*)\) ;;/.exec(script)!;
  const direct = [1, 2, 3].map((n) => `'https://10.20.0.1${n}:6443'`);
  const { address, port } = endpoint;
  expect(line!.split(' | ').sort()).toEqual(
    [
      `'https://api.oslo.example:${port}'`,
      ...(address === undefined ? [] : [`'https://${address}:${port}'`]),
      ...(kind === 'local-proxy' ? direct : []),
    ].sort(),
  );
});
