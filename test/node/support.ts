import { App } from 'cdk8s';
import { parse } from 'yaml';
import type { Cluster, ClusterProps } from '../../lib';
import { NodeBootstrap, type NodeBootstrapOptions } from '../../lib/node';
import { osloCluster } from '../support/oslo';

/** The flagship's cluster with its node construct, and what it renders. */
export function oslo(changes: Partial<ClusterProps> = {}, options: NodeBootstrapOptions = {}) {
  const app = new App();
  const cluster = osloCluster(app, changes);
  const node = new NodeBootstrap(app, 'nodes', { cluster, ...options });
  return { app, cluster, node, files: () => node.nodeFiles() };
}

/** One unpacked file of one machine. */
export function unpacked(files: Record<string, string>, machine: string, path: string): string {
  const content = files[`nodes/${machine}/files${path}`];
  if (content === undefined) {
    throw new Error(`${machine} has no ${path}`);
  }
  return content;
}

/** The parsed user-data of one machine. */
export function userData(files: Record<string, string>, machine: string): any {
  return parse(files[`nodes/${machine}/user-data`]!);
}

/** The findings of one id, as messages. */
export function messages(cluster: Cluster, id: string): string[] {
  return cluster
    .findings()
    .filter((f) => f.id === id)
    .map((f) => f.message);
}

/** A key as a repository publishes it. */
export const ARMOUR = [
  '-----BEGIN PGP PUBLIC KEY BLOCK-----',
  'Version: GnuPG v2',
  '',
  'mQENBGMHoXcBCADukGOEQyleViOgtkMVa7hKifP6POCTh+98xNW4TfHK/nBJN2sm',
  'u4XaiUmtB9UuGt9jl8VxQg4hOMRf40coIwHsNwtSrc2R9v5Kgpvcv537QVIigVHH',
  '=Kqc5',
  '-----END PGP PUBLIC KEY BLOCK-----',
  '',
].join('\n');
