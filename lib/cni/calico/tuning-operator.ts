import { calico } from '../../catalog';
import { tuned, Tuning } from '../../cluster';

const POD = 'Deployment.spec.template.spec';
const OPERATOR_YAML = 'projectcalico/calico:manifests/tigera-operator.yaml (v3.32.1)';

/** What the operator is started with. */
export function operatorTuning() {
  return new Tuning({
    replicas: tuned(
      'Deployment.spec.replicas',
      1,
      '1',
      'one operator acts at a time; pod networking goes on while it is away',
      OPERATOR_YAML,
    ),
    tolerations: tuned(
      `${POD}.tolerations`,
      [
        { effect: 'NoExecute', operator: 'Exists' },
        { effect: 'NoSchedule', operator: 'Exists' },
      ],
      'the same',
      'every node is tainted not-ready until the operator has installed the network',
      OPERATOR_YAML,
    ),
    gracePeriod: tuned(
      `${POD}.terminationGracePeriodSeconds`,
      60,
      '60',
      'how long the operator waits for what it takes down when it is removed',
      OPERATOR_YAML,
    ),
    pullPolicy: tuned(
      `${POD}.containers.imagePullPolicy`,
      'IfNotPresent',
      'IfNotPresent',
      'the tag is a release; a registry that is away must not keep the operator from restarting',
      OPERATOR_YAML,
    ),
    args: tuned(
      `${POD}.containers.args`,
      ['-manage-crds=true'],
      'the same',
      "the operator creates and updates its definitions and Calico's, so their 1.3 MB are nobody's to apply",
      'tigera/operator:cmd/main.go (v1.42.3)',
    ),
    apiGroup: tuned(
      `${POD}.containers.env.CALICO_API_GROUP`,
      calico.apiGroup.value,
      'detected from the cluster',
      'detection answers differently in newer operators on an empty cluster; pinned, the same manifests always store the same kinds',
      'tigera/operator:pkg/apis/version.go (v1.42.3); https://github.com/tigera/operator/pull/4973',
    ),
  });
}

export type OperatorTuning = ReturnType<typeof operatorTuning>;
