/**
 * Asks people what a workflow wants to know.
 *
 * @module
 */
import { Context } from '@temporalio/activity'
import { definedOnly } from '../src/core/defined-only.ts'
import type { EventPort, RegistryPort } from '../src/core/ports.ts'
import type { AskPersonInput, AskPersonResult } from '../src/core/protocol.ts'
import { unknownName } from './names.ts'
import { onceOf } from './once.ts'

export interface AskPersonPorts {
  readonly events: EventPort
  readonly registry: RegistryPort
}

/** Writes the question among the run's events, once however often it is tried. Nobody is asked for a value of an unknown schema. */
export function createAskPerson({
  events,
  registry,
}: AskPersonPorts): (input: AskPersonInput) => Promise<AskPersonResult | null> {
  return async ({ run, atMs, ...asked }) => {
    const { schema: name } = asked
    const schema = name === undefined ? undefined : registry.schema(name)
    if (name !== undefined && !schema) return { problem: unknownName('schema', name, registry.names('schema')) }
    // Here alone: history would have it again with every part of the run.
    const jsonSchema = schema?.json
    const event = { kind: 'approval-ask', ...asked, ...definedOnly({ jsonSchema }) } as const
    await events.writeOnce(run, onceOf(Context.current()), event, atMs)
    return null
  }
}
