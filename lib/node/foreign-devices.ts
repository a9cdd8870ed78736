import { comment, machineFile, type MachineFile } from './machine-file';

/**
 * Network devices that what this library renders makes on machines, as patterns of both managers. One
 * list for every cluster: a device that is left to its owner where it does not exist costs nothing.
 */
export const FOREIGN_DEVICES: readonly string[] = [
  'cali*',
  '*.cali',
  '*.calico',
  'tunl0',
  'flannel*',
  'cni0',
  'veth*',
  'kube-ipvs0',
  'nodelocaldns',
];

/** Tells the distribution's network managers to leave these devices to who made them. */
export function foreignDeviceFiles(): MachineFile[] {
  const why = comment(
    'Devices of the network plugin, the service proxy and the DNS cache: a manager that takes them over drops their addresses.',
  );
  return [
    machineFile(
      '/etc/NetworkManager/conf.d/60-groundwork.conf',
      `${why}\n[keyfile]\nunmanaged-devices=${FOREIGN_DEVICES.map((name) => `interface-name:${name}`).join(';')}\n`,
    ),
    // Read first: a file that matches everything would win over one that sorts later.
    machineFile(
      '/etc/systemd/network/05-groundwork.network',
      `${why}\n[Match]\nName=${FOREIGN_DEVICES.join(' ')}\n\n[Link]\nUnmanaged=yes\n`,
    ),
  ];
}
