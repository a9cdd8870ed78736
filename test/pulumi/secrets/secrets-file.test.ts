import * as pulumi from '@pulumi/pulumi';
import { App } from 'cdk8s';
import { clusterSecretsOf, kubeconfigOf, sealedBootData } from 'cdk8s-groundwork/pulumi';
import { NvmeControlPlane } from '../../../lib';
import { newSecrets } from '../../../lib/cli/commands/secrets';
import { secretsText, type Secrets } from '../../../lib/node/sealing/secrets';
import { recordPulumi } from '../../../lib/testing/pulumi';
import { osloProps } from '../../support/oslo';
import { failureOf, look, valuesOf } from '../outputs/look';
import { osloStack } from '../stack/oslo-stack';

// Loading Pulumi takes long on a busy machine.
jest.setTimeout(120_000);

let made: Secrets;
beforeAll(async () => {
  made = await newSecrets(new Date());
});

const { cni, kubeProxyMode, ...facts } = osloProps();
const control = new NvmeControlPlane(new App(), 'oslo', facts);

test('a file that secrets new wrote has all that it has, each of it secret', async () => {
  const { files, admin } = clusterSecretsOf(secretsText(made));
  expect(await valuesOf(files)).toEqual(made.files);
  expect(await valuesOf({ ...admin })).toEqual({ ...made.admin });
  for (const output of [...Object.values(files), admin.certificate, admin.key]) {
    expect((await look(output as pulumi.Output<string>)).secret).toBe(true);
  }
});

test('out of the configuration it makes the cluster of the command line, and stands nowhere in clear', async () => {
  const recording = await recordPulumi(
    () =>
      osloStack({
        secrets: clusterSecretsOf(new pulumi.Config().requireSecret('secrets')),
      }),
    { config: { 'project:secrets': secretsText(made) }, secretConfig: ['project:secrets'] },
  );
  const { userData } = recording.named('oslo-cp-1').inputs;
  expect(userData).toContain(made.files['bootstrap-token']);
  const { kubeconfig } = recording.named('oslo', 'pulumi:providers:kubernetes').inputs;
  expect(kubeconfig).toBe((await look(kubeconfigOf(control, made))).value);
  const { 'bootstrap-token': token, 'certificate-key': key, ...others } = made.files;
  const keys = Object.entries(others).filter(([path]) => !/[.](crt|pub)$/.test(path));
  expect(keys).toHaveLength(5);
  recording.expectNoPlaintext([token!, key!, made.admin.key, ...keys.map(([, text]) => text)]);
  // Nothing is made beside them.
  expect(recording.resources.filter(({ type }) => /^(tls|random):/.test(type))).toEqual([]);
});

test('a text that is no such file ends the program without a word of it', async () => {
  const { files, admin } = clusterSecretsOf('apiVersion: v1\nkind: Config');
  expect(
    await failureOf(files['pki/ca.crt'] as pulumi.Output<string>, [
      ...Object.values(files),
      ...Object.values(admin),
    ]),
  ).toEqual({
    message:
      'secrets must be what cdk8s-groundwork secrets new wrote, got another text; pulumi config set --secret secrets < secrets.json',
    withoutStack: true,
  });
});

test('what the file lacks is said of the machine that needs it', async () => {
  const { 'encryption-key': _, ...files } = made.files;
  const sealed = sealedBootData(control, clusterSecretsOf(secretsText({ ...made, files })));
  const all = [...sealed.values()].flatMap((data) => [
    ...Object.values(data),
    ...Object.values(data.secretFiles),
  ]);
  expect(await failureOf(sealed.get('cp-2')!.userData, all)).toMatchObject({
    message: expect.stringContaining('\n  encryption-key must be 32 bytes in base64\n'),
  });
});
