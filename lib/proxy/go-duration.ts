/** A number of milliseconds as Go prints a `time.Duration`, the spelling kube-proxy itself writes. */
export function goDuration(milliseconds: number): string {
  if (milliseconds > 0 && milliseconds < 1000) {
    return `${milliseconds}ms`;
  }
  const hours = Math.floor(milliseconds / 3_600_000);
  const minutes = Math.floor((milliseconds % 3_600_000) / 60_000);
  const seconds = (milliseconds % 60_000) / 1000;
  return `${hours > 0 ? `${hours}h` : ''}${hours > 0 || minutes > 0 ? `${minutes}m` : ''}${seconds}s`;
}
