/** RFC 1123 label: what Kubernetes accepts as a node name, zone, or object name part. */
export function isDnsLabel(text: string): boolean {
  return text.length <= 63 && /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(text);
}

/** RFC 1123 subdomain: labels joined by dots, 253 characters at most. */
export function isDnsName(text: string): boolean {
  return text.length <= 253 && text.split('.').every(isDnsLabel);
}

/** What Kubernetes accepts as the value of a label; nothing is one. */
export function isLabelValue(text: string): boolean {
  return /^([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?$/.test(text);
}

/** What Kubernetes accepts as the key of a label or taint: a name, with a DNS name and a slash before it or not. */
export function isLabelKey(text: string): boolean {
  const parts = text.split('/');
  const name = parts[parts.length - 1]!;
  return (
    parts.length <= 2 &&
    name !== '' &&
    isLabelValue(name) &&
    (parts.length === 1 || isDnsName(parts[0]!))
  );
}
