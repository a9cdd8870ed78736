/** Values of keys that open what the edge keeps shut, and what each opens. */
const RISKS: ReadonlyArray<{ key: string; values: readonly string[]; opens: string }> = [
  {
    key: 'annotations-risk-level',
    values: ['High', 'Critical'],
    opens:
      'annotations such as auth-url and server-alias end up in the configuration as they are written; auth-url also needs DNS and a way out, which the NetworkPolicy does not give',
  },
  {
    key: 'allow-snippet-annotations',
    values: ['true'],
    opens: 'whoever may write an Ingress writes code for the edge',
  },
  {
    key: 'allow-cross-namespace-resources',
    values: ['true'],
    opens: 'an Ingress uses Secrets of other namespaces',
  },
  {
    key: 'strict-validate-path-type',
    values: ['false'],
    opens: 'paths that the webhook would refuse reach the configuration',
  },
  {
    key: 'ssl-early-data',
    values: ['true'],
    opens: 'requests can be sent again by anybody who saw them',
  },
  {
    key: 'ssl-session-tickets',
    values: ['true'],
    opens:
      'a ticket key that leaks opens recorded sessions, and CVE-2026-97629 is in their rotation',
  },
  {
    key: 'ssl-reject-handshake',
    values: ['false'],
    opens: 'whoever asks for an unknown host gets a made-up certificate',
  },
  {
    key: 'enable-underscores-in-headers',
    values: ['true'],
    opens: 'X_Real_IP of a client passes, which some backends read as X-Real-IP',
  },
  {
    key: 'ignore-invalid-headers',
    values: ['false'],
    opens: 'passing invalid headers on is the trigger of CVE-2026-42055',
  },
  {
    key: 'proxy-buffering',
    values: ['off'],
    opens: 'a client that reads slowly holds its backend',
  },
  { key: 'hsts', values: ['false'], opens: 'a browser can be led back to plain HTTP' },
];

/** Keys whose mere presence counts. */
const SNIPPETS = /^(global-auth|location|modsecurity|server|stream)-snippet$/;

/** What keys of the user's own open, one line each. */
export function riskyOverrides(overrides: Readonly<Record<string, string>>): string[] {
  const values = RISKS.filter(({ key, values: words }) => words.includes(overrides[key])).map(
    ({ key, opens }) => `${key} ${overrides[key]}: ${opens}`,
  );
  const snippets = Object.keys(overrides)
    .filter((key) => SNIPPETS.test(key))
    .map(
      (key) =>
        `${key}: nobody checks what it says before nginx does, and when nginx refuses it every later change waits`,
    );
  return [...values, ...snippets];
}
