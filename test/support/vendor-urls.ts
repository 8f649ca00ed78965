import type { RunningVendors } from '../../src/providers/simulated/index.ts'

/** The vendors' addresses, as configurations of tests read them: `<name>_URL`, in capitals. */
export function vendorUrls({ vendors }: Pick<RunningVendors, 'vendors'>): Record<string, string> {
  return Object.fromEntries(vendors.map(({ name, baseUrl }) => [`${name.toUpperCase()}_URL`, baseUrl]))
}
