import {
  edgeControllers,
  images,
  ingressNginxDirectives,
  ingressNginxForgottenKeys,
  ingressNginxKeys,
  ingressNginxRetired,
  ingressNginxTestedKubernetes,
  type IngressNginxKeyType,
} from '../../lib/catalog';

const keys = ingressNginxKeys.value;

test('as many keys of each kind as the code of controller-v1.15.1 has fields', () => {
  const counts: Partial<Record<IngressNginxKeyType, number>> = {};
  for (const type of Object.values(keys)) {
    counts[type] = (counts[type] ?? 0) + 1;
  }
  // Counted in config.go and defaults/main.go: 55 bool, 39 int and 3 int32, 1 float32. The flag of
  // global authentication is a field of a structure of its own.
  expect(counts).toMatchObject({ boolean: 55 + 1, integer: 39 + 3, number: 1 });
  expect(Object.keys(keys)).toHaveLength(194);
});

test.each<[string, IngressNginxKeyType]>([
  ['client-header-timeout', 'integer'],
  ['proxy-read-timeout', 'integer'],
  ['worker-shutdown-timeout', 'time'],
  ['upstream-keepalive-timeout', 'integer'],
  ['upstream-keepalive-time', 'time'],
  ['proxy-protocol-header-timeout', 'duration'],
  ['worker-processes', 'text'],
  ['hsts-max-age', 'text'],
  ['proxy-buffering', 'onOff'],
  ['proxy-stream-next-upstream', 'boolean'],
  ['proxy-body-size', 'offset'],
  ['client-body-buffer-size', 'size'],
  ['custom-http-errors', 'list'],
  ['main-snippet', 'snippet'],
])('%s is read as %s', (key, type) => {
  expect(keys[key]).toBe(type);
});

test('what is forgotten is not known, and snippets are keys', () => {
  expect(ingressNginxForgottenKeys.value.filter((key) => key in keys)).toEqual([]);
  for (const snippet of Object.keys(ingressNginxDirectives.value)) {
    expect(keys[snippet]).toBe('snippet');
  }
});

test('the pinned image is the last release, with its digest and its nginx', () => {
  const { tag, digest } = images['ingress-nginx-controller'];
  const { version } = ingressNginxRetired;
  expect(tag).toBe(`v${version.value}`);
  expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
  const known: Readonly<Record<string, string>> = edgeControllers.ingressNginx.nginxByRelease.value;
  expect(known[version.value]).toBe('1.27.1');
  expect(ingressNginxTestedKubernetes.value).not.toContain('1.36');
});
