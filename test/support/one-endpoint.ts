import { stringify } from 'yaml'
import type { VendorProtocol, VendorScript } from '../../src/providers/simulated/index.ts'

/** Of the model, as the configuration has it and as the vendor bills it. */
const PRICED = { contextWindow: 100_000, maxOutput: 4_000, price: { input: 1, output: 4 } }

export interface OneProvider {
  /** @defaultValue openai */
  readonly protocol?: VendorProtocol
  readonly dataPolicy?: { readonly retention: string }
}

/**
 * The smallest scene: the vendor `one` with the model `acme/small`, for tests that are not about the choice among endpoints.
 *
 * @param classes - By their names, without their `models`.
 */
export function oneEndpoint(
  classes: Readonly<Record<string, object>>,
  { protocol = 'openai', ...provider }: OneProvider = {},
): VendorScript & { readonly yaml: string } {
  const models = { 'acme/small': PRICED }
  const one = { protocol, baseURL: `\${ONE_URL}`, apiKey: 'none', ...provider, models }
  const named = Object.entries(classes).map(([name, options]) => [name, { models: ['acme/small'], ...options }])
  return {
    yaml: stringify({ providers: { one }, classes: Object.fromEntries(named) }),
    vendors: [{ name: 'one', protocol, models: { small: PRICED } }],
  }
}
