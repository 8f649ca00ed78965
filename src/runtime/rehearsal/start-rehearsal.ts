/**
 * Simulated vendors from a script, in the place of the providers of somebody's configuration, or both.
 *
 * @module
 */
import { type RunningVendors, startVendors, type VendorScript } from '../../providers/simulated/index.ts'
import { cannotListen } from '../cannot-listen.ts'
import { ConfigurationProblem } from '../configuration/configuration-problem.ts'
import { customaryLines, shellLines } from './shell-lines.ts'
import { type Source, type SourceOptions, sourceOf } from './vendors-source.ts'

export interface VendorsOptions extends SourceOptions {
  /** @defaultValue 127.0.0.1 */
  readonly host?: string
  /** Of the first vendor; the others follow. @defaultValue the script's, else free ones */
  readonly port?: number
  readonly env?: NodeJS.ProcessEnv
}

/** A vendor that answers, and the lines that turn a provider of a configuration to it. */
interface StandIn {
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
  /** A configuration says whose place they take: a vendor with `exports` needs no `override`. */
  readonly isForConfiguration: boolean
  close(): Promise<void>
}

/**
 * Starts the vendors.
 *
 * @throws ConfigurationProblem for a script or configuration that is not right, or a host or port where nothing can listen.
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
  return { vendors, isForConfiguration: source.text !== undefined, close: () => running.close() }
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
    throw cannotListen(error, 'a vendor')
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
