/**
 * Who the vendors are: those of a script, or stand-ins for the providers of a configuration, of which a script may say more.
 *
 * @module
 */
import type { Configuration } from '../../catalog/index.ts'
import { type RehearsedProvider, type VendorScript, vendorScriptFor } from '../../providers/simulated/index.ts'
import { DEFAULT_CONFIGURATION_PATH } from '../configuration/configuration.ts'
import { ConfigurationProblem } from '../configuration/configuration-problem.ts'
import { loadWithoutKeys } from '../configuration/configuration-without-keys.ts'
import { isScript, readScript, readScriptFor, textOf } from './read-script.ts'

export interface SourceOptions {
  /** A vendors' script. Beside `config` it says how the stand-ins answer and fail, and no more. */
  readonly script?: string
  /**
   * A `signalbox.yaml` whose providers are stood in for; a file with a list `vendors` is taken for a script.
   *
   * @defaultValue `signalbox.yaml`, where there is no script
   */
  readonly config?: string
}

export interface Source {
  readonly script: VendorScript
  /** What a configuration says its providers speak. */
  readonly protocols: ReadonlyMap<string, string>
  /** The configuration's, where there is one. */
  readonly text?: string
}

/** @throws ConfigurationProblem for a script or configuration that is not right */
export function sourceOf({ script, config }: SourceOptions, env: NodeJS.ProcessEnv): Source {
  if (script !== undefined && config === undefined) return { script: readScript(script), protocols: new Map() }
  const path = config ?? DEFAULT_CONFIGURATION_PATH
  if (!isScript(path)) return sourceFor(path, script, env)
  if (script === undefined) return { script: readScript(path), protocols: new Map() }
  throw new ConfigurationProblem(
    `${path} is a vendors' script, and so should ${script} be; name one script, or with --config the configuration that it is for`,
  )
}

function sourceFor(config: string, script: string | undefined, env: NodeJS.ProcessEnv): Source {
  // A stand-in needs no key and no address.
  const configuration = loadWithoutKeys(config, env)
  const standIns = standInsFor(configuration)
  return {
    script: script === undefined ? standIns : readScriptFor(standIns, script),
    text: textOf(config),
    protocols: new Map(configuration.providers.map(({ name }) => [name, protocolsOf(name, configuration)])),
  }
}

/** A vendor for each provider that can be asked. */
export function standInsFor(configuration: Configuration): VendorScript {
  return vendorScriptFor(rehearsedProviders(configuration))
}

/** The protocols of a provider's models. Some providers have two; a stand-in speaks one of them. */
function protocolsOf(name: string, { directory }: Configuration): string {
  const own = directory.endpoints.filter(({ provider }) => provider === name)
  return [...new Set(own.map(({ protocol }) => protocol))].join(' ')
}

function rehearsedProviders({ directory, providers }: Configuration): readonly RehearsedProvider[] {
  return providers.map(({ name, protocol }) => ({
    name,
    protocol,
    models: directory.endpoints
      .filter(({ provider }) => provider === name)
      .map(({ upstream, price, contextWindow, maxOutput, abilities }) => ({
        upstream,
        thinks: abilities.includes('reasoning'),
        ...(price && { price: linesOf(price) }),
        ...(contextWindow !== undefined && { contextWindow }),
        ...(maxOutput !== undefined && { maxOutput }),
      })),
  }))
}

/** What a vendor's price list can have: free is zero. */
function linesOf({ tiers, free, ...lines }: NonNullable<Configuration['directory']['endpoints'][number]['price']>) {
  return free ? { input: 0, output: 0 } : { ...lines, ...(tiers && { tiers: tiers.map(tier => ({ ...tier })) }) }
}
