import * as pulumi from '@pulumi/pulumi';
import type { Cluster } from '../../cluster';
import type { SealedBootData } from '../secrets';
import { admit, bringSecrets } from './remote-scripts';
import { runOnMachine, type SshAccess, type SshTarget } from './ssh-access';

/** What is brought by SSH, and whereto. */
export interface DeliveryArgs {
  readonly cluster: Cluster;
  readonly bootData: ReadonlyMap<string, SealedBootData>;
  readonly ssh: SshAccess;
  /** Control planes first, in the order in which they join. */
  readonly targets: readonly SshTarget[];
  /** Longest time for one machine. */
  readonly seconds: number;
  /** Machines that are made anew, by name. */
  readonly replaced: readonly string[];
}

/** What a control plane has to know for others to join it; both open nothing after a day. */
const SHORT_LIVED = ['bootstrap-token', 'certificate-key'];

/** Brings the keys that the spec keeps out of user-data; machines wait for them. */
export function deliverKeys(
  name: string,
  args: DeliveryArgs,
  parent: pulumi.Resource,
): pulumi.Resource[] {
  return args.targets.flatMap((target) => {
    const files = args.bootData.get(target.name)?.filesBySsh ?? {};
    return Object.keys(files).length === 0
      ? []
      : [
          runOnMachine(`${name}-${target.name}-keys`, {
            ...{ ssh: args.ssh, target, seconds: args.seconds, opts: { parent } },
            script: fromSecrets(files, (some) => bringSecrets(some)),
          }),
        ];
  });
}

/**
 * Lets the first control plane admit machines, whenever the machines or the tokens are other ones, or a
 * machine is made anew. It does
 * not wait for those that are made in the same update, nor they for it: a machine looks for its
 * control plane minutes after it was made.
 */
export function admitMachines(
  name: string,
  args: DeliveryArgs,
  parent: pulumi.Resource,
): pulumi.Resource {
  const [first] = args.targets;
  const { secretFiles } = args.bootData.get(first!.name)!;
  const files = Object.fromEntries(SHORT_LIVED.map((path) => [path, secretFiles[path]!]));
  const names = args.cluster.machines.map(({ name: one }) =>
    args.replaced.includes(one) ? `a new ${one}` : one,
  );
  return runOnMachine(`${name}-admission`, {
    ...{ ssh: args.ssh, target: first!, seconds: args.seconds, opts: { parent } },
    script: fromSecrets(files, (some) => admit(names, some, args.seconds)),
  });
}

function fromSecrets(
  files: Readonly<Record<string, pulumi.Input<string>>>,
  script: (files: Record<string, string>) => string,
): pulumi.Output<string> {
  return pulumi.secret(pulumi.all(files)).apply(script);
}
