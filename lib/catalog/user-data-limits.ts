import { cell } from './cell';

/** Largest user-data that a platform takes, in bytes of the file that is handed in. */
export const userDataLimits = {
  EC2: cell(
    16 * 1024,
    'docs.aws.amazon.com: "User data is limited to 16 KB", before base64',
    '2026-11-27',
  ),
  'Hetzner Cloud': cell(
    32 * 1024,
    'docs.hetzner.cloud, create a server: user_data "is limited to 32KiB"',
    '2026-11-27',
  ),
  OpenStack: cell(
    // Whole KiB that stay below 65535 bytes of base64.
    47 * 1024,
    'docs.openstack.org/nova user-data: base64 encoded and restricted to 65535 bytes',
    '2026-11-27',
  ),
  Azure: cell(
    63 * 1024,
    'learn.microsoft.com, VirtualMachineOSProfile.CustomData: at most 65535 bytes before base64',
    '2026-11-27',
  ),
  DigitalOcean: cell(
    64 * 1024,
    'docs.digitalocean.com, create a Droplet: user_data "may not exceed 64 KiB in size"',
    '2026-11-27',
  ),
} as const;
