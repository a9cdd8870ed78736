import { rule, Severity, type IRule } from '../cluster';

/** What networkd does to routes of any plugin; each plugin has an id of its own for it. */
export function foreignRoutesRule(id: string): IRule {
  return rule(
    {
      id,
      severity: Severity.NOTE,
      title: 'Machines of others keep routes that networkd did not make',
      why: 'systemd-networkd deletes routes and rules of others whenever it restarts, as an update of systemd makes it; pods lose their way to other machines until the network plugin writes them again',
      remedy:
        'where networkd runs, set ManageForeignRoutes=no and ManageForeignRoutingPolicyRules=no in a file of /etc/systemd/networkd.conf.d, as NodeBootstrap does, then acknowledge',
      reference:
        'https://www.freedesktop.org/software/systemd/man/latest/networkd.conf.html#ManageForeignRoutes=',
    },
    ({ ownsMachines }) =>
      ownsMachines
        ? []
        : [
            {
              message:
                'networkd of these machines is not told here to leave routes of others alone',
            },
          ],
  );
}
