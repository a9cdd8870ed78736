import type { Construct } from 'constructs';
import { PulumiOutputResolver } from '../outputs';
import {
  prepareNetworking,
  type Networking,
  type NetworkingOptions,
  type OnDestroy,
} from './networking-options';
import type { Cluster, Finding } from '../../cluster';
import { GroundworkApp } from '../../control-plane/groundwork-app';

/** How a spec is reviewed. */
export interface ReviewOptions {
  readonly networking?: NetworkingOptions;
  /** What becomes of the objects where `networking` does not say it. */
  readonly onDestroy: OnDestroy;
  /** Finding's id → why it is acceptable here. */
  readonly acknowledge?: Readonly<Record<string, string>>;
  /** Whether there will be a provider for what is upserted. */
  readonly hasUpsertProvider: boolean;
}

/** A spec that was rendered in memory and found free of errors. */
export interface Reviewed<T> {
  readonly built: T;
  /** Its objects, ready to be registered. */
  readonly networking: Networking;
  /** Warnings and notes. */
  readonly findings: Finding[];
}

/**
 * Builds and reviews before anything is registered: an error of the spec must not leave half a cluster
 * behind. What is found wrong is thrown, all of it that can be seen at once.
 */
export function reviewed<T extends Construct>(
  name: string,
  build: (app: GroundworkApp) => { readonly built: T; readonly cluster: Cluster },
  { networking = {}, acknowledge = {}, ...defaults }: ReviewOptions,
): Reviewed<T> {
  const app = new GroundworkApp({ resolvers: [new PulumiOutputResolver()] });
  const { built, cluster } = build(app);
  for (const [id, reason] of Object.entries(acknowledge)) {
    cluster.acknowledge(id, reason);
  }
  return {
    built,
    networking: prepareNetworking(name, app, networking, defaults),
    findings: cluster.findings(),
  };
}
