import 'reflect-metadata';
import { X509Certificate } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { ClusterPki } from 'cdk8s-groundwork/pulumi';
import { problemsOf } from '../../../lib/node/sealing/check';
import { look, valuesOf, world } from './world';

// Loading Pulumi takes long on a busy machine.
jest.setTimeout(60_000);

const AUTHORITIES = {
  'pki/ca': 'kubernetes',
  'pki/etcd/ca': 'etcd-ca',
  'pki/front-proxy-ca': 'front-proxy-ca',
};
const DAY = 24 * 60 * 60 * 1000;

/** What the values of the component are when all is done. */
async function settled(pki: ClusterPki) {
  const files = await valuesOf(pki.files);
  const { certificate, key } = await valuesOf(pki.admin);
  return { files, admin: { certificate: certificate!, key: key! } };
}

const days = ({ validFrom, validTo }: X509Certificate) =>
  (new Date(validTo).getTime() - new Date(validFrom).getTime()) / DAY;

type Made = Awaited<ReturnType<typeof settled>>;

describe('the material', () => {
  let registrations: Awaited<ReturnType<typeof world>>;
  let pki: ClusterPki;
  let made: Made;

  beforeAll(async () => {
    registrations = await world();
    pki = new ClusterPki('oslo');
    made = await settled(pki);
  });

  test('is whole and fits together, as `secrets check` would say', () => {
    const texts = problemsOf(made, new Date()).map(({ text }) => text);
    // What is missing is made by BootstrapTokens.
    expect(texts).toEqual([
      'bootstrap-token must be six and sixteen of a-z and 0-9',
      'certificate-key must be 32 bytes in hexadecimal',
      'encryption-key must be 32 bytes in base64',
    ]);
  });

  test.each(Object.entries(AUTHORITIES))(
    '%s has the name and the usages of kubeadm',
    async (path, name) => {
      await world();
      const { files } = await settled(new ClusterPki('oslo'));
      const text = files[`${path}.crt`]!;
      const certificate = new X509Certificate(text);
      expect(certificate).toMatchObject({
        subject: `CN=${name}`,
        issuer: `CN=${name}`,
        subjectAltName: `DNS:${name}`,
        ca: true,
      });
      expect(certificate.verify(certificate.publicKey)).toBe(true);
      expect(days(certificate)).toBe(3650);
      const { digitalSignature, keyEncipherment, keyCertSign } = x509.KeyUsageFlags;
      expect(new x509.X509Certificate(text).getExtension(x509.KeyUsagesExtension)?.usages).toBe(
        digitalSignature + keyEncipherment + keyCertSign,
      );
    },
  );

  test('the administrator is of the group of kubeadm, signed by the authority of the cluster, for a year', () => {
    const { files, admin } = made;
    const certificate = new X509Certificate(admin.certificate);
    expect(certificate.subject).toBe('O=kubeadm:cluster-admins\nCN=kubernetes-admin');
    expect(certificate.checkIssued(new X509Certificate(files['pki/ca.crt']!))).toBe(true);
    expect(certificate.keyUsage).toEqual([x509.ExtendedKeyUsage.clientAuth]);
    expect(certificate.ca).toBe(false);
    expect(days(certificate)).toBe(365);
  });

  test('keys are secret, and stay so when they are used', async () => {
    const secret = async (name: string) => (await look(pki.files[name]!)).secret;
    const names = Object.keys(pki.files).sort();
    const keys = await Promise.all(names.map(secret));
    expect(names.filter((_, n) => keys[n])).toEqual(names.filter((name) => name.endsWith('.key')));
    expect((await look(pki.admin.key)).secret).toBe(true);
    expect((await look(pki.admin.certificate)).secret).toBe(false);
    expect(JSON.stringify(registrations)).toContain('PRIVATE KEY');
    const inputs = registrations.map(({ name, inputs: given }) => [
      name,
      Object.keys(given).filter((key) => JSON.stringify(given[key]).startsWith('"-----BEGIN EC')),
    ]);
    expect(inputs.filter(([, plain]) => plain!.length > 0)).toEqual([]);
  });
});

describe('the resources', () => {
  const said = async (args?: ConstructorParameters<typeof ClusterPki>[1], opts?: object) => {
    // A preview: nobody has to make keys for it.
    const registrations = await world(true);
    await settled(new ClusterPki('oslo', args, opts));
    return registrations
      .filter(({ type }) => type !== 'pulumi:pulumi:Stack')
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  };

  test('have names that say which file they are, and the authorities cannot be lost by mistake', async () => {
    const made = await said();
    expect(made.map(({ type, name, protect }) => [type.split(':').pop(), name, protect])).toEqual(
      [
        ['ClusterPki', 'oslo', false],
        ['PrivateKey', 'oslo:admin.key', false],
        ['CertRequest', 'oslo:admin.csr', false],
        ['LocallySignedCert', 'oslo:admin.crt', false],
        ...Object.keys(AUTHORITIES).flatMap((path) => [
          ['PrivateKey', `oslo:${path}.key`, true],
          ['SelfSignedCert', `oslo:${path}.crt`, true],
        ]),
        ['PrivateKey', 'oslo:pki/sa.key', true],
      ].sort(([, a], [, b]) => (a! < b! ? -1 : 1)),
    );
    expect(new Set(made.slice(1).map(({ parent }) => parent))).toEqual(new Set(['oslo']));
    expect(made[0]).toMatchObject({ type: 'cdk8s-groundwork:index:ClusterPki', inputs: {} });
  });

  test('renew the administrator ninety days before its end, and the authorities never', async () => {
    const early = async (hours?: number) =>
      (await said({ adminEarlyRenewalHours: hours }))
        .filter(({ inputs }) => 'earlyRenewalHours' in inputs)
        .map(({ name, inputs }) => [name, inputs.earlyRenewalHours])
        .sort();
    const never = Object.keys(AUTHORITIES).map((path) => [`oslo:${path}.crt`, 0]);
    expect(await early()).toEqual([['oslo:admin.crt', 2160], ...never]);
    expect(await early(0)).toEqual([['oslo:admin.crt', 0], ...never]);
  });

  test('may go when the caller says so', async () => {
    expect((await said({ protect: false })).filter(({ protect }) => protect)).toEqual([]);
    const whole = await said({}, { protect: true });
    // The administrator is replaced every year.
    expect(whole.filter(({ protect }) => !protect).map(({ name }) => name)).toEqual([
      'oslo:admin.crt',
      'oslo:admin.csr',
      'oslo:admin.key',
    ]);
  });

  test.each([-1, 8760, 1.5])('do not take %p hours', async (hours) => {
    const registrations = await world();
    const whole = Number.isInteger(hours) ? '' : 'a whole number ';
    expect(() => new ClusterPki('oslo', { adminEarlyRenewalHours: hours })).toThrow(
      new Error(
        `[oslo] adminEarlyRenewalHours must be ${whole}between 0 and 8759, got ${hours}; the certificate is valid for a year, and a longer time would renew it with each update`,
      ),
    );
    expect(registrations.filter(({ name }) => name.startsWith('oslo'))).toEqual([]);
  });
});
