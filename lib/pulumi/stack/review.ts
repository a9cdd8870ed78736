import type { Construct } from 'constructs';
import { planOf, type Plan } from '../adapter/plan';
import { PulumiOutputResolver, revealTokens } from '../outputs';
import type { NetworkingOptions } from './networking-options';
import type { Cluster, Finding } from '../../cluster';
import { GroundworkApp } from '../../control-plane';

/** How a spec is reviewed. */
export interface ReviewOptions {
  readonly networking: NetworkingOptions;
  /** Finding's id → why it is acceptable here. */
  readonly acknowledge?: Readonly<Record<string, string>>;
  /** Whether there will be a provider for what is upserted. */
  readonly hasUpsertProvider: boolean;
}

/** A spec that was rendered in memory and found free of errors. */
export interface Reviewed<T> {
  readonly app: GroundworkApp;
  readonly built: T;
  readonly plan: Plan;
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
  { networking, acknowledge = {}, hasUpsertProvider }: ReviewOptions,
): Reviewed<T> {
  const app = new GroundworkApp({ resolvers: [new PulumiOutputResolver()] });
  const { built, cluster } = build(app);
  for (const [id, reason] of Object.entries(acknowledge)) {
    cluster.acknowledge(id, reason);
  }
  const { adopt = [], awaits = [], retain, fetched } = networking;
  const plan = planOf(name, app, { adopt, awaits, retain, fetched, hasUpsertProvider });
  // A token where none may stand is an error too.
  plan.objects.forEach(({ inputs, origin }) => revealTokens(inputs, origin));
  return { app, built, plan, findings: cluster.findings() };
}
