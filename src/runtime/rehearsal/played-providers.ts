/**
 * A configuration whose providers are all played: none of the real ones can be asked with it.
 *
 * @module
 */
import type { Configuration } from '../../catalog/index.ts'
import { type RunningVendors, startVendors } from '../../providers/simulated/index.ts'
import { type ScriptedVendor, scriptIn } from './read-script.ts'
import { standInsFor } from './vendors-source.ts'

export interface Played {
  readonly vendors: RunningVendors
  readonly configuration: Configuration
}

/**
 * Starts a vendor for each provider, which answers at once. A script says of some how they answer and fail: by its path, or as it is.
 *
 * @throws ConfigurationProblem for a script that is not right
 */
export async function playProviders(
  configuration: Configuration,
  script: string | readonly ScriptedVendor[] = [],
): Promise<Played> {
  const standIns = standInsFor(configuration).vendors.map(vendor => ({ ...vendor, ...AT_ONCE }))
  const vendors = await startVendors(scriptIn({ vendors: standIns }, script))
  return { vendors, configuration: askingThese(vendors, configuration) }
}

const AT_ONCE = { firstTokenMs: 0, tokensPerSecond: 0 }

/** Without the real providers' keys, addresses and headers, and without those who are told of alerts or ends. */
function askingThese({ vendors }: RunningVendors, { alerts: _, ...configuration }: Configuration): Configuration {
  const played = new Map(vendors.map(vendor => [vendor.name, vendor]))
  const { directory, providers } = configuration
  return {
    ...configuration,
    directory: {
      ...directory,
      endpoints: directory.endpoints.map(endpoint => ({
        ...endpoint,
        protocol: played.get(endpoint.provider)?.protocol ?? endpoint.protocol,
      })),
    },
    providers: providers.map(({ name, like, quirks, deadlines, ...real }) => {
      const { protocol, baseUrl } = played.get(name)!
      const its = protocol === real.protocol ? real.package : '@ai-sdk/openai-compatible'
      const account = { name, ...(like !== undefined && { like }) }
      return { ...account, protocol, package: its, baseUrl, apiKey: 'none', headers: {}, quirks, deadlines }
    }),
    budgetWebhooks: {},
    notices: [],
  }
}
