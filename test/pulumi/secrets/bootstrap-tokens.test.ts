import { BootstrapTokens, type BootstrapTokensArgs } from 'cdk8s-groundwork/pulumi';
import { valueFormats } from '../../../lib/node/secrets';
import { look, valuesOf, world } from './world';

// Loading Pulumi takes long on a busy machine.
jest.setTimeout(60_000);

test('values have the form that kubeadm and the API server take, and are secret', async () => {
  await world();
  const { files } = new BootstrapTokens('oslo');
  expect(Object.keys(files)).toEqual(Object.keys(valueFormats));
  const values = await valuesOf(files);
  for (const [name, format] of Object.entries(valueFormats)) {
    expect(values[name]).toMatch(new RegExp(`^${format}$`));
    expect((await look(files[name]!)).secret).toBe(true);
  }
});

describe('the resources', () => {
  const said = async (args?: BootstrapTokensArgs, opts?: object) => {
    const registrations = await world(true);
    await valuesOf(new BootstrapTokens('oslo', args, opts).files);
    return registrations
      .filter(({ type }) => type !== 'pulumi:pulumi:Stack')
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  };

  test('have names that say what they are; only the key that data is encrypted with is protected', async () => {
    const made = await said();
    expect(made.map(({ type, name, protect }) => [type.split(':').pop(), name, protect])).toEqual([
      ['BootstrapTokens', 'oslo', false],
      ['RandomPassword', 'oslo:bootstrap-token.id', false],
      ['RandomPassword', 'oslo:bootstrap-token.secret', false],
      ['RandomBytes', 'oslo:certificate-key', false],
      ['RandomBytes', 'oslo:encryption-key', true],
    ]);
    expect(made[0]!.inputs).toEqual({});
    expect((await said({ protect: false })).filter(({ protect }) => protect)).toEqual([]);
    const whole = await said({}, { protect: true });
    expect(whole.filter(({ protect }) => protect).map(({ name }) => name)).toEqual([
      'oslo',
      'oslo:encryption-key',
    ]);
  });

  test('are made anew for another rotation, and what data is encrypted with is not', async () => {
    const keepers = async (args: BootstrapTokensArgs) =>
      (await said(args)).slice(1).map(({ name, inputs }) => [name, inputs.keepers]);
    const rotated = (rotationId?: string) =>
      ['bootstrap-token.id', 'bootstrap-token.secret', 'certificate-key', 'encryption-key'].map(
        (name) => [
          `oslo:${name}`,
          name === 'encryption-key' || rotationId === undefined ? undefined : { rotationId },
        ],
      );
    expect(await keepers({})).toEqual(rotated());
    expect(await keepers({ rotationId: '2026-11' })).toEqual(rotated('2026-11'));
  });
});
