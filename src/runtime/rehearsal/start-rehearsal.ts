/**
 * Simulated vendors from a script, or in the place of the providers of somebody's configuration.
 *
 * @module
 */
import { readFileSync } from 'node:fs'
import { type Configuration, checkShape, describeProblems, parseYaml } from '../../catalog/index.ts'
import {
  type RehearsedProvider,
  type RunningVendors,
  scriptSchema,
  startVendors,
  type VendorScript,
  vendorScriptFor,
} from '../../providers/simulated/index.ts'
import { ConfigurationProblem, DEFAULT_CONFIGURATION_PATH } from '../configuration/configuration.ts'
import { loadWithoutKeys } from '../configuration/configuration-without-keys.ts'
import { fileRefused } from '../configuration/file-refused.ts'
import { customaryLines, shellLines } from './shell-lines.ts'

export interface VendorsOptions {
  /** A vendors' script. */
  readonly script?: string
  /** A `signalbox.yaml` whose providers are stood in for; a file with a list `vendors` is taken for a script. */
  readonly config?: string
  /** @defaultValue 127.0.0.1 */
  readonly host?: string
  /** Of the first vendor; the others follow. @defaultValue the script's, else free ones */
  readonly port?: number
  readonly env?: NodeJS.ProcessEnv
}

/** A vendor that answers, and the lines that turn a provider of a configuration to it. */
export interface StandIn {
  readonly name: string
  readonly protocol: string
  readonly baseUrl: string
  readonly meterUrl: string
  /** YAML for below `providers:`. */
  readonly override: string
  /** For a shell, where the configuration's address is a variable: `export ACME_URL=http://127.0.0.1:9001/v1`. */
  readonly exports: readonly string[]
}

export interface Rehearsal {
  readonly vendors: readonly StandIn[]
  close(): Promise<void>
}

/**
 * Starts the vendors.
 *
 * @throws ConfigurationProblem for a script or configuration that is not right, or a port that is taken.
 */
export async function startRehearsal(options: VendorsOptions): Promise<Rehearsal> {
  const { host = '127.0.0.1', port, env = process.env } = options
  const source = sourceOf(options, env)
  const script = port === undefined ? source.script : withPorts(source.script, port)
  const running = await start(script, host)
  const vendors = running.vendors.map(({ name, protocol, baseUrl }) => ({
    name,
    protocol,
    baseUrl,
    meterUrl: new URL('/meter', baseUrl).href,
    override: overrideOf({ name, protocol, baseUrl }, source),
    exports: exportsOf({ name, protocol, baseUrl }, source, env),
  }))
  return { vendors, close: () => running.close() }
}

interface Source {
  readonly script: VendorScript
  /** What a configuration says its providers speak. */
  readonly protocols: ReadonlyMap<string, string>
  /** The configuration's, where there is one. */
  readonly text?: string
}

function sourceOf({ script, config = DEFAULT_CONFIGURATION_PATH }: VendorsOptions, env: NodeJS.ProcessEnv): Source {
  if (script !== undefined) return { script: readScript(script), protocols: new Map() }
  if (isScript(config)) return { script: readScript(config), protocols: new Map() }
  // A stand-in needs no key and no address.
  const configuration = loadWithoutKeys(config, env)
  const providers = rehearsedProviders(configuration)
  return {
    script: vendorScriptFor(providers),
    text: textOf(config),
    protocols: new Map(providers.map(({ name }) => [name, protocolsOf(name, configuration)])),
  }
}

/** What is spoken with a provider's models; with some there are two, of which a stand-in speaks one. */
function protocolsOf(name: string, { directory }: Configuration): string {
  const own = directory.endpoints.filter(({ provider }) => provider === name)
  return [...new Set(own.map(({ protocol }) => protocol))].join(' ')
}

/** By its first word at the margin: a configuration has no `vendors`. */
function isScript(path: string): boolean {
  return /^(vendors:|"vendors":|\{\s*"vendors":)/m.test(textOf(path))
}

function isConfiguration({ value }: { readonly value: unknown }): boolean {
  const keys = new Set(Object.keys(value ?? {}))
  return keys.has('providers') && !keys.has('vendors')
}

/** Its problems are told in the form of a configuration's. */
function readScript(path: string): VendorScript {
  const parsed = parseYaml(textOf(path))
  if (!parsed.ok) throw new ConfigurationProblem(describeProblems(parsed.problems, path))
  const { document } = parsed
  if (isConfiguration(document))
    throw new ConfigurationProblem(
      `${path} is a configuration and no vendors' script; --config has vendors stand in for its providers`,
    )
  const shaped = checkShape(scriptSchema, document.value, [], document)
  if (shaped.ok && parsed.problems.length === 0) return shaped.value
  const problems = [...parsed.problems, ...(shaped.ok ? [] : shaped.problems)]
  throw new ConfigurationProblem(describeProblems(problems, path))
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw fileRefused(error, `${path} cannot be read`, 'name a file by --script or --config')
  }
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

const LAST_PORT = 65_535

function withPorts({ vendors }: VendorScript, first: number): VendorScript {
  const last = first + vendors.length - 1
  if (last > LAST_PORT)
    throw new ConfigurationProblem(
      `${vendors.length} vendors from port ${first} on need ports up to ${last}; name a --port so that the last is at most ${LAST_PORT}`,
    )
  return { vendors: vendors.map((vendor, index) => ({ ...vendor, port: first + index })) }
}

async function start(script: VendorScript, host: string): Promise<RunningVendors> {
  try {
    return await startVendors(script, { host })
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === undefined || !['EADDRINUSE', 'EACCES', 'EADDRNOTAVAIL'].includes(code)) throw error
    throw new ConfigurationProblem(`a vendor cannot listen: ${message}; name another --host or --port`)
  }
}

type Named = Pick<StandIn, 'name' | 'protocol' | 'baseUrl'>

/** None where an address alone would not do: the stand-in speaks another protocol than the provider. */
function exportsOf(vendor: Named, { text, protocols }: Source, env: NodeJS.ProcessEnv): readonly string[] {
  if (text === undefined) return customaryLines(vendor)
  return protocols.get(vendor.name) === vendor.protocol ? shellLines(vendor, { text, env }) : []
}

/** The key is the one that a script asks for; the protocol is named where the stand-in speaks another one than the provider. */
function overrideOf(vendor: Named, { script, protocols }: Source): string {
  const { name, protocol, baseUrl } = vendor
  const apiKey = script.vendors.find(scripted => scripted.name === name)?.apiKey ?? 'none'
  const other = (protocols.get(name) ?? protocol) === protocol ? '' : `, protocol: ${protocol}`
  return `${name}: { baseURL: "${baseUrl}", apiKey: ${JSON.stringify(apiKey)}${other} }`
}
