import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  gatewayApiManifest,
  nginxGatewayFabric,
  imageReference,
  images,
  releaseChecksums,
  type ImageName,
} from '../../lib/catalog';
import { describeWithUpstream, upstreamFile } from '../support/upstream';

describeWithUpstream("the catalogue and upstream's own files", () => {
  test('checksums are those that were published', () => {
    const published = JSON.parse(readFileSync(upstreamFile('checksums.json'), 'utf8'));
    const keys: Record<keyof typeof releaseChecksums, string> = {
      kubelet: 'kubelet_checksums',
      kubeadm: 'kubeadm_checksums',
      kubectl: 'kubectl_checksums',
      containerd: 'containerd_archive_checksums',
      runc: 'runc_checksums',
      'cni-plugins': 'cni_binary_checksums',
      crictl: 'crictl_checksums',
      etcd: 'etcd_binary_checksums',
    };
    for (const [name, versions] of Object.entries(releaseChecksums)) {
      for (const [version, { amd64, arm64 }] of Object.entries(versions)) {
        const table = published[keys[name as keyof typeof keys]];
        expect([name, version, `sha256:${amd64}`, `sha256:${arm64}`]).toEqual([
          name,
          version,
          table.amd64[version],
          table.arm64[version],
        ]);
      }
    }
    const version = nginxGatewayFabric.gatewayApi.value;
    expect(published.gateway_api_standard_crds_checksums.no_arch[version]).toBe(
      `sha256:${gatewayApiManifest.sha256}`,
    );
  });

  test('images are those that upstream manifests name', () => {
    const folder = upstreamFile('manifests');
    const text = readdirSync(folder)
      .map((file) => readFileSync(join(folder, file), 'utf8'))
      .join('\n');
    const named: ImageName[] = [
      'tigera-operator',
      'flannel',
      'flannel-cni-plugin',
      'node-local-dns',
      'nginx-ingress-controller',
      'nginx-gateway-fabric',
      'ingress-nginx-controller',
      'ingress-nginx-certgen',
      'metallb-controller',
      'metallb-speaker',
    ];
    for (const name of named) {
      // Upstream leaves Docker Hub's host out.
      expect(text).toContain(`image: ${imageReference(images[name]).replace(/^docker\.io\//, '')}`);
    }
  });
});
