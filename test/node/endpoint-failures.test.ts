import { ApiEndpointKind, KubernetesVersion } from '../../lib';
import { endpointRules } from '../../lib/node/endpoint/rules';
import { endpoints } from '../support/endpoints';
import { endpointFailures } from './endpoint-failures-errors';
import { file, oslo, unpacked } from './support';

test.each(endpointFailures)('$id: $title', ({ of, says }) => {
  expect(of()).toEqual(says);
});

test('every rule about endpoints is heard', () => {
  const heard = endpointFailures.flatMap(({ says }) => says.map((line) => line.split(' ')[0]));
  expect(endpointRules.map(({ id }) => id).filter((id) => !heard.includes(id))).toEqual([]);
});

test('NODE10: an error names the kinds that work instead', () => {
  const remedies = endpointRules
    .filter(({ id }) => ['GW-NODE-002', 'GW-NODE-055'].includes(id))
    .map(({ remedy }) => remedy);
  expect(remedies).toHaveLength(2);
  for (const remedy of remedies) {
    expect(remedy).toContain('ApiEndpoint.localProxy');
    expect(remedy).toContain('ApiEndpoint.external');
  }
});

test.each(['1.35.4', '1.36.0', '1.36.1'])(
  'NODE11: of %s only kube-vip by ARP begins with the rights of super-admin, and only on the first machine',
  (patch) => {
    const old = patch !== '1.36.1';
    for (const kind of Object.values(ApiEndpointKind)) {
      const files = oslo({
        endpoint: endpoints[kind],
        kubernetesVersion: KubernetesVersion.of(patch),
      }).files();
      const manifests = Object.keys(files)
        .filter((path) => path.includes('/kube-vip'))
        .map((path) => path.replace('/files/etc/groundwork', ''));
      const byKubeVip = kind === ApiEndpointKind.KUBE_VIP || kind === ApiEndpointKind.KUBE_VIP_BGP;
      expect(manifests).toEqual([
        ...(old && kind === ApiEndpointKind.KUBE_VIP ? ['nodes/cp-1/kube-vip-init.manifest'] : []),
        ...(byKubeVip ? ['cp-1', 'cp-2', 'cp-3'].map((m) => `nodes/${m}/kube-vip.manifest`) : []),
      ]);
      for (const machine of byKubeVip ? ['cp-1', 'cp-2', 'cp-3'] : []) {
        const pod = file(files, machine, '/etc/groundwork/kube-vip.manifest').yaml();
        expect(pod.spec.volumes[0].hostPath.path).toBe('/etc/kubernetes/admin.conf');
      }
    }
  },
);

test('NODE11: files of control planes differ in what is theirs alone', () => {
  const files = oslo({ endpoint: endpoints['keepalived-haproxy'] }).files();
  const own = (machine: string) => unpacked(files, machine, '/etc/keepalived/keepalived.conf');
  const masked = ['cp-1', 'cp-2', 'cp-3'].map((machine) =>
    own(machine)
      .replace(/(router_id|priority|unicast_src_ip) \S+/g, '$1')
      .replace(/unicast_peer \{[^}]*\}/, ''),
  );
  expect(new Set(masked).size).toBe(1);
  expect(new Set(['cp-1', 'cp-2', 'cp-3'].map(own)).size).toBe(3);
});
