import type { KubeProxyMode, Tuning, TuningRow } from '../cluster';
import type { Modules } from './modules';
import type { ModeSection } from './render-config';

/** All in which one mode differs from another. */
export interface ModePart extends ModeSection {
  readonly mode: KubeProxyMode;
  /** The rows behind the sections. */
  readonly tuning: Tuning<Readonly<Record<string, TuningRow<unknown>>>>;
  readonly modules: Modules;
  /** What only IPVS mode has; its rules read it. */
  readonly ipvs?: {
    readonly scheduler: string;
    readonly strictArp: boolean;
    readonly excludeCidrs: readonly string[];
    readonly tcpTimeoutSeconds: number;
  };
}
