/**
 * Records what people say to a running agent.
 *
 * @module
 */
import { Context } from '@temporalio/activity'
import { isParts, partsInWords } from '../src/core/parts.ts'
import type { EventPort } from '../src/core/ports.ts'
import type { KeepSaidInput, Words } from '../src/core/protocol.ts'
import { partOf } from './part.ts'

export interface KeepSaidPorts {
  readonly events: EventPort
}

/** Writes the message among the run's events, once however often it is tried, and also where a run that was reset is given it again. */
export function createKeepSaid({ events }: KeepSaidPorts): (input: KeepSaidInput) => Promise<void> {
  return ({ run, id, text, truncated, by, atMs }) => {
    const once = { id: `said/${id}`, ...partOf(Context.current()) }
    const isWhole = typeof text === 'string' && !truncated
    const cut = isWhole ? {} : ({ truncated: true } as const)
    const event = { kind: 'said', id, text: shown(text), ...cut, ...(by !== undefined && { by }) } as const
    return events.writeOnce(run, once, event, atMs)
  }
}

/** Of a text that lies in the store, its beginning. */
function shown(text: Words): string {
  if (typeof text === 'string') return text
  return isParts(text) ? partsInWords(text) : `${beginningOf(text.preview)}…`
}

/** The characters of JSON's longest escape, `\\u0000`: a preview may end within one. */
const LONGEST_ESCAPE = 6

/** A preview is the beginning of a text as JSON, behind which an ellipsis stands. */
function beginningOf(preview: string): string {
  const inner = preview.slice(1, preview.endsWith('…') ? -1 : undefined)
  for (let cut = 0; cut < LONGEST_ESCAPE; cut += 1) {
    try {
      return JSON.parse(`"${inner.slice(0, inner.length - cut)}"`)
    } catch {}
  }
  return inner
}
