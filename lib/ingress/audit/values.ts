/** Whole numbers; a unit makes ingress-nginx take its default. */
const WHOLE = /^\d+$/;
const SIZE = /^\d+[bkmg]?$/i;
const ON = /^(true|1|t|T|TRUE|True)$/;
const SWITCH = /^(true|false|1|0|t|f|T|F|TRUE|FALSE|True|False)$/;

const forms: ReadonlyArray<readonly [RegExp, readonly string[]]> = [
  [
    WHOLE,
    [
      'proxy-connect-timeout',
      'proxy-read-timeout',
      'proxy-send-timeout',
      'proxy-next-upstream-timeout',
      'proxy-next-upstream-tries',
      'proxy-buffers-number',
      'limit-connections',
      'limit-rps',
      'limit-rpm',
      'limit-burst-multiplier',
      'limit-rate',
      'limit-rate-after',
      'canary-weight',
      'canary-weight-total',
      'auth-tls-verify-depth',
      'permanent-redirect-code',
      'temporal-redirect-code',
      'cors-max-age',
    ],
  ],
  [SIZE, ['proxy-body-size', 'client-body-buffer-size', 'proxy-buffer-size']],
  [
    SWITCH,
    [
      'use-regex',
      'ssl-redirect',
      'force-ssl-redirect',
      'ssl-passthrough',
      'enable-cors',
      'canary',
      'service-upstream',
      'from-to-www-redirect',
    ],
  ],
];

const formOf = new Map(forms.flatMap(([form, names]) => names.map((name) => [name, form])));

/** Whether ingress-nginx throws the value of an annotation away. */
export function isIgnoredValue(name: string, value: string): boolean {
  return formOf.get(name)?.test(value.trim()) === false;
}

/** Whether ingress-nginx takes the value of a switch for true; it reads more spellings than one. */
export function isOn(value: string | undefined): boolean {
  return value !== undefined && ON.test(value.trim());
}
