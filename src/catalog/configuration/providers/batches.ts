import type { Endpoint, Protocol } from '../../../core/endpoints.ts'
import type { Catalogue } from '../../catalogue.ts'
import type { ProviderShape } from '../shape/shape.ts'

/** The protocols whose batch interface is spoken here. */
const WITH_BATCHES: ReadonlySet<Protocol> = new Set(['anthropic', 'openai', 'openai-responses', 'google'])

/** The vendors that have made them. Others speak them for their models, mostly without batches. */
const MAKERS: ReadonlySet<string> = new Set(['anthropic', 'openai', 'google'])

/** Whether an endpoint has its vendor's batch interface: as the configuration says, else if it is at the vendor's own address. */
export function batchesAt(
  protocol: Protocol,
  {
    vendor,
    shape,
    catalogue,
  }: { readonly vendor: string; readonly shape: ProviderShape; readonly catalogue: Catalogue },
): Pick<Endpoint, 'batch'> {
  const isMakers = shape.baseURL === undefined && (MAKERS.has(vendor) || !catalogue.provider(vendor))
  return WITH_BATCHES.has(protocol) && (shape.quirks?.batch ?? isMakers) ? { batch: true } : {}
}
