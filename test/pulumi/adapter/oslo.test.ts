import { App } from 'cdk8s';
import { registered } from './registered';
import { Cdk8sStack } from '../../../lib/pulumi';
import { osloPlane } from '../../control-plane/oslo-plane';

test('x', async () => {
  const app = new App();
  osloPlane(app);
  const all = await registered(() => new Cdk8sStack('oslo', { app }));
  expect(all).toHaveLength(39);
});
