/**
 * Records what people say to a running agent.
 *
 * @module
 */
import { Context } from '@temporalio/activity'
import { beginningOfText, isParts, partsInWords } from '../src/core/parts.ts'
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
  return isParts(text) ? partsInWords(text) : `${beginningOfText(text)}…`
}
