import { residencyRule } from './residency-rule';
import { COUNTRY_LABEL, Severity, type IRule } from '../cluster';

const ADMISSION =
  'https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/';

/** What is not enforced, or rests on somebody's word. */
export const adoptionRules: IRule[] = [
  residencyRule(
    {
      id: 'GW-STORAGE-007',
      severity: Severity.WARNING,
      title: 'The API server refuses what is outside',
      why: 'A warning is read by whoever types kubectl; a controller that makes pods and volumes reads none',
      remedy: 'leave enforcement out once nothing is warned of any more, or acknowledge this',
      reference: ADMISSION,
    },
    (_cluster, _policy, { refuses }) =>
      refuses ? [] : [{ message: 'enforcement is Warn: objects outside are let in' }],
  ),
  residencyRule(
    {
      id: 'GW-STORAGE-008',
      severity: Severity.NOTE,
      title: 'The cluster itself shows where storage is',
      why: 'A driver without a topology puts data wherever its own configuration says; the spec cannot see it, and the report says so',
      remedy:
        'keep the contract or the address of the store beside the report, and acknowledge this',
      reference: 'https://kubernetes-csi.github.io/docs/topology.html',
    },
    (_cluster, _policy, { classes, otherClasses }) => [
      ...classes
        .filter(({ byWord }) => byWord)
        .map(({ name, provisioner, where }) => ({
          message: `that class ${name} (${provisioner}) keeps data in ${where} is the word of the spec`,
        })),
      ...otherClasses.map((name) => ({
        message: `class ${name} is made by somebody else, and claims may name it`,
      })),
    ],
  ),
  residencyRule(
    {
      id: 'GW-STORAGE-009',
      severity: Severity.NOTE,
      title: 'Something is measured from the outside',
      why: 'Labels say what somebody wrote; the time to a point whose place is known bounds how far away a machine can be',
      remedy:
        'name a point inside that answers ping, such as a router of an internet exchange, in anchors of the residency',
      reference: 'https://www.rfc-editor.org/rfc/rfc2681',
    },
    (_cluster, policy) =>
      policy.anchors.length === 0
        ? [{ message: 'the residency has no anchor: where machines are is told by the spec alone' }]
        : [],
  ),
  residencyRule(
    {
      id: 'GW-STORAGE-011',
      severity: Severity.NOTE,
      title: 'Machines of others say where they are',
      why: 'Classes and volumes are matched by labels of nodes; these are written by whoever made the machines',
      remedy:
        'run the command of each machine once; volumes for a zone without labels stay pending',
      reference:
        'https://kubernetes.io/docs/reference/labels-annotations-taints/#topologykubernetesiozone',
    },
    (cluster) =>
      cluster.ownsMachines
        ? []
        : cluster.machines.map((machine) => {
            const { country, region, name } = cluster.zoneOf(machine);
            return {
              message: `${machine.name} needs labels: kubectl label node ${machine.name} topology.kubernetes.io/zone=${name} topology.kubernetes.io/region=${region} ${COUNTRY_LABEL}=${country}`,
            };
          }),
  ),
];
