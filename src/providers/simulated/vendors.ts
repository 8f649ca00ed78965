/**
 * Starting the vendors of a script.
 *
 * @module
 */
import { createAnthropicDialect } from './anthropic/dialect.ts'
import { createBatches } from './batches.ts'
import type { Dialect } from './dialect.ts'
import type { FaultRuleInput } from './fault-rule.ts'
import { readFaultRules } from './fault-rules.ts'
import { createGoogleDialect } from './google/dialect.ts'
import type { MeterRow } from './meter.ts'
import { createChatDialect } from './openai-chat/dialect.ts'
import { createResponsesDialect } from './openai-responses/dialect.ts'
import type { RateLimit } from './rate-limit.ts'
import { checkVendorScript, type VendorProtocol, type VendorScript, type VendorSettings } from './script.ts'
import { startServer, type VendorServer } from './server.ts'
import { createVendor, type Vendor } from './vendor.ts'

export interface StartOptions {
  /** @defaultValue 127.0.0.1 */
  readonly host?: string
  /** The clock of caches, limits and fault windows, in milliseconds. @defaultValue Date.now */
  readonly now?: () => number
}

export interface RunningVendors {
  /** `baseUrl` is what the protocol's `@ai-sdk/*` package wants. */
  readonly vendors: readonly { readonly name: string; readonly protocol: VendorProtocol; readonly baseUrl: string }[]
  /** The rows of all vendors in the order of the script, each vendor's in the order of arrival. */
  meter(): readonly MeterRow[]
  /** Replaces a vendor's rules. Resolves once they hold, so a vendor told to be `down` refuses connections. */
  setFaults(name: string, faults: readonly FaultRuleInput[]): Promise<void>
  /** Replaces a vendor's limit on requests and tokens; without one it takes all. */
  setRateLimit(name: string, limit?: RateLimit): void
  /** Closes all servers and the connections that are still open. */
  close(): Promise<void>
}

/**
 * Starts one HTTP server for each vendor of the script.
 *
 * @throws When the script is not valid, or a port is taken; nothing is left running then.
 */
export async function startVendors(script: VendorScript, options: StartOptions = {}): Promise<RunningVendors> {
  const { vendors } = checkVendorScript(script)
  const running: Running[] = []
  const close = async () => void (await Promise.all(running.map(({ server }) => server.close())))
  try {
    for (const settings of vendors) running.push(await startVendor(settings, options))
  } catch (error) {
    await close()
    throw error
  }
  const find = (name: string): Running => {
    const found = running.find(({ settings }) => settings.name === name)
    if (!found) throw new Error(`No simulated vendor is called ${name}: ${vendors.map(v => v.name).join(', ')} are.`)
    return found
  }
  return {
    vendors: running.map(({ settings, server }) => ({
      name: settings.name,
      protocol: settings.protocol,
      baseUrl: server.baseUrl,
    })),
    meter: () => running.flatMap(({ vendor }) => vendor.meter.rows()),
    async setFaults(name, faults) {
      const found = find(name)
      const read = readFaultRules(faults, Object.keys(found.settings.models))
      if ('problem' in read) throw new Error(read.problem)
      await found.server.setFaults(read.rules)
    },
    setRateLimit: (name, limit) => find(name).vendor.setRateLimit(limit),
    close,
  }
}

interface Running {
  readonly settings: VendorSettings
  readonly vendor: Vendor
  readonly server: VendorServer
}

async function startVendor(settings: VendorSettings, options: StartOptions): Promise<Running> {
  const dialect = createDialect(settings.protocol)
  const vendor = createVendor({ settings, dialect, now: options.now ?? Date.now })
  const host = options.host ?? '127.0.0.1'
  const served = Object.keys(settings.models)
  const { faults, port, apiKey, batchMs, name } = settings
  const batches =
    dialect.batches &&
    createBatches({
      vendor,
      prefix: `batch_${name.replace(/\W/g, '')}`,
      delayMs: batchMs,
      now: options.now ?? Date.now,
    })
  const server = await startServer({ vendor, dialect, faults, served, batches, apiKey, host, port })
  return { settings, vendor, server }
}

function createDialect(protocol: VendorProtocol): Dialect {
  switch (protocol) {
    case 'openai':
      return createChatDialect({ showsThinking: false })
    case 'openai-compatible':
      return createChatDialect({ showsThinking: true })
    case 'openai-responses':
      return createResponsesDialect()
    case 'anthropic':
      return createAnthropicDialect()
    case 'google':
      return createGoogleDialect()
  }
}
