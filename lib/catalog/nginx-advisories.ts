import { cell } from './cell';

/** A security release of nginx: what a version without it carries. */
export interface NginxAdvisory {
  /** The ISO day of the release. */
  readonly day: string;
  /** The first version of the stable line with the fixes; undefined where there was none. */
  readonly stable?: string;
  /** The first mainline version with the fixes. */
  readonly mainline: string;
  /** The vulnerabilities that it closes. */
  readonly ids: readonly string[];
  /** For those that came into nginx lately: the first version that has them. */
  readonly since?: Readonly<Record<string, string>>;
  /** What avoids some of them until there is an image with the fix. */
  readonly meanwhile?: string;
}

/** Security releases of nginx since 1.27.1, oldest first. */
export const nginxAdvisories = cell<readonly NginxAdvisory[]>(
  [
    { day: '2025-02-05', stable: '1.26.3', mainline: '1.27.4', ids: ['CVE-2025-23419'] },
    { day: '2025-08-13', mainline: '1.29.1', ids: ['CVE-2025-53859'] },
    { day: '2026-02-04', stable: '1.28.2', mainline: '1.29.5', ids: ['CVE-2026-1642'] },
    {
      day: '2026-03-24',
      stable: '1.28.3',
      mainline: '1.29.7',
      ids: [
        'CVE-2026-27651',
        'CVE-2026-27654',
        'CVE-2026-27784',
        'CVE-2026-28753',
        'CVE-2026-28755',
        'CVE-2026-32647',
      ],
      since: { 'CVE-2026-28755': '1.27.2' },
    },
    {
      day: '2026-05-13',
      stable: '1.30.1',
      mainline: '1.31.0',
      ids: [
        'CVE-2026-40460',
        'CVE-2026-40701',
        'CVE-2026-42926',
        'CVE-2026-42934',
        'CVE-2026-42945',
        'CVE-2026-42946',
      ],
      since: { 'CVE-2026-42926': '1.29.4' },
    },
    { day: '2026-05-22', stable: '1.30.2', mainline: '1.31.1', ids: ['CVE-2026-9256'] },
    {
      day: '2026-06-17',
      stable: '1.30.3',
      mainline: '1.31.2',
      ids: ['CVE-2026-42055', 'CVE-2026-42530', 'CVE-2026-48142'],
      since: { 'CVE-2026-42530': '1.31.0' },
    },
    {
      day: '2026-07-15',
      stable: '1.30.4',
      mainline: '1.31.3',
      ids: ['CVE-2026-42533', 'CVE-2026-56434', 'CVE-2026-60005'],
    },
    { day: '2026-09-15', stable: '1.30.5', mainline: '1.31.6', ids: ['CVE-2026-90439'] },
    {
      day: '2026-10-14',
      stable: '1.30.6',
      mainline: '1.31.7',
      ids: [
        'CVE-2026-15176',
        'CVE-2026-93479',
        'CVE-2026-95101',
        'CVE-2026-97205',
        'CVE-2026-97629',
      ],
      meanwhile: 'session tickets off avoid CVE-2026-97629',
    },
    {
      day: '2026-11-18',
      stable: '1.30.7',
      mainline: '1.31.9',
      ids: [
        'CVE-2026-113425',
        'CVE-2026-118899',
        'CVE-2026-120967',
        'CVE-2026-120993',
        'CVE-2026-121810',
        'CVE-2026-123007',
        'CVE-2026-123633',
        'CVE-2026-123634',
        'CVE-2026-123640',
        'CVE-2026-125283',
      ],
      meanwhile: 'HTTP/2 off avoids CVE-2026-123007, which runs code, and CVE-2026-123633',
    },
  ],
  'nginx.org security advisories to 2026-07-15 and its news to 2026-10-21; from then on the CVE record of CVE-2026-123007, MGASA-2026-0605 and announcements of distributions',
  '2026-11-27',
);
