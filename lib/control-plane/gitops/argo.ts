import { KEPT_KINDS, mayDelete, numberOf } from './keep';
import { isCustom, type Manifest } from '../../cluster';

const ARGO = 'argocd.argoproj.io';
export const SYNC_WAVE = `${ARGO}/sync-wave`;
export const SYNC_OPTIONS = `${ARGO}/sync-options`;
const HOOK = `${ARGO}/hook`;

/**
 * The object with what Argo CD has to know of it. The wave is the number of the phase. What somebody already
 * wrote on the object stands.
 */
export function forArgo<T extends Manifest>(object: T, phase: string): T {
  const annotations = object.metadata?.annotations ?? {};
  const own = (annotations[SYNC_OPTIONS] ?? '').split(',').filter((option) => option !== '');
  const named = own.map((option) => option.trim().split('=')[0]);
  const added = optionsOf(object, phase).filter((option) => !named.includes(option.split('=')[0]));
  return annotated(object, {
    [SYNC_WAVE]: String(numberOf(phase)),
    // One that deletes itself when it is done would be missed, and made again, for ever.
    ...(isShortLived(object) ? { [HOOK]: 'Sync' } : {}),
    ...annotations,
    [SYNC_OPTIONS]: [...own, ...added].join(','),
  });
}

/**
 * An object of the user's own chart. Argo CD would put it into wave 0, where its pods wait for a network that
 * comes only after they are healthy.
 */
export function ownForArgo<T extends Manifest>(object: T, phase: string): T {
  const annotations = object.metadata?.annotations ?? {};
  return SYNC_WAVE in annotations || HOOK in annotations
    ? object
    : annotated(object, { ...annotations, [SYNC_WAVE]: String(numberOf(phase)) });
}

function isShortLived(object: Manifest & { readonly spec?: object }): boolean {
  return object.kind === 'Job' && 'ttlSecondsAfterFinished' in (object.spec ?? {});
}

function optionsOf({ apiVersion = '', kind = '' }: Manifest, phase: string): string[] {
  const group = apiVersion.includes('/') ? apiVersion.split('/')[0]! : '';
  return [
    ...(mayDelete(phase) && !KEPT_KINDS.includes(kind) ? [] : ['Delete=false', 'Prune=false']),
    // As apply.sh: also over objects that somebody else made, and definitions too long for an annotation.
    'ServerSideApply=true',
    // Before any wave Argo CD tries everything, also kinds that an operator of an earlier wave defines.
    ...(isCustom(group) ? ['SkipDryRunOnMissingResource=true'] : []),
  ];
}

function annotated<T extends Manifest>(object: T, annotations: Record<string, string>): T {
  return { ...object, metadata: sorted({ ...object.metadata, annotations: sorted(annotations) }) };
}

/** As cdk8s sorts what it renders. */
function sorted<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) as T;
}
