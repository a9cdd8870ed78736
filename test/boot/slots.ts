import { JsonSocket } from './json-socket';

// NVMe disks that come and go while a machine runs: QEMU is asked over its monitor.

/** How many NVMe disks can be plugged in, those from the start among them. */
export const SLOTS = [1, 2, 3];

/** An NVMe disk: an image file, and the serial that the machine sees. */
export interface NvmeDisk {
  readonly file: string;
  readonly serial: string;
  /** Writes that a disk which is plugged in takes in a second; without it as many as can be. */
  readonly writesPerSecond?: number;
}

/** Puts a disk into a slot. */
export function plugDisk(
  monitor: string,
  slot: number,
  { file, serial, writesPerSecond }: NvmeDisk,
): Promise<void> {
  const [id, bus, brake] = [`disk${slot}`, `slot${slot}`, `brake${slot}`];
  const raw = { driver: 'raw', file: { driver: 'file', filename: file } };
  const slow = { 'qom-type': 'throttle-group', id: brake, 'x-iops-write': writesPerSecond };
  const throttled = { driver: 'throttle', 'throttle-group': brake, file: raw };
  return talk(monitor, async (command) => {
    if (writesPerSecond !== undefined) {
      await command('object-add', slow);
    }
    const disk = writesPerSecond === undefined ? raw : throttled;
    await command('blockdev-add', { ...disk, 'node-name': `node${slot}` });
    await command('device_add', { driver: 'nvme', id, bus, drive: `node${slot}`, serial });
  });
}

/** Takes the disk out of a slot, and waits until the guest has let go of it. */
export function unplugDisk(monitor: string, slot: number): Promise<void> {
  const id = `disk${slot}`;
  return talk(monitor, async (command, socket) => {
    const gone = socket.next((m) => m.event === 'DEVICE_DELETED' && m.data.device === id, 120);
    await command('device_del', { id });
    await gone;
  });
}

/** Takes the limit off a disk. */
export function releaseDisk(monitor: string, slot: number): Promise<void> {
  const property = { path: `/objects/brake${slot}`, property: 'limits' };
  return talk(monitor, (command) =>
    command('qom-set', { ...property, value: { 'iops-write': 0 } }),
  );
}

async function talk(
  monitor: string,
  body: (
    command: (execute: string, args?: object) => Promise<void>,
    socket: JsonSocket,
  ) => Promise<void>,
): Promise<void> {
  const socket = await JsonSocket.open(monitor);
  const command = async (execute: string, args?: object) => {
    const answer = socket.next((m) => 'return' in m || 'error' in m, 30);
    socket.send({ execute, ...(args === undefined ? {} : { arguments: args }) });
    const { error } = await answer;
    if (error !== undefined) {
      throw new Error(`${execute}: ${error.desc}`);
    }
  };
  try {
    await command('qmp_capabilities');
    await body(command, socket);
  } finally {
    socket.close();
  }
}
