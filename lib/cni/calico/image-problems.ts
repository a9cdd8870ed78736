import type { TunedCalicoProps } from './calico-options';
import { calicoImages } from '../../catalog';
import { parseImage, type Problem } from '../../cluster';

/** Images that the operator looks up for what is installed here; without a digest it stops. */
const NEEDED_DIGESTS = [
  'calico/apiserver',
  'calico/cni',
  'calico/csi',
  'calico/kube-controllers',
  'calico/node',
  'calico/node-driver-registrar',
  'calico/pod2daemon-flexvol',
  'calico/typha',
];

/** What is wrong with images. */
export function imageProblems({ operatorImage, imageDigests }: TunedCalicoProps): Problem[] {
  const problems: Problem[] = [];
  if (operatorImage !== undefined && parseImage(operatorImage)?.tag === undefined) {
    problems.push({
      prop: 'operatorImage',
      allowed: 'a full reference with a tag',
      got: operatorImage,
      remedy: 'write registry/repository:tag, with @sha256 behind it if you pin the digest',
    });
  }
  if (imageDigests === undefined) {
    return problems;
  }
  const known = calicoImages.map(({ repository }) => repository);
  for (const [image, digest] of Object.entries(imageDigests)) {
    if (!known.includes(image)) {
      problems.push({
        prop: 'imageDigests',
        allowed: `images of ${known.join(', ')}`,
        got: image,
        remedy: 'write the repository without registry and tag',
      });
    }
    if (!/^sha256:[0-9a-f]{64}$/.test(digest)) {
      problems.push({
        prop: `imageDigests of ${image}`,
        allowed: 'sha256: and 64 hexadecimal digits',
        got: digest,
        remedy: 'copy it from your registry, for the index of all architectures',
      });
    }
  }
  for (const image of NEEDED_DIGESTS.filter((name) => !(name in imageDigests))) {
    problems.push({
      prop: `imageDigests of ${image}`,
      allowed: 'given with the others',
      got: undefined,
      remedy: 'the operator stops at an image without a digest once there is one for any',
    });
  }
  return problems;
}
