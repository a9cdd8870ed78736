import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { NodeAlerts } from '../../lib';
import { objectsOf, ownChart } from '../doctor/render';
import { tempDir } from '../support/temp-app';
import { run, withTools } from './programs';

withTools(['promtool'], 'promtool accepts the alerts on nodes, all of them', () => {
  const { chart, cluster } = ownChart();
  const [rule] = objectsOf(new NodeAlerts(chart, 'alerts', { cluster }));
  const file = join(tempDir(), 'rules.yml');
  writeFileSync(file, stringify(rule.spec));
  const { status, output } = run('promtool', ['check', 'rules', file]);
  expect(output).toContain('SUCCESS: 9 rules found');
  expect(status).toBe(0);
});
