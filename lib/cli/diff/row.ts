import { Effect, Stage, type Row } from './effect';

type Text = { readonly why: string; readonly how?: string };

/** One row of the tables of objects; without a stage of its own it is applied with the manifests. */
export const row = (
  of: RegExp,
  field: RegExp,
  effect: Effect,
  text: Text,
  more: Pick<Row, 'type'> & { readonly stage?: Stage } = {},
): Row => ({ of, field, effect, stage: Stage.MANIFESTS, ...more, ...text });

/** What a change of pods' addresses means, for rows of several tables. */
export const POD_NETWORK = {
  why: 'Addresses of pods stand in kubeadm, kube-proxy, the network plugin and in every pod; none of them lets go of the old network while anything runs in it',
  how: 'boot a new cluster from the new output and move the workloads',
};

/** What a change of tunnels means. */
export const TUNNELS = {
  why: 'Packets between machines look different from one moment to the next, not on all machines at once: what is under way between pods of different machines is lost until both ends have changed',
  how: 'in a maintenance window; docs/cni.md says how to go machine by machine',
};

/** Deleted and made anew. */
export const REPLACED = { stage: Stage.REPLACE };
