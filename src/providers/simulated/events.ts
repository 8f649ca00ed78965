/**
 * Server-sent events.
 *
 * @module
 */

/** An event of which only the payload counts. */
export function dataEvent(payload: unknown): string {
  return `data: ${JSON.stringify(payload)}\n\n`
}

/** An event with a name, which is also the payload's type. */
export function namedEvent(payload: { readonly type: string; readonly [key: string]: unknown }): string {
  return `event: ${payload.type}\ndata: ${JSON.stringify(payload)}\n\n`
}

/** An event whose payload breaks off: no parser of JSON takes it. */
export const BROKEN_EVENT = 'data: {"id": "broken", "choices": [{"delta": {"cont\n\n'
