import * as pulumi from '@pulumi/pulumi';
import * as tls from '@pulumi/tls';
import { checkInteger, throwProblems } from '../../cluster';

/** What may be decided about the keys and certificates of a cluster. */
export interface ClusterPkiArgs {
  /**
   * Whether Pulumi refuses to delete or replace the authorities and the key of service accounts: a cluster
   * does not outlive them.
   *
   * @default true
   */
  readonly protect?: boolean;
  /**
   * From how many hours before its end `pulumi up` makes a new administrator's certificate, which is valid
   * for a year. 0 to 8759; 0 renews it when it has ended.
   *
   * @default 2160 (90 days): who runs `pulumi up` once a quarter never meets a dead kubeconfig
   */
  readonly adminEarlyRenewalHours?: number;
}

/** As kubeadm: authorities for ten years, all others for one. */
const AUTHORITY_HOURS = 3650 * 24;
const LEAF_HOURS = 365 * 24;
const USES = ['digital_signature', 'key_encipherment'];

/** An authority as Pulumi's resources. */
interface Authority {
  readonly key: tls.PrivateKey;
  readonly certificate: tls.SelfSignedCert;
}

/**
 * The keys and certificates that kubeadm finds on the first control plane instead of making its own: three
 * authorities with kubeadm's names and usages, the key of service accounts, and an administrator of the
 * group `kubeadm:cluster-admins`. All keys are ECDSA P-256, which keeps user-data small.
 *
 * Everything stands in the state of the stack, private keys encrypted: use a secrets provider that deserves
 * it. Authorities never renew themselves, because a cluster that gets another one stops; they end after ten
 * years.
 */
export class ClusterPki extends pulumi.ComponentResource {
  /** Path below the machines' secrets directory → PEM. Private keys are secret. */
  public readonly files: Readonly<Record<string, pulumi.Output<string>>>;
  /** The administrator of the kubeconfig. */
  public readonly admin: {
    readonly certificate: pulumi.Output<string>;
    readonly key: pulumi.Output<string>;
  };

  private readonly protect: boolean;

  /**
   * @param name name of the component; a cluster's name is a good one
   * @param args what may be decided
   * @param opts options of the component
   */
  constructor(
    private readonly name: string,
    args: ClusterPkiArgs = {},
    opts?: pulumi.ComponentResourceOptions,
  ) {
    const early = args.adminEarlyRenewalHours ?? 2160;
    throwProblems(
      name,
      checkInteger(
        'adminEarlyRenewalHours',
        early,
        { min: 0, max: LEAF_HOURS - 1 },
        'the certificate is valid for a year, and a longer time would renew it with each update',
      ),
    );
    super('cdk8s-groundwork:index:ClusterPki', name, {}, opts);
    this.protect = args.protect ?? true;
    const authorities = {
      'pki/ca': this.authority('pki/ca', 'kubernetes'),
      'pki/etcd/ca': this.authority('pki/etcd/ca', 'etcd-ca'),
      'pki/front-proxy-ca': this.authority('pki/front-proxy-ca', 'front-proxy-ca'),
    };
    const account = this.key('pki/sa.key', this.protect);
    this.files = Object.fromEntries([
      ...Object.entries(authorities).flatMap(([path, { certificate, key }]) => [
        [`${path}.crt`, certificate.certPem],
        [`${path}.key`, pulumi.secret(key.privateKeyPem)],
      ]),
      ['pki/sa.key', pulumi.secret(account.privateKeyPem)],
      ['pki/sa.pub', account.publicKeyPem],
    ]);
    this.admin = this.administrator(authorities['pki/ca'], early);
    this.registerOutputs();
  }

  /** With the names and usages that kubeadm gives its own. */
  private authority(path: string, commonName: string): Authority {
    const key = this.key(`${path}.key`, this.protect);
    const certificate = new tls.SelfSignedCert(
      `${this.name}:${path}.crt`,
      {
        privateKeyPem: key.privateKeyPem,
        subject: { commonName },
        dnsNames: [commonName],
        isCaCertificate: true,
        setSubjectKeyId: true,
        allowedUses: [...USES, 'cert_signing'],
        validityPeriodHours: AUTHORITY_HOURS,
        earlyRenewalHours: 0,
      },
      { parent: this, protect: this.protect },
    );
    return { key, certificate };
  }

  /** A client certificate of the group that kubeadm makes administrators. */
  private administrator(authority: Authority, earlyRenewalHours: number) {
    const key = this.key('admin.key', false);
    const request = new tls.CertRequest(
      `${this.name}:admin.csr`,
      {
        privateKeyPem: key.privateKeyPem,
        subject: { organization: 'kubeadm:cluster-admins', commonName: 'kubernetes-admin' },
      },
      { parent: this, protect: false },
    );
    const certificate = new tls.LocallySignedCert(
      `${this.name}:admin.crt`,
      {
        certRequestPem: request.certRequestPem,
        caPrivateKeyPem: authority.key.privateKeyPem,
        caCertPem: authority.certificate.certPem,
        allowedUses: [...USES, 'client_auth'],
        validityPeriodHours: LEAF_HOURS,
        earlyRenewalHours,
      },
      // Also where the component is protected: this one is to be replaced every year.
      { parent: this, protect: false },
    );
    return { certificate: certificate.certPem, key: pulumi.secret(key.privateKeyPem) };
  }

  private key(file: string, protect: boolean): tls.PrivateKey {
    return new tls.PrivateKey(
      `${this.name}:${file}`,
      { algorithm: 'ECDSA', ecdsaCurve: 'P256' },
      { parent: this, protect },
    );
  }
}
