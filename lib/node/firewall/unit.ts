import { paths } from '../paths';

export const FIREWALL_FILE = `${paths.config}/firewall.nft`;
export const FIREWALL_UNIT = 'groundwork-firewall.service';
export const TABLE = 'inet groundwork';

/** Loads the table before the machine has an address, and again when it is told to. */
export const firewallUnit = `[Unit]
Description=Host firewall of this Kubernetes node
# Before the first address. Nothing stops it at shutdown, when pods are still there.
DefaultDependencies=no
Wants=network-pre.target
Before=network-pre.target

[Service]
Type=oneshot
RemainAfterExit=yes
StandardInput=null
# One transaction: with an error in the file the rules from before stay.
ExecStart=/usr/sbin/nft -f ${FIREWALL_FILE}
ExecReload=/usr/sbin/nft -f ${FIREWALL_FILE}
# The way out at night: systemctl stop ${FIREWALL_UNIT}
ExecStop=/usr/sbin/nft delete table ${TABLE}

[Install]
WantedBy=sysinit.target
`;

/**
 * Debian's own unit empties the whole ruleset when it starts and when it stops: with it go the tables
 * of Services and pods, and this one.
 */
export const quietNftables = `# Its start and its stop flush every table, those of Services and pods among them. Rules of your own go
# into the spec, or into a table that a unit of your own loads.
[Unit]
ConditionPathExists=!${FIREWALL_FILE}

[Service]
ExecStop=
`;
