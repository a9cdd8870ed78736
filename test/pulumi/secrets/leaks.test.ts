import * as pulumi from '@pulumi/pulumi';
import { App } from 'cdk8s';
import { BootstrapTokens, ClusterPki, kubeconfigOf, sealedBootData } from 'cdk8s-groundwork/pulumi';
import { NvmeControlPlane } from '../../../lib';
import { osloProps } from '../../support/oslo';
import { look, said, SECRET, Server, SIGNATURE, valuesOf, world } from './world';

// Loading Pulumi takes long on a busy machine.
jest.setTimeout(120_000);

/** Whatever stands outside of a secret's wrapper. */
function open(value: any): string[] {
  if (typeof value === 'string') {
    return [value];
  }
  if (typeof value !== 'object' || value === null || value[SIGNATURE] === SECRET) {
    return [];
  }
  return Object.entries(value).flatMap(([key, item]) => [key, ...open(item)]);
}

/** What gives a secret away: the first line of a key, where its number stands; after it comes the public half. */
function telling(secret: string): string {
  return secret.split('\n').find((line) => !line.startsWith('-----'))!;
}

async function program(more: (userData: pulumi.Output<string>) => Record<string, unknown>) {
  const { cni, kubeProxyMode, ...facts } = osloProps();
  const control = new NvmeControlPlane(new App(), 'oslo', {
    ...facts,
    nodes: { keysBySsh: true },
  });
  const pki = new ClusterPki('oslo');
  const tokens = new BootstrapTokens('oslo', { rotationId: '1' });
  const secrets = { files: { ...pki.files, ...tokens.files }, admin: pki.admin };
  const machines = [...sealedBootData(control, secrets)].map(
    ([name, { userData, userDataSha256, metaData, networkConfig, filesBySsh }]) =>
      new Server(name, {
        userData,
        metaData,
        networkConfig,
        labels: { hash: userDataSha256 },
        files: filesBySsh,
        seed: pulumi.interpolate`machine ${name}: ${userData}`,
        kubeconfig: kubeconfigOf(control, secrets),
        ...more(userData),
      }),
  );
  const texts = await valuesOf({ ...pki.files, ...tokens.files, 'admin.key': pki.admin.key });
  await Promise.all(machines.map(({ urn }) => look(urn)));
  const isPublic = (path: string) => path.endsWith('.crt') || path.endsWith('.pub');
  return Object.entries(texts).flatMap(([path, text]) => (isPublic(path) ? [] : [telling(text)]));
}

async function leaks(more: Parameters<typeof program>[0] = () => ({})) {
  const registrations = await world();
  const secrets = await program(more);
  const texts = [...registrations, ...said.values()].flatMap(open);
  return {
    all: JSON.stringify(registrations),
    secrets,
    found: secrets.filter((secret) => texts.some((text) => text.includes(secret))),
  };
}

test('no secret stands outside of its wrapper in anything that is registered', async () => {
  const { all, secrets, found } = await leaks();
  expect(found).toEqual([]);
  // Three authorities, service accounts, the administrator; and three values.
  expect(secrets).toHaveLength(5 + 3);
  expect(secrets.filter((secret) => !all.includes(secret))).toEqual([]);
});

test('one that loses its wrapper is found', async () => {
  const { secrets, found } = await leaks((userData) => ({ notes: pulumi.unsecret(userData) }));
  // Token and certificate key; the others come by SSH.
  expect(found).toHaveLength(2);
  expect(secrets).toEqual(expect.arrayContaining(found));
});
