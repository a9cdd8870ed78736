/** What a change does to a cluster that runs. */
export enum Effect {
  /** Nothing on a running cluster: it is read when a machine boots for the first time, or not at all. */
  NOTHING = 'nothing',
  /** Something new; what runs stays as it is. */
  ADDED = 'added',
  /** Takes effect while everything runs; at most a service restarts that pods do not notice. */
  LIVE = 'live',
  /** Pods, or static pods, are replaced one after another. */
  ROLLOUT = 'rollout',
  /** Pods have to leave a machine, one machine after the other. */
  DRAIN = 'drain',
  /** A machine, or the cluster, is made anew. */
  REBUILD = 'rebuild',
  /** Open connections end, at the same time in many places. */
  BREAKS_CONNECTIONS = 'breaks-connections',
}

/** In the order in which they hurt. */
export const EFFECTS: readonly Effect[] = Object.values(Effect);

/** When a change is carried out, in this order. */
export enum Stage {
  /** Everything starts anew from the new output; no other stage is needed. */
  NEW_CLUSTER = 'new-cluster',
  /** Files on machines that run. */
  FILES = 'files',
  /** Other versions of Kubernetes or of what runs containers; what kubeadm writes afterwards names them. */
  UPGRADE = 'upgrade',
  /** Static pods of etcd. */
  ETCD = 'etcd',
  /** Other static pods, and what kubeadm keeps in the cluster. */
  CONTROL_PLANE = 'control-plane',
  /** Settings that all kubelets share. */
  KUBELETS = 'kubelets',
  /** New machines; apply.sh waits for them. */
  JOIN = 'join',
  /** Networks of pods: not by this output. */
  POOL = 'pool',
  /** Objects that cannot be changed, only made anew. */
  REPLACE = 'replace',
  /** Objects, phase by phase. */
  MANIFESTS = 'manifests',
  /** Pods that keep what they were started with. */
  DRAIN = 'drain',
  /** Disks of etcd members. */
  ETCD_DISK = 'etcd-disk',
  /** Machines that are made anew. */
  REBUILD = 'rebuild',
  /** Machines that go. */
  LEAVE = 'leave',
  /** Objects that are no longer rendered. */
  ORPHANS = 'orphans',
  /** What somebody may do, or not. */
  NONE = 'none',
}

/** One value that differs. */
export interface FieldChange {
  /** Where, in upstream's own words; empty for the whole. */
  readonly path: string;
  readonly type: 'added' | 'removed' | 'changed';
  readonly before?: string;
  readonly after?: string;
}

/** Values of one thing that differ and have the same effect. */
export interface Change {
  readonly effect: Effect;
  readonly stage: Stage;
  /** `DaemonSet kube-system/kube-proxy`, `ClusterConfiguration`, `/etc/hosts`, `machine cp-1`. */
  readonly subject: string;
  readonly fields: readonly FieldChange[];
  /** What happens. */
  readonly why: string;
  /** What somebody has to do besides the stage. */
  readonly how?: string;
  /** Why the spec has the new value, where a decision says it. */
  readonly decided?: string;
  /** Where to look in the new output, or in the old one for what is gone. */
  readonly file: string;
  readonly phase?: string;
  readonly machines?: readonly string[];
}

/** One row of a table: the first whose patterns both match decides. */
export interface Row {
  /** Of the subject. */
  readonly of: RegExp;
  /** Of the path of the field. */
  readonly field: RegExp;
  readonly type?: FieldChange['type'];
  readonly effect: Effect;
  readonly stage: Stage;
  readonly why: string;
  readonly how?: string;
}
