/**
 * Scenes of few endpoints, told once: for the configuration, and for the simulated vendors behind it.
 *
 * @module
 */
import { stringify } from 'yaml'
import type { VendorProtocol, VendorScript } from '../../src/providers/simulated/index.ts'

type Vendor = VendorScript['vendors'][number]
type VendorModel = Vendor['models'][string]

/** What a model is on both sides; what else it has is the configuration's. */
export interface MarketModel extends Partial<VendorModel> {
  readonly [setting: string]: unknown
  /** What only its vendor knows, or otherwise. */
  readonly vendor?: Partial<VendorModel>
}

/** A provider, and the vendor of its name; what else it has is the configuration's. */
export interface MarketProvider {
  readonly [setting: string]: unknown
  /** @defaultValue openai */
  readonly protocol?: VendorProtocol
  /** By `author/name`, of which the vendor knows the second. @defaultValue `acme/small` */
  readonly models?: Readonly<Record<string, MarketModel>>
  readonly vendor?: Partial<Vendor>
}

export interface Market extends VendorScript {
  readonly yaml: string
}

/** Of each model that says nothing else. */
const MODEL = { contextWindow: 100_000, maxOutput: 4_000, price: { input: 1, output: 4 } }

/** @param rest - Of the configuration, beside its providers. */
export function marketOf(providers: Readonly<Record<string, MarketProvider>>, rest: string): Market {
  const entries = Object.entries(providers)
  const configured = entries.map(([name, provider]) => [name, configuredProvider(name, provider)])
  return {
    yaml: `${stringify({ providers: Object.fromEntries(configured) }, { aliasDuplicateObjects: false })}${rest}`,
    vendors: entries.map(([name, provider]) => vendorOf(name, provider)),
  }
}

function configuredProvider(name: string, { vendor: _, protocol = 'openai', models, ...settings }: MarketProvider) {
  const own = modelsOf({ models }).map(([id, { vendor: __, ...model }]) => [id, { ...MODEL, ...model }])
  const address = { baseURL: `\${${name.toUpperCase()}_URL}`, apiKey: 'none' }
  return { protocol, ...address, ...settings, models: Object.fromEntries(own) }
}

function vendorOf(name: string, { protocol = 'openai', vendor, models }: MarketProvider): Vendor {
  const own = modelsOf({ models }).map(([id, model]) => {
    const { contextWindow, maxOutput, price } = { ...MODEL, ...model }
    return [id.split('/')[1]!, { contextWindow, maxOutput, price, ...model.vendor }]
  })
  return { name, protocol, models: Object.fromEntries(own), ...vendor }
}

function modelsOf({ models = { 'acme/small': {} } }: Pick<MarketProvider, 'models'>) {
  return Object.entries(models)
}
