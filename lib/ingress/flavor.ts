import type { Construct } from 'constructs';
import type { Cluster, Decision, IRule, Manifest, Problem } from '../cluster';
import type { Identity } from './identity';
import type { Settings } from './settings';

/**
 * One controller that can stand at the edge: what it cannot express, and how it is rendered. The
 * construct asks in this order: `defaultImage`, `problems`, `decisions`, `objects`. What is the same
 * whatever the controller (sizing, Service, NetworkPolicy, placement, limits) stands in the room's root.
 */
export interface Flavor {
  /** What its objects are called and its pods are selected by. */
  readonly identity: Identity;
  /** Rules about this controller alone; those about every edge stand in the room's root. */
  readonly rules: readonly IRule[];
  /** For people, with the release: "NGINX Ingress Controller 5.5.4". */
  label(settings: Settings): string;
  /** The image whose nginx the release rules look at, when the user names no other. */
  defaultImage(cluster: Cluster): string;
  /** Processes of one replica, where the controller takes a number of its own; the user may name no other. */
  processes?(cluster: Cluster): number | undefined;
  /** What this controller cannot obey, with its own options; thrown together with all others. */
  problems(settings: Settings, cluster: Cluster): Problem[];
  /** Objects in the order in which they are applied; all get Phase.INGRESS. */
  objects(cluster: Cluster, settings: Settings): Manifest[];
  /** A reason for every value in them. */
  decisions(path: string, settings: Settings): Decision[];
  /** What its own rules read of it, through the summary of the edge. */
  own?(): object;
  /** The nginx inside the image, where the user named it. */
  nginx?(): string | undefined;
  /** What it needs of the cluster beside its objects: waits, definitions to fetch, entries of the ledger. */
  require?(cluster: Cluster, settings: Settings, by: Construct): void;
}
