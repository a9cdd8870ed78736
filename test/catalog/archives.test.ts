import {
  gatewayApiManifest,
  gatewayFabricManifest,
  archive,
  archiveUrl,
  kubernetesMinors,
  pinned,
  releaseChecksums,
  type Architecture,
  type ArchiveName,
} from '../../lib/catalog';

const ARCHITECTURES: readonly Architecture[] = ['amd64', 'arm64'];
const SHA256 = /^[0-9a-f]{64}$/;

const rows = Object.entries(releaseChecksums).flatMap(([name, versions]) =>
  Object.entries(versions).map(([version, sums]) => ({ name, version, sums })),
);

test('every checksum is 64 hexadecimal digits, on both architectures, and no two are equal', () => {
  const all = rows.flatMap(({ sums }) => {
    expect(Object.keys(sums).sort()).toEqual(ARCHITECTURES);
    return Object.values(sums);
  });
  expect(all.filter((sum) => !SHA256.test(sum))).toEqual([]);
  expect(new Set(all).size).toBe(all.length);
  expect(all.length).toBeGreaterThan(100);
});

test.each<[ArchiveName, string, string, string]>([
  ['kubelet', '1.36.4', 'kubelet', 'dl.k8s.io/release/v1.36.4/bin/linux/arm64/kubelet'],
  ['kubeadm', 'v1.36.4', 'kubeadm', 'dl.k8s.io/release/v1.36.4/bin/linux/arm64/kubeadm'],
  ['kubectl', '1.35.8', 'kubectl', 'dl.k8s.io/release/v1.35.8/bin/linux/arm64/kubectl'],
  [
    'containerd',
    '2.3.4',
    'containerd-2.3.4-linux-arm64.tar.gz',
    'github.com/containerd/containerd/releases/download/v2.3.4/containerd-2.3.4-linux-arm64.tar.gz',
  ],
  [
    'runc',
    '1.4.3',
    'runc.arm64',
    'github.com/opencontainers/runc/releases/download/v1.4.3/runc.arm64',
  ],
  [
    'cni-plugins',
    '1.9.1',
    'cni-plugins-linux-arm64-v1.9.1.tgz',
    'github.com/containernetworking/plugins/releases/download/v1.9.1/cni-plugins-linux-arm64-v1.9.1.tgz',
  ],
  [
    'crictl',
    '1.36.0',
    'crictl-v1.36.0-linux-arm64.tar.gz',
    'github.com/kubernetes-sigs/cri-tools/releases/download/v1.36.0/crictl-v1.36.0-linux-arm64.tar.gz',
  ],
  [
    'etcd',
    '3.6.14',
    'etcd-v3.6.14-linux-arm64.tar.gz',
    'github.com/etcd-io/etcd/releases/download/v3.6.14/etcd-v3.6.14-linux-arm64.tar.gz',
  ],
])('%s %s is fetched from where upstream publishes it', (name, version, fileName, path) => {
  const item = archive(name, version, 'arm64');
  expect(item).toMatchObject({
    name,
    version: version.replace('v', ''),
    architecture: 'arm64',
    fileName,
    url: `https://${path}`,
    sha256: releaseChecksums[name][version.replace('v', '')].arm64,
  });
  expect(archiveUrl(item)).toBe(`https://${path}`);
  expect(archiveUrl(item, 'https://mirror.example.no/get/')).toBe(
    `https://mirror.example.no/get/${path}`,
  );
});

test('a version the catalogue has not seen has a URL, no checksum, and says so', () => {
  const item = archive('runc', '1.5.2', 'amd64');
  expect(item.url).toBe(
    'https://github.com/opencontainers/runc/releases/download/v1.5.2/runc.amd64',
  );
  expect(item).not.toHaveProperty('sha256');
  expect(item.source).toMatch(/^the catalogue holds no checksum/);
});

test('an unknown archive or architecture is refused', () => {
  expect(() => archive('docker' as ArchiveName, '1.0.0', 'amd64')).toThrow(
    new Error(
      'archive must be one of kubelet, kubeadm, kubectl, containerd, runc, cni-plugins, crictl, etcd, got docker; name one of them',
    ),
  );
  expect(() => archive('runc', '1.4.3', 'riscv64' as Architecture)).toThrow(
    new Error(
      'architecture must be one of amd64, arm64, got riscv64; use the name that upstream archives carry',
    ),
  );
});

const supported = Object.values(kubernetesMinors).filter(
  ({ status }) => status.value === 'supported',
);

test.each(
  supported.flatMap(({ minor, defaultPatch }) =>
    ARCHITECTURES.map((a) => [minor, defaultPatch.value, a] as const),
  ),
)('a machine with Kubernetes %s (%s) on %s finds a checksum for everything', (minor, patch, on) => {
  const items = [
    archive('containerd', pinned.containerd.value, on),
    archive('runc', pinned.runc.value, on),
    archive('cni-plugins', pinned.cniPlugins.value, on),
    archive('crictl', pinned.crictl[minor]!.value, on),
    ...(['kubelet', 'kubeadm', 'kubectl'] as const).map((name) => archive(name, patch, on)),
    archive('etcd', pinned.etcdTools.value, on),
  ];
  expect(items.filter(({ sha256 }) => !SHA256.test(sha256 ?? ''))).toEqual([]);
});

test('each minor has its crictl', () => {
  expect(Object.keys(pinned.crictl)).toEqual(Object.keys(kubernetesMinors));
});

test('manifests that are fetched later are pinned by version and checksum', () => {
  for (const { url, sha256 } of [gatewayApiManifest, gatewayFabricManifest]) {
    expect(url).toMatch(/\/v\d+\.\d+\.\d+\//);
    expect(url).toMatch(/^https:\/\/.*\.yaml$/);
    expect(sha256).toMatch(SHA256);
  }
});
