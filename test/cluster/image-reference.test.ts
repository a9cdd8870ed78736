import { parseImage } from '../../lib/cluster';

const digest = `sha256:${'0a'.repeat(32)}`;

test.each([
  ['quay.io/tigera/operator:v1.42.3', 'v1.42.3', undefined],
  ['mirror.no:5000/k8s/tigera/operator:v1', 'v1', undefined],
  [`registry.k8s.io/kube-proxy@${digest}`, undefined, digest],
  [`registry.k8s.io/kube-proxy:v1.36.4@${digest}`, 'v1.36.4', digest],
])('%s is a full reference', (text, tag, sha) => {
  expect(parseImage(text)).toEqual({ tag, digest: sha });
});

test.each([
  'operator:v1',
  'quay.io/tigera/operator',
  'quay.io/tigera/operator:',
  'quay.io/tigera/operator:v 1',
  'quay.io/tigera/operator:`id`',
  'quay.io/../operator:v1',
  'https://quay.io/operator:v1',
  'quay.io/Operator:v1',
  'quay.io/operator@sha256:zz',
  '',
])('"%s" is none', (text) => {
  expect(parseImage(text)).toBeUndefined();
});
