/**
 * Where a part of an answer comes from: a mark of ours beside the vendor's own metadata. It lives in the transcript and
 * never on the wire.
 *
 * @module
 */
import type { Endpoint } from '../../core/endpoints.ts'
import type { ProviderOptions } from '../../core/messages.ts'
import { recordOf } from '../json.ts'

/** The namespace of the mark among a part's provider options. */
const ORIGIN_KEY = 'signalbox'

/** Signatures and encrypted reasoning are good where they were made: at this provider, for this model. */
export interface Origin {
  readonly provider: string
  readonly protocol: string
  readonly model: string
}

export function originOf({ provider, protocol, model }: Endpoint): Origin {
  return { provider, protocol, model }
}

/**
 * The vendor's metadata with our mark.
 *
 * @param vendorId - What the vendor has called a tool call, where we call it otherwise.
 */
export function marked(metadata: ProviderOptions | undefined, origin: Origin, vendorId?: string): ProviderOptions {
  return { ...metadata, [ORIGIN_KEY]: { ...origin, ...(vendorId !== undefined && { vendorId }) } }
}

/** What the vendor has called a tool call; `undefined` where we call it the same. */
export function vendorIdIn(options: ProviderOptions | undefined): string | undefined {
  const { vendorId } = recordOf(options?.[ORIGIN_KEY])
  return typeof vendorId === 'string' ? vendorId : undefined
}

/** `unmarked`: not from an answer of ours, e.g. written by a user. */
export function originIs(options: ProviderOptions | undefined, origin: Origin): 'own' | 'foreign' | 'unmarked' {
  if (options?.[ORIGIN_KEY] === undefined) return 'unmarked'
  const mark = recordOf(options[ORIGIN_KEY])
  const same = mark.provider === origin.provider && mark.protocol === origin.protocol && mark.model === origin.model
  return same ? 'own' : 'foreign'
}

/** The options without the mark; `undefined` when nothing is left. */
export function unmarked(options: ProviderOptions | undefined): ProviderOptions | undefined {
  if (options?.[ORIGIN_KEY] === undefined) return options
  const { [ORIGIN_KEY]: _mark, ...rest } = options
  return Object.keys(rest).length > 0 ? rest : undefined
}
