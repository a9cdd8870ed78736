import { NGINX_VERSION } from './nginx-lab';

const REQUIRED = process.env.GROUNDWORK_REQUIRE_TOOLS === '1';

if (NGINX_VERSION === undefined && !REQUIRED) {
  process.stderr.write('skipped, no nginx on this machine: apt-get install nginx-light\n');
}

/** A test that needs nginx; where programs must be there, its absence is a failure. */
export const withNginx = NGINX_VERSION !== undefined || REQUIRED ? test : test.skip;
