/** Loaded where it is needed: most commands read no YAML. */
export function yaml() {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return require('yaml') as typeof import('yaml');
}
