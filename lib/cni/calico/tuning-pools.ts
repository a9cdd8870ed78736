import { IpPoolAssignmentMode } from './pool-options';
import { defaultPoolName, type SettledPool } from './pools';
import { tuned, type TuningRow } from '../../cluster';

const NET = 'Installation.spec.calicoNetwork';
const POOL_DEFAULTS = 'tigera/operator:pkg/controller/ippool/defaults.go (v1.42.3)';
const CHOSEN = 'chosen in the spec';

/**
 * Rows of one pool by field. The operator writes defaults back into the list of pools, and server-side
 * apply owns a list as a whole: left out, they would be undone at every apply and written again.
 */
export function poolRows(pool: SettledPool): Record<string, TuningRow<unknown>> {
  const row = (field: string, value: unknown, upstream: string, why: string) => ({
    [field]: tuned(`${NET}.ipPools[${pool.name}].${field}`, value, upstream, why, POOL_DEFAULTS),
  });
  const v4 = pool.family === 'IPv4';
  const upstreamName = pool.name === defaultPoolName(pool.family);
  const written =
    "the operator's own default, written out: it would be added to our list and every later apply would remove it again";
  return {
    ...row(
      'name',
      pool.name,
      upstreamName ? pool.name : 'made from the network',
      upstreamName ? "upstream's own name, so that its guides apply as they are written" : CHOSEN,
    ),
    ...row('encapsulation', pool.encapsulation, v4 ? 'IPIP' : 'None', pool.encapsulationWhy),
    ...row(
      'blockSize',
      pool.blockSize,
      v4 ? '26' : '122',
      `${2 ** ((v4 ? 32 : 128) - pool.blockSize)} addresses a block; a machine takes another one when its own are used up`,
    ),
    ...row(
      'natOutgoing',
      pool.natOutgoing ? 'Enabled' : 'Disabled',
      v4 ? 'Enabled' : 'Disabled',
      pool.natOutgoing
        ? 'nothing outside the cluster knows the way back to a pod'
        : 'pods keep their own addresses towards the outside',
    ),
    ...row(
      'nodeSelector',
      pool.nodeSelector,
      'all()',
      pool.nodeSelector === 'all()' ? 'the pool serves every machine' : CHOSEN,
    ),
    ...row(
      'allowedUses',
      pool.allowedUses,
      'Workload, Tunnel',
      pool.allowedUses.join() === 'Workload,Tunnel' ? written : CHOSEN,
    ),
    ...row(
      'assignmentMode',
      pool.assignmentMode,
      'Automatic',
      pool.assignmentMode === IpPoolAssignmentMode.AUTOMATIC ? written : CHOSEN,
    ),
    ...row(
      'disableBGPExport',
      pool.disableBgpExport,
      'false',
      pool.disableBgpExport ? CHOSEN : written,
    ),
    ...row('disableNewAllocations', false, 'false', written),
  };
}
