import * as pulumi from '@pulumi/pulumi';
import type { Cluster, Machine } from '../../cluster';
import type { SealedBootData } from '../secrets';
import type { MachineFactory, MachineOptions, ProvisionedMachine } from './machine-factory';
import { filesByMachine } from './machine-tree';

/** What machines are made from. */
export interface ProvisionArgs {
  readonly cluster: Cluster;
  /** What `NvmeControlPlane.nodeFiles` returns. */
  readonly files: Readonly<Record<string, string>>;
  readonly bootData: ReadonlyMap<string, SealedBootData>;
  readonly factory: MachineFactory;
  readonly options: MachineOptions;
}

/** Has every machine made, in the order in which they join; name → machine. */
export function provision(
  name: string,
  args: ProvisionArgs,
  parent: pulumi.Resource,
): Record<string, ProvisionedMachine> {
  const { cluster, options } = args;
  const files = filesByMachine(args.files);
  const made: Record<string, ProvisionedMachine> = {};
  let previous: pulumi.Resource[] = [];
  for (const machine of [...cluster.controlPlanes, ...cluster.workers]) {
    const opts: pulumi.CustomResourceOptions = {
      parent,
      ignoreChanges: options.replace?.includes(machine.name)
        ? []
        : [...(options.userDataProps ?? ['userData'])],
      ...(machine.isControlPlane && (options.protectControlPlanes ?? true)
        ? { protect: true }
        : {}),
      ...(machine.isControlPlane && options.serial ? { dependsOn: previous } : {}),
    };
    const { userData, userDataSha256, metaData, networkConfig, secretFiles } = args.bootData.get(
      machine.name,
    )!;
    const provisioned = args.factory(
      {
        name: machine.name,
        resourceName: `${name}-${machine.name}`,
        index: cluster.machines.indexOf(machine),
        role: machine.role,
        address: machine.address,
        machine,
        labels: labelsOf(cluster, machine),
        userData,
        userDataSha256,
        metaData,
        ...(networkConfig === undefined ? {} : { networkConfig }),
        files: files.get(machine.name) ?? {},
        secretFiles,
      },
      opts,
    );
    made[machine.name] = provisioned;
    previous = [provisioned.resource];
  }
  return made;
}

function labelsOf({ clusterName }: Cluster, { name, role, zone }: Machine): Record<string, string> {
  return { cluster: clusterName, machine: name, 'managed-by': 'cdk8s-groundwork', role, zone };
}
