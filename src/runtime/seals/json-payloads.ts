/**
 * Payloads as Temporal's protocol for remote codecs has them: JSON, with bytes in base64.
 *
 * @module
 */
import type { Payload } from '@temporalio/common'

interface JsonPayload {
  readonly metadata?: Readonly<Record<string, string>>
  readonly data?: string
}

/** `undefined` for a body that is not `{ "payloads": […] }`, and for none. */
export function payloadsIn(body: string | undefined): readonly Payload[] | undefined {
  const { payloads } = Object(parsed(body)) as { readonly payloads?: unknown }
  if (!Array.isArray(payloads) || payloads.some(payload => typeof payload !== 'object' || payload === null))
    return undefined
  return (payloads as readonly JsonPayload[]).map(({ metadata, data }) => ({
    metadata: Object.fromEntries(
      Object.entries(metadata ?? {}).map(([name, text]) => [name, Buffer.from(String(text), 'base64')]),
    ),
    data: Buffer.from(String(data ?? ''), 'base64'),
  }))
}

function parsed(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '')
  } catch {
    return undefined
  }
}

export function toJson({ metadata, data }: Payload): JsonPayload {
  const base64 = (bytes: Uint8Array | null | undefined) => Buffer.from(bytes ?? []).toString('base64')
  return {
    metadata: Object.fromEntries(Object.entries(metadata ?? {}).map(([name, bytes]) => [name, base64(bytes)])),
    data: base64(data),
  }
}
