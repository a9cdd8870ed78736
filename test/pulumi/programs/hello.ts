import * as pulumi from '@pulumi/pulumi';
import * as random from '@pulumi/random';
const p = new random.RandomPassword('p', { length: 12 });
const q = new random.RandomPassword('q', { length: 12, keepers: { p: p.result } });
export const out = pulumi.interpolate`x${q.result}`;
