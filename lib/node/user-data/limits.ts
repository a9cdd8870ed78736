import { Size } from 'cdk8s';
import { userDataLimits } from '../../catalog';

/**
 * What platforms take as user-data, for `NodeBootstrapOptions.userDataLimit`. A platform that is not
 * here: any `Size`.
 */
export class UserDataLimit {
  /** Amazon EC2: 16 KiB. The user-data of a control plane does not fit, even compressed. */
  public static readonly EC2 = kibibytes('EC2');
  /** Hetzner Cloud: 32 KiB. */
  public static readonly HETZNER_CLOUD = kibibytes('Hetzner Cloud');
  /** OpenStack: 65535 bytes of base64, which is 47 KiB of user-data. */
  public static readonly OPENSTACK = kibibytes('OpenStack');
  /** Azure: 65535 bytes, rounded down to 63 KiB. */
  public static readonly AZURE = kibibytes('Azure');
  /** DigitalOcean: 64 KiB. */
  public static readonly DIGITAL_OCEAN = kibibytes('DigitalOcean');

  private constructor() {}
}

function kibibytes(platform: keyof typeof userDataLimits): Size {
  return Size.kibibytes(userDataLimits[platform].value / 1024);
}
