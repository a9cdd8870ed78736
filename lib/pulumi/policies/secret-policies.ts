import { Secret, type ResourceValidationArgs, type ResourceValidationPolicy } from '@pulumi/policy';
import { known, kubernetesObject, resourcePolicy } from './kubernetes-object';
import type { Problem } from '../../cluster';
import { findLeaks } from '../../testing/leaks';

/** What cloud-init reads, as providers of machines name it. */
const USER_DATA = ['userData', 'userDataBase64', 'customData'];

/** Policies about secrets, and about what machines boot with, which holds some. */
export const secretPolicies: readonly ResourceValidationPolicy[] = [
  resourcePolicy(
    {
      name: 'groundwork-secrets-outside-secrets',
      description: 'Keys and tokens of the cluster stand in Secrets only.',
      enforcementLevel: 'mandatory',
      severity: 'critical',
      remediationSteps:
        'Put the value into a Secret: everything else is readable by whoever may list objects, whether Pulumi encrypts its state or not.',
    },
    leakProblems,
  ),
  {
    name: 'groundwork-user-data-secret',
    description: 'User-data of machines is secret in the state: it holds tokens to join a cluster.',
    // A policy that validates sees no difference between secret and other values; one that puts
    // things right does.
    enforcementLevel: 'remediate',
    severity: 'high',
    remediateResource: (args) => {
      const open = userDataOf(args).filter((key) => !isSecret(args.props, key));
      // In place: a copy of the properties would lose which of the others are secret.
      open.forEach((key) => {
        args.props[key] = new Secret(args.props[key]);
      });
      return open.length === 0 ? undefined : args.props;
    },
  },
  resourcePolicy(
    {
      name: 'groundwork-user-data-replacement',
      description: 'A change of user-data does not replace a machine of a cluster.',
      enforcementLevel: 'advisory',
      severity: 'high',
      remediationSteps:
        'Pass the options that the machine factory is given to the machine, or add ignoreChanges there.',
    },
    (args) =>
      userDataOf(args)
        .filter((key) => isOfCluster(args) && !args.opts.ignoreChanges.includes(key))
        .map((key) => ({
          prop: 'ignoreChanges',
          allowed: `a list with ${key}`,
          got: args.opts.ignoreChanges,
          remedy: 'a typing error in a sysctl would rebuild a member of etcd',
        })),
  ),
  resourcePolicy(
    {
      name: 'groundwork-protected-authorities',
      description: 'Certificate authorities of a cluster are protected from deletion.',
      enforcementLevel: 'mandatory',
      severity: 'critical',
      remediationSteps: 'Use ClusterPki as it is, without protect: false.',
    },
    (args) =>
      args.type === 'tls:index/selfSignedCert:SelfSignedCert' &&
      isOfCluster(args) &&
      args.props.isCaCertificate === true &&
      !args.opts.protect
        ? [
            {
              prop: 'protect',
              allowed: 'true',
              got: args.opts.protect,
              remedy: 'without its authority nothing in the cluster trusts anything any more',
            },
          ]
        : [],
  ),
];

/** Whether a component of this library is above it; the types of all parents stand in the URN. */
function isOfCluster({ urn }: ResourceValidationArgs): boolean {
  // It may stand below a component of the user's.
  return /(::|\$)cdk8s-groundwork:index:/.test(urn);
}

/** The properties with user-data that a machine of any provider has. */
function userDataOf({ type, props }: ResourceValidationArgs): string[] {
  return type.startsWith('kubernetes:')
    ? []
    : USER_DATA.filter((key) => Object.keys(props).includes(key));
}

/** Reading the property would unwrap it; its descriptor does not. */
function isSecret(props: object, key: string): boolean {
  return Object.getOwnPropertyDescriptor(props, key)?.value instanceof Secret;
}

function leakProblems(args: ResourceValidationArgs): Problem[] {
  const object = kubernetesObject(args);
  if (object === undefined || (object.group === '' && object.kind === 'Secret')) {
    return [];
  }
  return texts(object.fields, []).flatMap(({ at, text }) =>
    // The name of a field tells a digest from a key.
    findLeaks('', text.includes('\n') ? text : `${at.at(-1)}: ${text}`).map((leak) => ({
      prop: `${object.name} ${at.join('.')}`,
      allowed: 'free of secrets',
      got: leak.replace(/^:\d+: /, ''),
      remedy: `keep it in a Secret, which ${object.kind} can name`,
    })),
  );
}

/** Every text in a value. What is not known in a preview is left out; it is judged when it is. */
function texts(
  value: unknown,
  at: readonly string[],
): Array<{ readonly at: readonly string[]; readonly text: string }> {
  if (typeof value === 'string') {
    return [{ at, text: value }];
  }
  return typeof value === 'object' && value !== null
    ? Object.keys(value).flatMap((key) => texts(known(value, key), [...at, key]))
    : [];
}
