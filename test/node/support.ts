import { App } from 'cdk8s';
import type { Cluster, ClusterProps } from '../../lib';
import { NodeBootstrap, type NodeBootstrapOptions } from '../../lib/node';
import { NodeFiles, type NodeFile } from '../../lib/testing';
import { osloCluster } from '../support/oslo';

/** The flagship's cluster with its node construct, and what it renders. */
export function oslo(changes: Partial<ClusterProps> = {}, options: NodeBootstrapOptions = {}) {
  const app = new App();
  const cluster = osloCluster(app, changes);
  const node = new NodeBootstrap(app, 'nodes', { cluster, ...options });
  return { app, cluster, node, files: () => node.nodeFiles() };
}

/** One file of one machine, on the machine or, like `user-data`, beside it. */
export function file(files: Record<string, string>, machine: string, path: string): NodeFile {
  return new NodeFiles(files).of(machine).find(path);
}

/** Its text. */
export function unpacked(files: Record<string, string>, machine: string, path: string): string {
  return file(files, machine, path).text;
}

/** The documents of a YAML file. */
export function documents(files: Record<string, string>, machine: string, path: string): any[] {
  return file(files, machine, path).yamlDocuments();
}

/** The parsed user-data of one machine. */
export function userData(files: Record<string, string>, machine: string): any {
  return file(files, machine, 'user-data').yaml();
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
