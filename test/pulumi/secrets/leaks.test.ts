import * as pulumi from '@pulumi/pulumi';
import { App } from 'cdk8s';
import { BootstrapTokens, ClusterPki, kubeconfigOf, sealedBootData } from 'cdk8s-groundwork/pulumi';
import { NvmeControlPlane } from '../../../lib';
import { recordPulumi } from '../../../lib/testing/pulumi';
import { osloProps } from '../../support/oslo';
import { valuesOf } from '../outputs/look';

// Loading Pulumi takes long on a busy machine.
jest.setTimeout(120_000);

/** A provider's machine that takes user-data, as most do. */
class Server extends pulumi.CustomResource {
  public constructor(name: string, props: pulumi.Inputs) {
    super('test:index:Server', name, props);
  }
}

type More = (userData: pulumi.Output<string>) => pulumi.Inputs;

/** A cluster whose secrets go everywhere they may go; returns them by name. */
function program(more: More) {
  const { cni, kubeProxyMode, ...facts } = osloProps();
  const control = new NvmeControlPlane(new App(), 'oslo', {
    ...facts,
    nodes: { keysBySsh: true },
  });
  const pki = new ClusterPki('oslo');
  const tokens = new BootstrapTokens('oslo', { rotationId: '1' });
  const secrets = { files: { ...pki.files, ...tokens.files }, admin: pki.admin };
  for (const [name, data] of sealedBootData(control, secrets)) {
    const { userData, userDataSha256, metaData, networkConfig, filesBySsh } = data;
    new Server(name, {
      userData,
      metaData,
      networkConfig,
      labels: { hash: userDataSha256 },
      files: filesBySsh,
      seed: pulumi.interpolate`machine ${name}: ${userData}`,
      kubeconfig: kubeconfigOf(control, secrets),
      ...more(userData),
    });
  }
  return { ...secrets.files, 'admin.key': pki.admin.key };
}

async function leaks(more: More = () => ({})) {
  const recording = await recordPulumi(() => program(more));
  const values = await valuesOf(recording.result);
  const isPublic = (path: string) => path.endsWith('.crt') || path.endsWith('.pub');
  const secrets = Object.entries(values).filter(([path]) => !isPublic(path));
  const all = secrets.map(([, value]) => value);
  const found = secrets.filter(([, value]) => {
    try {
      recording.expectNoPlaintext([value]);
      return false;
    } catch {
      return true;
    }
  });
  return { recording, all, found: found.map(([path]) => path) };
}

test('no secret stands outside of its wrapper in anything that is registered', async () => {
  const { recording, all, found } = await leaks();
  recording.expectNoPlaintext();
  expect(found).toEqual([]);
  // Three authorities, service accounts, the administrator; and three values.
  expect(all).toHaveLength(5 + 3);
  const inputs = JSON.stringify(recording.resources.map((resource) => resource.inputs));
  const telling = all.map((secret) =>
    secret.split('\n').find((line) => !line.startsWith('-----'))!,
  );
  expect(telling.filter((line) => !inputs.includes(line))).toEqual([]);
});

test('one that loses its wrapper is found', async () => {
  const { recording, found } = await leaks((userData) => ({ notes: pulumi.unsecret(userData) }));
  // The others come by SSH.
  expect(found).toEqual(['bootstrap-token', 'certificate-key']);
  expect(() => recording.expectNoPlaintext()).toThrow(
    /^a secret stands in clear in (test:index:Server cp-[123](, )?){3}$/,
  );
});
