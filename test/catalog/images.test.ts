import {
  calico,
  calicoImages,
  imageReference,
  images,
  kubeadmImages,
  kubeProxyImage,
} from '../../lib/catalog';

test('a reference without and with a mirror', () => {
  const nic = images['nginx-ingress-controller'];
  expect(imageReference(nic)).toBe('docker.io/nginx/nginx-ingress:5.5.4');
  expect(imageReference(nic, 'mirror.example.no/k8s')).toBe(
    'mirror.example.no/k8s/nginx/nginx-ingress:5.5.4',
  );
  expect(imageReference(nic, 'mirror.example.no:5000/')).toBe(
    'mirror.example.no:5000/nginx/nginx-ingress:5.5.4',
  );
});

test('a digest stays behind a mirror', () => {
  const digest = 'sha256:594ceea76b01c592858f803f9ff4d2cb40542cae2060410b2c95f75907d659e1';
  const pin = images['ingress-nginx-controller'];
  expect(imageReference(pin)).toBe(`registry.k8s.io/ingress-nginx/controller:v1.15.1@${digest}`);
  expect(imageReference(pin, 'mirror.example.no')).toBe(
    `mirror.example.no/ingress-nginx/controller:v1.15.1@${digest}`,
  );
});

test('every pin is whole: host, lower-case path, a tag that does not move, a digest or none', () => {
  for (const [name, pin] of Object.entries(images)) {
    expect(pin.component).toBe(name);
    expect(pin.registry).toMatch(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/);
    expect(pin.repository).toMatch(/^[a-z0-9-]+(\/[a-z0-9-]+)*$/);
    expect(pin.tag).toMatch(/^v?\d+\.\d+(\.\d+)?(-flannel\d+)?$/);
    expect(pin.digest ?? `sha256:${'0'.repeat(64)}`).toMatch(/^sha256:[0-9a-f]{64}$/);
  }
});

test('kube-proxy has the version of Kubernetes', () => {
  expect(imageReference(kubeProxyImage('1.36.4'))).toBe('registry.k8s.io/kube-proxy:v1.36.4');
  expect(imageReference(kubeProxyImage('v1.35.8'), 'm.example')).toBe(
    'm.example/kube-proxy:v1.35.8',
  );
  expect(() => kubeProxyImage('1.36')).toThrow(
    new Error(
      'kubernetesVersion must be a release such as 1.36.4, got 1.36; name the patch release',
    ),
  );
});

test('what kubeadm pulls', () => {
  expect(kubeadmImages('1.36.4').map((pin) => imageReference(pin))).toEqual([
    'registry.k8s.io/kube-apiserver:v1.36.4',
    'registry.k8s.io/kube-controller-manager:v1.36.4',
    'registry.k8s.io/kube-scheduler:v1.36.4',
    'registry.k8s.io/kube-proxy:v1.36.4',
    'registry.k8s.io/coredns/coredns:v1.14.2',
    'registry.k8s.io/pause:3.10.2',
    'registry.k8s.io/etcd:3.6.8-0',
  ]);
});

test('Calico and its operator are the pair that upstream released', () => {
  expect(imageReference(images['tigera-operator'])).toBe('quay.io/tigera/operator:v1.42.3');
  expect(new Set(calicoImages.map(({ tag }) => tag))).toEqual(new Set([calico.version.value]));
  expect(calicoImages.map(({ repository }) => repository)).toContain('calico/node');
});
