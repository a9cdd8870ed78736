import { parseAllDocuments } from 'yaml';
import { ApiEndpoint, KubeProxyMode, Machine } from '../../lib';
import { osloMachine } from '../support/oslo';
import { file, oslo, unpacked } from './support';
import { unknownFields } from './v1beta4';

function documents(files: Record<string, string>, machine: string, name = 'kubeadm'): any[] {
  return file(files, machine, `/etc/groundwork/${name}.conf`).yamlDocuments();
}

const worker = Machine.worker('w-1', { zone: 'oslo-1', address: '10.20.0.21' });
const machines = [1, 2, 3].map((n) => osloMachine(n));

describe('kubeadm configuration', () => {
  test('the first control plane inits, the others and the workers join', () => {
    const files = oslo({ machines: [...machines, worker] }).files();
    expect(documents(files, 'cp-1').map((d) => d.kind)).toEqual([
      'InitConfiguration',
      'ClusterConfiguration',
      'KubeletConfiguration',
    ]);
    expect(documents(files, 'cp-2').map((d) => d.kind)).toEqual(['JoinConfiguration']);
    expect(documents(files, 'w-1').map((d) => d.kind)).toEqual(['JoinConfiguration']);
    expect(documents(files, 'cp-2')[0].controlPlane).toEqual({
      localAPIEndpoint: { advertiseAddress: '10.20.0.12', bindPort: 6443 },
      certificateKey: '@CERTIFICATE_KEY@',
    });
    expect(documents(files, 'w-1')[0]).not.toHaveProperty('controlPlane');
  });

  test('a control plane can do the other thing too: join in place of a lost first one, admit others', () => {
    const files = oslo({ machines: [...machines, worker] }).files();
    const [first] = documents(files, 'cp-1', 'kubeadm-join');
    const [other] = documents(files, 'cp-2');
    expect(first).toEqual({
      ...other,
      nodeRegistration: documents(files, 'cp-1')[0].nodeRegistration,
      controlPlane: {
        ...other.controlPlane,
        localAPIEndpoint: { advertiseAddress: '10.20.0.11', bindPort: 6443 },
      },
    });
    const [init, cluster] = documents(files, 'cp-2', 'kubeadm-init');
    expect(cluster).toEqual(documents(files, 'cp-1')[1]);
    expect(init).toMatchObject({
      bootstrapTokens: [{ token: '@BOOTSTRAP_TOKEN@' }],
      certificateKey: '@CERTIFICATE_KEY@',
      localAPIEndpoint: { advertiseAddress: '10.20.0.12' },
    });
    expect([init, cluster, first].flatMap(unknownFields)).toEqual([]);
    expect(Object.keys(files).filter((path) => /w-1\/.*kubeadm-/.test(path))).toEqual([]);
  });

  test('every field exists in v1beta4, with a mirror and etcd options as well', () => {
    const { cluster, files } = oslo({
      machines: [...machines, worker],
      imageRegistry: 'mirror.example.no/k8s',
      kubeProxyMode: KubeProxyMode.IPVS,
    });
    cluster._register('etcd', {
      path: 'etcd',
      dataDir: '/var/lib/etcd/data',
      heartbeatMs: 100,
      electionMs: 1000,
      quotaBytes: 2 ** 33,
      kubeadmLocal: {
        dataDir: '/var/lib/etcd/data',
        extraArgs: [{ name: 'quota-backend-bytes', value: '8589934592' }],
      },
    });
    const rendered = files();
    for (const name of ['cp-1', 'cp-2', 'cp-3', 'w-1']) {
      for (const document of documents(rendered, name)) {
        expect(unknownFields(document)).toEqual([]);
        expect(document.apiVersion).toBe(
          document.kind === 'KubeletConfiguration'
            ? 'kubelet.config.k8s.io/v1beta1'
            : 'kubeadm.k8s.io/v1beta4',
        );
      }
    }
    const [, clusterDocument] = documents(rendered, 'cp-1');
    expect(clusterDocument.etcd.local.dataDir).toBe('/var/lib/etcd/data');
    expect(clusterDocument.proxy).toEqual({ disabled: true });
    // upstream keeps CoreDNS one level deeper, and kubeadm adds that level for its own registry only
    expect([clusterDocument.imageRepository, clusterDocument.dns.imageRepository]).toEqual([
      'mirror.example.no/k8s',
      'mirror.example.no/k8s/coredns',
    ]);
  });

  test('the field table itself finds a misspelt and a misplaced field', () => {
    expect(
      unknownFields({
        kind: 'ClusterConfiguration',
        networking: { podCidr: 'x' },
        apiServer: { certSANs: 'x' },
      }),
    ).toEqual([
      'ClusterConfiguration.networking.podCidr does not exist',
      'ClusterConfiguration.apiServer.certSANs is no list',
    ]);
  });

  test('facts of the cluster arrive', () => {
    const [init, cluster, kubelet] = documents(oslo().files(), 'cp-1');
    expect(cluster).toMatchObject({
      clusterName: 'oslo',
      kubernetesVersion: 'v1.36.4',
      controlPlaneEndpoint: 'api.oslo.example:6443',
      networking: {
        podSubnet: '10.244.0.0/16',
        serviceSubnet: '10.96.0.0/16',
        dnsDomain: 'cluster.local',
      },
      apiServer: {
        certSANs: ['api.oslo.example', '10.20.0.10', '10.20.0.11', '10.20.0.12', '10.20.0.13'],
      },
    });
    // without a known service proxy or etcd construct, kubeadm keeps both
    expect(cluster).not.toHaveProperty('proxy');
    expect(cluster).not.toHaveProperty('etcd');
    expect(init.nodeRegistration).toEqual({
      name: 'cp-1',
      criSocket: 'unix:///run/containerd/containerd.sock',
      imagePullSerial: false,
      kubeletExtraArgs: [
        { name: 'node-ip', value: '10.20.0.11' },
        {
          name: 'node-labels',
          value: 'topology.kubernetes.io/region=oslo-1,topology.kubernetes.io/zone=oslo-1',
        },
      ],
    });
    expect(kubelet).toMatchObject({
      clusterDNS: ['10.96.0.10'],
      cgroupDriver: 'systemd',
      resolvConf: '/run/systemd/resolve/resolv.conf',
    });
  });

  test("behind kube-vip the API listens on the endpoint's port, behind a load balancer on 6443", () => {
    const port = (endpoint: ApiEndpoint) =>
      documents(oslo({ endpoint }).files(), 'cp-1')[0].localAPIEndpoint.bindPort;
    expect(port(ApiEndpoint.kubeVip('10.20.0.10', { port: 8443 }))).toBe(8443);
    expect(port(ApiEndpoint.external({ dnsName: 'api.oslo.example', port: 8443 }))).toBe(6443);
  });

  test('control planes pull images by the same cluster configuration, without any secret', () => {
    const files = oslo({
      machines: [...machines, worker],
      imageRegistry: 'mirror.example.no/k8s',
    }).files();
    const [, clusterDocument] = documents(files, 'cp-1');
    for (const name of ['cp-1', 'cp-2']) {
      const text = unpacked(files, name, '/etc/groundwork/images.conf');
      const [init, same] = parseAllDocuments(text).map((d) => d.toJS());
      expect([...unknownFields(init), ...unknownFields(same)]).toEqual([]);
      expect(same).toEqual(clusterDocument);
      expect(init.nodeRegistration.name).toBe(name);
      expect(text).not.toContain('@');
    }
    expect(files).not.toHaveProperty(['nodes/w-1/files/etc/groundwork/images.conf']);
  });
});
