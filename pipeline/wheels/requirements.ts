/** The requirements of one extra of a wheel, such as `nvidia-cublas-cu12==12.5.3.2`, out of its METADATA. */
export function requirementsOf(metadata: string, extra: string): string[] {
  const named = metadata.matchAll(/^Requires-Dist: ([\w.-]+)\s*([=<>!~\d.,]+)\s*;\s*extra\s*==\s*["']([\w-]+)["']/gm);
  return Array.from(named).flatMap(([, name, version, of]) => (of === extra ? [`${name}${version}`] : []));
}
